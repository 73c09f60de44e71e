// Owns what a change of an archive's files means: that it has grown, was compressed, or has other data than before.

import type { Row } from '../databases/index.ts';
import { compressionOf } from '../pcp/index.ts';

/** An archive as it was found, or is found now. */
export interface Version {
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly signature: string;
}

/** Sizes of the volumes that a signature has, by their number; null: one of them is compressed. */
function volumes(signature: string): string | null {
  const sizes: string[] = [];
  for (const part of signature.split(' ')) {
    const [suffix = '', size] = part.split(':');
    const plain = suffix.slice(0, suffix.length - compressionOf(suffix).length);
    if (!/^\.\d+$/.test(plain)) continue;
    if (plain !== suffix) return null;
    sizes.push(`${suffix}:${size}`);
  }
  return sizes.join(' ');
}

/**
 * Whether nothing that was in an archive before is another now. A live archive grows at its end. One of the same span has other data only if
 * both were plain and the volumes differ in size: compressing changes all sizes and no data, and closing an archive its index alone.
 */
export function onlyGrown(before: Version, now: Version): boolean {
  if (before.startNs !== now.startNs || now.endNs < before.endNs) return false;
  if (now.endNs > before.endNs) return true;
  const [was, is] = [volumes(before.signature), volumes(now.signature)];
  return was === null || is === null || was === is;
}

/** The revision of an archive whose row in the catalogue is to be replaced. */
export function revisionAfter(before: Row, now: { startNs: bigint; endNs: bigint; signature: string }): number {
  const { start_ns, end_ns, signature, problem, revision } = before;
  const was = { startNs: BigInt(String(start_ns)), endNs: BigInt(String(end_ns)), signature: String(signature) };
  return Number(revision) + (problem !== null || onlyGrown(was, now) ? 0 : 1);
}
