// Owns collecting numbers across nodes before S(v), and typed access to reducer results.

import type {
  DutyResult,
  FirstLastResult,
  FullSeriesResult,
  Instances,
  IntegrateResult,
  LatchResult,
  ReducerResult,
  RollResult,
  SectionsResult,
  SubsampleResult,
  TallyResult,
  WrapSumResult,
} from '../reduce/index.ts';
import type { Note, Share } from './analytic.ts';
import { deviceName, deviceText, distinct, documentKeys, instanceName } from './keys.ts';
import { type Stats, stats } from './stats.ts';

interface ByKind {
  FIRSTLAST: FirstLastResult;
  ROLL: RollResult;
  INTEGRATE: IntegrateResult;
  SUBSAMPLE: SubsampleResult;
  LATCH: LatchResult;
  TALLY: TallyResult;
  WRAPSUM: WrapSumResult;
  FULLSERIES: FullSeriesResult;
  DUTY: DutyResult;
  SECTIONS: SectionsResult;
}

/** The i-th reducer's result, which must be of this kind. */
export function reducer<K extends keyof ByKind>(share: Share, i: number, kind: K): ByKind[K] {
  const result: ReducerResult | undefined = share.result.reducers[i];
  if (result?.kind !== kind) throw new TypeError(`reducer ${i} is ${result?.kind ?? 'absent'}, not ${kind}`);
  return result as ByKind[K];
}

/** Lists by device and column in order of first appearance. Devices (`distinct`) are untrusted names, hence Map. */
export class Table {
  readonly #rows = new Map<string, Map<string, number[]>>();
  /** Where each was seen first. */
  readonly #nodes = new Map<string, string>();

  add(node: string, device: string, column: string, value: number): void {
    let columns = this.#rows.get(device);
    if (!columns) {
      columns = new Map();
      this.#rows.set(device, columns);
      this.#nodes.set(device, node);
    }
    const list = columns.get(column);
    if (list) list.push(value);
    else columns.set(column, [value]);
  }

  get empty(): boolean {
    return this.#rows.size === 0;
  }

  /** By key of the document (`keyOf` a name), each list through `reduce`. Says which devices have another key than theirs. */
  toObject(
    note: Note,
    { reduce = stats, keyOf = (name: string) => name }: TableForm = {},
  ): Record<string, Record<string, Stats>> {
    const keys = documentKeys(this.#rows.keys(), keyOf);
    for (const [device, key] of keys) {
      const usual = keyOf(deviceName(device));
      if (key !== usual)
        note(`${deviceText(device)} is listed as ${key}: ${usual} is another`, this.#nodes.get(device)!);
    }
    return Object.fromEntries(
      [...this.#rows].map(([device, columns]) => [
        keys.get(device)!,
        Object.fromEntries([...columns].map(([column, values]) => [column, reduce(values, column)])),
      ]),
    );
  }
}

interface TableForm {
  readonly reduce?: (values: number[], column: string) => Stats;
  readonly keyOf?: (name: string) => string;
}

/** S with the sum that energy entries carry. */
export function energyStats(values: number[]): Stats & { total: number } {
  const s = stats(values);
  return { ...s, total: (s.avg ?? 0) * (s.cnt ?? 0) };
}

/** Most instances that a document names for one analytic and node. */
const MAX_NAMED = 8;

/** Names as text, cut off where they are too many. */
export function listed(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return names.slice(0, MAX_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** Says which instances of a consumer with columns were there only part of the time: their values are of that part. */
export function notePartial(share: Share, note: Note): void {
  const { presence, labels } = share.result;
  presence?.counts.forEach((count, i) => {
    if (count >= presence.records) return;
    if (i < MAX_NAMED || presence.counts.length <= 4 * MAX_NAMED)
      note(`${instanceName(labels!, i)} has values in ${count} of ${presence.records} records`, share.node);
  });
}

/** Says which instances came or went, of which a total has what they counted while they were there. */
export function noteTotals({ result: { presence, labels }, node }: Share, note: Note): void {
  const partly = (presence?.counts ?? []).flatMap((count, i) =>
    count < presence!.records ? `${instanceName(labels!, i)} (${count} of ${presence!.records} records)` : [],
  );
  if (partly.length > 0) note(`came or went, counted while there: ${listed(partly)}`, node);
}

/** Deltas of one node as columns of equal instances: what all metrics have in the first and the last record. */
export interface Matrix {
  readonly instances: Instances;
  /** Metrics × instances. */
  readonly rows: readonly (readonly number[])[];
}

/** Joined by instance, never by position; instances that come or go are named. */
export function matrixOf(fl: FirstLastResult, share: Share, note: Note): Matrix {
  const [head, ...others] = fl.instances;
  const places = others.map((o) => new Map(distinct(o).map((instance, i) => [instance, i])));
  const first = distinct(head!);
  const kept = first.map((_, i) => i).filter((i) => places.every((p) => p.has(first[i]!)));
  const gone = new Set([...fl.appeared, ...fl.vanished].flatMap((of) => of.ids.map((_, i) => instanceName(of, i))));
  if (gone.size > 0) note(`not in both the first and the last record, left out: ${listed([...gone])}`, share.node);
  return {
    instances: {
      ids: kept.map((i) => head!.ids[i]!),
      names: kept.map((i) => instanceName(head!, i)),
    },
    rows: fl.delta.map((delta, m) => kept.map((i) => delta[m === 0 ? i : places[m - 1]!.get(first[i]!)!]!)),
  };
}
