// Owns which records have a time that can be right, and from when on instance domains hold where others have not.

import { nsOfStamp } from './bytes.ts';
import type { IndomVersion } from './indom.ts';
import type { DataRecord } from './record.ts';

/**
 * The longest sequence of times that never goes back; of several that which has the earlier records: each record's longest
 * continuation, found by comparing it with all behind it.
 */
function longestForward(ns: readonly bigint[]): Set<number> {
  // Every pair of records is compared: not where nothing goes back.
  if (ns.every((time, i) => i === 0 || time >= ns[i - 1]!)) return new Set(ns.keys());
  const length = ns.map(() => 1);
  for (let i = ns.length - 1; i >= 0; i--)
    for (let j = i + 1; j < ns.length; j++) if (ns[j]! >= ns[i]!) length[i] = Math.max(length[i]!, 1 + length[j]!);
  const kept = new Set<number>();
  let needed = Math.max(0, ...length);
  let last: bigint | null = null;
  for (const [i, time] of ns.entries()) {
    if (length[i] !== needed || (last !== null && time < last)) continue;
    kept.add(i);
    last = time;
    needed--;
  }
  return kept;
}

/** Marks in order between the records that are kept. */
function withMarks(records: readonly DataRecord[], ns: readonly bigint[], kept: ReadonlySet<number>): Set<number> {
  const all = new Set(kept);
  for (const [i, { sets }] of records.entries()) {
    if (sets.length > 0) continue;
    const before = [...all].filter((j) => j < i);
    const behind = [...kept].filter((j) => j > i);
    if (before.every((j) => ns[j]! <= ns[i]!) && behind.every((j) => ns[j]! >= ns[i]!)) all.add(i);
  }
  return new Set([...all].sort((a, b) => a - b));
}

/** Of two records at one time of the same metrics the second is not kept if others lie between them that are not. */
function withoutRepeated(records: readonly DataRecord[], ns: readonly bigint[], kept: Set<number>): Set<number> {
  const metric = (i: number): number | undefined => records[i]!.sets[0]?.pmid;
  const isMark = (i: number): boolean => metric(i) === undefined;
  if (kept.size === records.length) return kept;
  const left = new Set(kept);
  for (const i of kept) {
    if (isMark(i)) continue;
    const twins = [...left].filter((j) => j < i && ns[j] === ns[i] && !isMark(j));
    const lost = (j: number): boolean => records.some((_, k) => k > j && k < i && !left.has(k) && !isMark(k));
    if (twins.some((j) => metric(j) === metric(i)) && lost(twins[0]!)) left.delete(i);
  }
  return left;
}

/** Fewer than one interval, far from all others, at one end: what is there is not kept. */
function withoutStray(records: readonly DataRecord[], ns: readonly bigint[], kept: Set<number>): Set<number> {
  const order = [...kept];
  const gaps = order.slice(1).map((i, k) => ns[i]! - ns[order[k]!]!);
  const longer = (least: bigint) => gaps.filter((g) => g >= least).sort((a, b) => (a < b ? -1 : 1));
  const ofSamples = longer(SECOND / 2n);
  const steps = ofSamples.length < 16 ? longer(1n) : ofSamples;
  if (steps.length < 16) return kept;
  const interval = steps[Math.floor((steps.length - 1) * 0.9)]!;
  const far = interval * 20n > 3600n * SECOND ? interval * 20n : 3600n * SECOND;
  const near = interval > SECOND ? interval : SECOND;
  const isMark = (i: number): boolean => records[i]!.sets.length === 0;
  const strayOf = (list: readonly number[]): readonly number[] => {
    const apart = (i: number, j: number): bigint => (ns[i]! > ns[j]! ? ns[i]! - ns[j]! : ns[j]! - ns[i]!);
    const n = list.findIndex((i) => apart(list[0]!, i) >= near);
    if (n < 1) return [];
    const [inner, beyond] = [list[n - 1]!, list[n]!];
    return apart(inner, beyond) > far && !isMark(inner) && !isMark(beyond) ? list.slice(0, n) : [];
  };
  const stray = new Set([...strayOf(order), ...strayOf(order.toReversed())]);
  return new Set(order.filter((i) => !stray.has(i)));
}

const SECOND = 1_000_000_000n;

export function keptRecords(records: readonly DataRecord[]): Set<number> {
  const ns = records.map((r) => nsOfStamp(r.stamp));
  const data = records.flatMap((r, i) => (r.sets.length > 0 ? [i] : []));
  const longest = longestForward(data.map((i) => ns[i]!));
  const kept = withMarks(records, ns, new Set([...longest].map((k) => data[k]!)));
  return withoutStray(records, ns, withoutRepeated(records, ns, kept));
}

/** The times at which versions hold: one of the time of records that are all left out holds from the next kept one on. */
export function heldFrom(
  records: readonly DataRecord[],
  kept: ReadonlySet<number>,
): (version: { readonly ns: bigint }) => bigint {
  const ns = records.map((r) => nsOfStamp(r.stamp));
  return (version) => {
    const written = ns.flatMap((t, i) => (t === version.ns ? [i] : []));
    if (written.length === 0 || written.some((i) => kept.has(i))) return version.ns;
    const next = ns.findIndex((_, i) => i > written[0]! && kept.has(i));
    return next < 0 ? 2n ** 63n - 1n : ns[next]!;
  };
}

/** The version in force: the newest that is not later than the time, else the first. */
export function versionFor(versions: readonly IndomVersion[] | undefined, ns: bigint): IndomVersion | undefined {
  return versions?.findLast((v) => v.ns <= ns) ?? versions?.[0];
}
