// Owns joining two records of a metric by instance: which they share, and which only one of them has.

import type { Instances } from './result.ts';

/** Which instances two records share, and which only one of them has. */
export interface Join {
  /** Position in the earlier and in the later record, in the order of the later. */
  readonly both: readonly (readonly [number, number])[];
  /** Positions in the later. */
  readonly appeared: readonly number[];
  /** Positions in the earlier. */
  readonly vanished: readonly number[];
}

/** Of identities: those of instances that a damaged record names twice count where they are first. */
export function join<T>(before: ArrayLike<T>, now: ArrayLike<T>): Join {
  const known = new Map<T, number>();
  Array.from(before).forEach((id, i) => {
    if (!known.has(id)) known.set(id, i);
  });
  const both: [number, number][] = [];
  const appeared: number[] = [];
  const met = new Set<T>();
  Array.from(now).forEach((id, i) => {
    if (met.has(id)) return;
    met.add(id);
    const was = known.get(id);
    if (was === undefined) appeared.push(i);
    else both.push([was, i]);
  });
  return { both, appeared, vanished: [...known].filter(([id]) => !met.has(id)).map(([, i]) => i) };
}

export function chosen(of: Instances, positions: readonly number[]): Instances {
  return {
    ids: positions.map((i) => of.ids[i]!),
    names: of.names.length === 0 ? [] : positions.map((i) => of.names[i]!),
  };
}
