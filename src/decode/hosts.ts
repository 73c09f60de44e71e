// Owns which of the archives that a window was given are its node's, by the host names in their labels.

import { namesHost, sameHost } from '../archives/index.ts';
import type { Problem } from '../kernel/index.ts';

/** An archive that a window was given. */
export interface Labelled {
  readonly path: string;
  /** As the label has it. */
  readonly host: string;
}

const equal = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/**
 * The one host of some labels, and which labels are that host's: those that can be the node asked for, else those that can be the
 * first's. A short name may be that of several whole ones: it goes with the only one there is; of several, labels that are the
 * node's name itself win, else the first. null: no label names a host.
 */
function hostOf(node: string, labels: readonly string[]): { host: string; has: (label: string) => boolean } | null {
  const names = labels.filter(namesHost);
  const first = names[0];
  if (first === undefined) return null;
  const asked = names.some((name) => sameHost(name, node)) ? node : first;
  const whole = names.filter((name) => name.includes('.') && sameHost(name, asked));
  const exact = names.some((name) => equal(name, asked));
  if (exact && whole.some((name) => !equal(name, whole[0]!))) return { host: asked, has: (name) => equal(name, asked) };
  const host = whole[0] ?? asked;
  return { host, has: (name) => sameHost(name, host) };
}

/**
 * The archives of a window that are of one host, and why the others are not used. Archives whose label names no host (localhost) go
 * with any: their path has said whose they are. Depends on nothing but the window's own archives, in the order given.
 */
export function ofOneHost<T extends Labelled>(node: string, archives: readonly T[]): { own: T[]; problems: Problem[] } {
  const chosen = hostOf(
    node,
    archives.map((a) => a.host),
  );
  const isOwn = (a: T): boolean => chosen === null || !namesHost(a.host) || chosen.has(a.host);
  const own = archives.filter(isOwn);
  const others = archives.filter((a) => !isOwn(a));
  const foreign = node === '' ? [] : own.filter((a) => namesHost(a.host) && !sameHost(a.host, node));
  const problems = [
    ...others.map((a) => hostProblem('archive of another host, left out', a, chosen!.host)),
    ...foreign.map((a) => hostProblem('archive labelled as another host, used as there is none of the node', a, node)),
  ];
  return { own, problems };
}

const hostProblem = (message: string, { path: file, host: found }: Labelled, expected: string): Problem => ({
  ...{ code: 'E_ARCHIVE_HOST', message, file, expected, found },
});
