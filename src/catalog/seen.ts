// Owns what of a node's archives a job has: whether they were written to its end, and a fingerprint that changes when there is more.

import { basename } from 'node:path';
import { NS, type Problem } from '../kernel/index.ts';
import type { Catalog, CatalogEntry } from './catalog.ts';
import { parseArchiveJob } from './names.ts';

/** A node of a job with its archives; times inclusive. */
export interface Served {
  readonly node: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly archives: readonly CatalogEntry[];
}

/** And what of it could not be read. */
export interface Seen extends Served {
  readonly hidden: readonly Problem[];
}

/**
 * Whether the node's logger has written all that it ever will of the window. Archives are written in order of time: so it has when one
 * reaches the end of the window, or a later one is there. The window's last second is there only since accounting's times are whole
 * seconds: an archive that ends with the job has all of it. Of a node without a logger of its own the job's archives are all there is.
 */
export function isWritten(catalog: Catalog, { node, endNs, archives }: Served): boolean {
  const logged = archives.filter((a) => parseArchiveJob(basename(a.base)) === null);
  return logged.length === 0 || logged.some((a) => a.endNs >= endNs - NS) || catalog.goesOn(node, endNs);
}

/**
 * Changes when an archive of one of the nodes comes, goes, or has more of the window than before, or when a directory can be read
 * again. It does not when a live archive grows behind the window, or when one is compressed: neither is a reason to read the job again.
 */
export function fingerprint(nodes: readonly Seen[]): string {
  const parts: string[] = [];
  for (const { node, startNs, endNs, archives, hidden } of nodes) {
    parts.push(node, ...hidden.map((p) => ` ${p.file}`));
    for (const a of archives) {
      // biome-ignore lint/complexity/useMathMinMax: bigints
      const from = a.startNs < startNs ? startNs : a.startNs;
      // biome-ignore lint/complexity/useMathMinMax: bigints
      const to = a.endNs > endNs ? endNs : a.endNs;
      parts.push(` ${a.base}\0${a.revision} ${from} ${to}`);
    }
  }
  return digest(parts.join('\n'));
}

/** FNV-1a with two seeds: 64 bits, for a text that nobody would forge to have his own job left alone. Cryptography takes 20 ms to load. */
function digest(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x1000193;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 0x01000193);
    b = Math.imul(b ^ c, 0x85ebca6b);
  }
  return [a, b].map((n) => (n >>> 0).toString(16).padStart(8, '0')).join('');
}
