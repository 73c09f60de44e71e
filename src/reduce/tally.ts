// Owns TALLY: in how many records each combination of instance and strings occurs; for process lists.

import type { Delivery, Halt } from './delivery.ts';
import { type Identity, identitiesOf } from './identity.ts';
import type { TallyEntry, TallyResult } from './result.ts';
import type { Cell } from './row.ts';
import { MAX_TALLY, type ReducerSpec } from './spec.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class Tally {
  readonly #spec: Extract<ReducerSpec, { kind: 'TALLY' }>;
  readonly #entries = new Map<string, Mutable<TallyEntry>>();
  #overflow = false;

  constructor(spec: Extract<ReducerSpec, { kind: 'TALLY' }>) {
    this.#spec = spec;
  }

  add(d: Delivery): Halt {
    const { metrics, where } = this.#spec;
    const cells: Cell[] = [];
    for (const metric of metrics) {
      const cell = d.cells[metric];
      if (!cell || cell.count <= 0 || cell.strings === undefined) return null;
      if (cells[0] && cell.count !== cells[0].count) return null;
      cells.push(cell);
    }
    const anchor = cells[where?.metric ?? 0]!;
    const identities = cells.map(identitiesOf);
    for (let i = 0; i < anchor.count; i++) {
      if (where && anchor.strings![i] !== where.equals) continue;
      const instance = identitiesOf(anchor)[i]!;
      const strings = cells.map((cell, k) => {
        const at = identities[k]![i] === instance ? i : identities[k]!.indexOf(instance);
        return at < 0 ? undefined : cell.strings![at]!;
      });
      if (strings.some((s) => s === undefined)) continue;
      const id = anchor.ids[i]!;
      this.#count(instance, { instance: id, name: anchor.nameOf?.(id) ?? null }, strings as string[], d.ordinal);
    }
    return null;
  }

  #count(
    identity: Identity,
    of: Pick<TallyEntry, 'instance' | 'name'>,
    strings: readonly string[],
    ordinal: number,
  ): void {
    const key = JSON.stringify([identity, strings]);
    const entry = this.#entries.get(key);
    if (entry) {
      entry.count++;
      entry.last = ordinal;
    } else if (this.#entries.size >= MAX_TALLY) {
      this.#overflow = true;
    } else {
      this.#entries.set(key, { ...of, strings, count: 1, first: ordinal, last: ordinal });
    }
  }

  finish(): TallyResult {
    return { kind: 'TALLY', entries: [...this.#entries.values()], overflow: this.#overflow };
  }
}
