// Owns how records are handed out: at once or giving way to other work, 64-bit integers as numbers or exactly.

import type { ArchiveRecord, ValueSet } from '../archive/records.ts';
import type { EventRecord, Value } from '../archive/value.ts';

/** A record, and which of the archives it came from. */
export interface PcpRecord extends ArchiveRecord {
  /** Base of the archive. */
  readonly archive: string;
  /** Instance names of a set at this record's time; a number that the domain does not have is its own name. */
  readonly names: (set: ValueSet) => string[];
  /**
   * What the instances of a set are known by at this record's time: equal texts are the same instance, in any record of the host. The
   * name; name, NUL and number where the domain gives several instances this name; NUL and number where it gives none.
   */
  readonly identities: (set: ValueSet) => string[];
}

/** So long records are read before other work has its turn, in ms. */
const TURN_MS = 10;

/** Records to iterate over, as often as wanted: each time they are read again. */
export class RecordStream implements Iterable<PcpRecord>, AsyncIterable<PcpRecord> {
  readonly #read: () => Generator<PcpRecord>;
  readonly #exact: boolean;

  /** @internal */
  constructor(read: () => Generator<PcpRecord>, exact: boolean) {
    this.#read = read;
    this.#exact = exact;
  }

  /** One after the other, without giving way to other work. */
  *[Symbol.iterator](): Generator<PcpRecord> {
    if (this.#exact) yield* this.#read();
    else for (const record of this.#read()) yield { ...record, sets: record.sets.map(plain) };
  }

  /** The same, giving way to other work every 10 ms. */
  async *[Symbol.asyncIterator](): AsyncGenerator<PcpRecord> {
    let turn = performance.now();
    for (const record of this) {
      yield record;
      if (performance.now() - turn < TURN_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      turn = performance.now();
    }
  }
}

function plain(set: ValueSet): ValueSet {
  const { type } = set.metric;
  // Only 64-bit integers and events hold bigints.
  return type === 2 || type === 3 || type === 9 || type === 10 ? { ...set, values: set.values.map(plainValue) } : set;
}

function plainValue(value: Value): Value {
  if (typeof value === 'bigint') return Number(value);
  if (!Array.isArray(value)) return value;
  return (value as readonly EventRecord[]).map((e) => ({
    ...e,
    parameters: e.parameters.map((p) => ({ ...p, value: plainValue(p.value) })),
  }));
}
