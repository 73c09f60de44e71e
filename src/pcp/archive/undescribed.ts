// Owns what is said of value sets of metrics that an archive does not describe, as where a pmID or a descriptor is damaged.

import { formatSeconds, NS, type Problem } from '../../kernel/index.ts';
import * as L from '../wasm/layout.gen.ts';
import type { Wasm } from '../wasm/wasm.ts';
import { pmidText } from './metric.ts';

/** Those in the records of one archive in a window. */
export interface Undescribed {
  readonly count: number;
  /** Of the first one. */
  readonly pmid: number;
  readonly ns: bigint;
}

export const UNDESCRIBED = 'value sets of metrics that the metadata does not describe';

/** Of the k-th window of a reader; null: there are none. */
export function undescribedIn(wasm: Wasm, reader: number, k: number): Undescribed | null {
  const list = wasm.u32(reader + L.Reader.undescribed);
  if (list === 0) return null;
  const u = list + k * L.Undescribed.SIZE;
  const count = wasm.i32(u + L.Undescribed.count);
  return count === 0
    ? null
    : { count, pmid: wasm.view.getUint32(u + L.Undescribed.pmid, false), ns: wasm.i64(u + L.Undescribed.ns) };
}

/** Metadata records whose damage costs no descriptor. */
const OTHERS: readonly (string | undefined)[] = ['label set', 'help text'];

/** `others`: what else is wrong with the archive. Where its descriptors are damaged and that is among it, there is nothing to add. */
export function undescribedProblems(
  found: Undescribed | undefined,
  file: string,
  others: readonly Problem[],
): Problem[] {
  if (!found || others.some((p) => p.code === 'E_ARCHIVE_META' && !OTHERS.includes(p.record))) return [];
  const { count, pmid, ns } = found;
  const at = formatSeconds(Number(ns / NS));
  const message = `${count} ${UNDESCRIBED}, the first at ${at} UTC: their values are not known`;
  return [{ code: 'E_ARCHIVE_RECORD', message, file, found: pmidText(pmid) }];
}
