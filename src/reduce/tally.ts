// Owns TALLY: in how many records each combination of instance and strings occurs; for process lists.

import type { Delivery, Halt } from './delivery.ts';
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
    const names = cells[0]!.nameOf;
    const anchor = cells[where?.metric ?? 0]!;
    for (let i = 0; i < anchor.count; i++) {
      if (where && anchor.strings![i] !== where.equals) continue;
      const instance = anchor.ids[i]!;
      const strings = cells.map((cell) => {
        const at = cell.ids[i] === instance ? i : cell.ids.indexOf(instance);
        return at < 0 ? undefined : cell.strings![at]!;
      });
      if (strings.some((s) => s === undefined)) continue;
      this.#count(instance, names?.(instance) ?? null, strings as string[], d.ordinal);
    }
    return null;
  }

  #count(instance: number, name: string | null, strings: readonly string[], ordinal: number): void {
    const key = JSON.stringify([instance, name, strings]);
    const entry = this.#entries.get(key);
    if (entry) {
      entry.count++;
      entry.last = ordinal;
    } else if (this.#entries.size >= MAX_TALLY) {
      this.#overflow = true;
    } else {
      this.#entries.set(key, { instance, name, strings, count: 1, first: ordinal, last: ordinal });
    }
  }

  finish(): TallyResult {
    return { kind: 'TALLY', entries: [...this.#entries.values()], overflow: this.#overflow };
  }
}
