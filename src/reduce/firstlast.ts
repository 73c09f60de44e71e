// Owns FIRSTLAST: the first and the last record of a consumer's metrics, and their exact difference.

import type { Delivery, Halt } from './delivery.ts';
import { type Identity, identitiesOf } from './identity.ts';
import { chosen, type Join, join } from './join.ts';
import type { FirstLastResult, Instances, Outcome } from './result.ts';
import type { Cell } from './row.ts';

interface Kept {
  readonly t: number;
  readonly outcome: Outcome;
  /** Per metric: exact integers where the source has them and they were not normalized. */
  readonly values: readonly (Float64Array | BigInt64Array | BigUint64Array)[];
  readonly instances: readonly Instances[];
  readonly identities: readonly (readonly Identity[])[];
}

/** Instances of a metric in a record; a name that its domain does not have is the number. */
export function instancesOf(cell: Cell | null): Instances {
  const ids = cell && cell.count > 0 ? Array.from(cell.ids) : [];
  const nameOf = cell?.nameOf;
  return { ids, names: nameOf ? ids.map((id) => nameOf(id) ?? String(id)) : [] };
}

export class FirstLast {
  /** Bits per metric of the consumer; 0: none. */
  readonly #normalize: readonly number[];
  #records = 0;
  #first: Kept | null = null;
  #last: Kept | null = null;

  constructor(normalize: readonly number[]) {
    this.#normalize = normalize;
  }

  add(d: Delivery, outcome: Outcome = { kind: 'ok' }): Halt {
    const kept: Kept = {
      t: d.t,
      outcome,
      values: d.cells.map((cell, m) => {
        const exact = (this.#normalize[m] ?? 0) > 0 ? undefined : cell?.raw;
        return exact && d.counts[m]! > 0 ? exact.slice() : d.values[m]!.slice();
      }),
      instances: d.cells.map(instancesOf),
      identities: d.cells.map((cell) => (cell && cell.count > 0 ? identitiesOf(cell) : [])),
    };
    this.#records++;
    this.#first ??= kept;
    this.#last = kept;
    return null;
  }

  finish(): FirstLastResult {
    const first = this.#first;
    const last = this.#last;
    if (!first || !last) {
      const ok: Outcome = { kind: 'ok' };
      const zeros = this.#normalize.map(() => 0);
      const none = { firstCounts: zeros, lastCounts: zeros, delta: [], instances: [], appeared: [], vanished: [] };
      return { kind: 'FIRSTLAST', calls: 0, firstTime: 0, lastTime: 0, first: ok, last: ok, ...none };
    }
    const calls = this.#records === 1 || first.t === last.t ? 1 : 2;
    const joins = last.identities.map((now, m) => join(first.identities[m]!, now));
    const pick = (of: Kept, which: (j: Join) => readonly number[]): Instances[] =>
      joins.map((j, m) => (calls === 2 ? chosen(of.instances[m]!, which(j)) : { ids: [], names: [] }));
    return {
      kind: 'FIRSTLAST',
      calls,
      firstTime: first.t,
      lastTime: last.t,
      first: first.outcome,
      last: last.outcome,
      firstCounts: first.values.map((v) => v.length),
      lastCounts: last.values.map((v) => v.length),
      delta: calls === 2 ? last.values.map((v, m) => difference(first.values[m]!, v, joins[m]!.both)) : [],
      instances: pick(last, (j) => j.both.map(([, now]) => now)),
      appeared: pick(last, (j) => j.appeared),
      vanished: pick(first, (j) => j.vanished),
    };
  }
}

function difference(
  a: Float64Array | BigInt64Array | BigUint64Array,
  b: Float64Array | BigInt64Array | BigUint64Array,
  both: Join['both'],
): Float64Array {
  return Float64Array.from(both, ([before, now]) => {
    const x = a[before]!;
    const y = b[now]!;
    // Integers modulo 2^64, as signed: a u64 that passed its end still gives the true, small difference.
    if (typeof x === 'bigint' && typeof y === 'bigint') return Number(BigInt.asIntN(64, y - x));
    return Number(y) - Number(x);
  });
}
