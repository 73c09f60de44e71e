// Owns collecting numbers across nodes before S(v), and typed access to reducer results.

import type {
  FirstLastResult,
  IntegrateResult,
  LatchResult,
  ReducerResult,
  RollResult,
  SubsampleResult,
  TallyResult,
} from '../reduce/index.ts';
import type { Share } from './analytic.ts';
import { type Stats, stats } from './stats.ts';

interface ByKind {
  FIRSTLAST: FirstLastResult;
  ROLL: RollResult;
  INTEGRATE: IntegrateResult;
  SUBSAMPLE: SubsampleResult;
  LATCH: LatchResult;
  TALLY: TallyResult;
}

/** The i-th reducer's result, which must be of this kind. */
export function reducer<K extends keyof ByKind>(share: Share, i: number, kind: K): ByKind[K] {
  const result: ReducerResult | undefined = share.result.reducers[i];
  if (result?.kind !== kind) throw new TypeError(`reducer ${i} is ${result?.kind ?? 'absent'}, not ${kind}`);
  return result as ByKind[K];
}

/** Two-level table of lists in order of first appearance. Keys are untrusted names, hence Map. */
export class Table {
  readonly #rows = new Map<string, Map<string, number[]>>();

  add(row: string, column: string, value: number): void {
    let columns = this.#rows.get(row);
    if (!columns) {
      columns = new Map();
      this.#rows.set(row, columns);
    }
    const list = columns.get(column);
    if (list) list.push(value);
    else columns.set(column, [value]);
  }

  get empty(): boolean {
    return this.#rows.size === 0;
  }

  /** Each list through `reduce` (S by default). */
  toObject(reduce: (values: number[], column: string) => Stats = stats): Record<string, Record<string, Stats>> {
    return Object.fromEntries(
      [...this.#rows].map(([row, columns]) => [
        row,
        Object.fromEntries([...columns].map(([column, values]) => [column, reduce(values, column)])),
      ]),
    );
  }
}

/** S with the sum that energy entries carry. */
export function energyStats(values: number[]): Stats & { total: number } {
  const s = stats(values);
  return { ...s, total: (s.avg ?? 0) * (s.cnt ?? 0) };
}

/** Name of the i-th instance; those of no domain or unknown to it are their numbers. */
export function instanceName(instances: { ids: readonly number[]; names: readonly string[] }, i: number): string {
  return instances.names[i] ?? String(instances.ids[i] ?? i);
}
