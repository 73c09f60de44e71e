// Owns what checking finds in the records of an archive: counts, times, values that do not fit their metric, names that are missing.

import { Instant } from '../../reduce/index.ts';
import { NO_STRING, versionAt } from '../archive/domains.ts';
import { type Metric, NO_INDOM, pmidText } from '../archive/metric.ts';
import type { ArchiveReader } from '../archive/reader.ts';
import { markBetween, NEVER, type StoredSet, storedBlock, storedSets } from '../archive/records.ts';
import * as L from '../wasm/layout.gen.ts';
import type { Wasm } from '../wasm/wasm.ts';

export interface Place {
  readonly volume: number;
  readonly offset: number;
}

/** Something met more than once: how often, where first, and a few examples. */
export class Sightings {
  count = 0;
  first: Place | undefined;
  readonly examples = new Set<string>();

  see(place: Place, example?: string): void {
    this.count++;
    this.first ??= place;
    if (example !== undefined && this.examples.size < 5) this.examples.add(example);
  }
}

/** Bytes of a block's payload by type; other types have any length. */
const SIZES: Readonly<Record<number, number>> = { 2: 8, 3: 8, 4: 4, 5: 8 };
const DOUBLE_WORDS = new Set([2, 3, 5]);
const FLOAT = 4;
const IN_SITU = new Set([0, 1, 4]);
const HEAD = 4;
const TRAILER = 4;

export class RecordTally {
  records = 0;
  marks = 0;
  values = 0;
  lastNs = NEVER;
  /** Records of which an earlier one has all metrics at the same time. */
  readonly repeated = new Sightings();
  readonly #instant = new Instant();
  readonly beforeStart = new Sightings();
  readonly unnamed = new Sightings();
  readonly undescribed = new Sightings();
  readonly misfits = new Sightings();
  /** Blocks that libpcp swaps the bytes of by their own type, beyond their end and into the next block. */
  readonly short = new Sightings();
  /** Where the records that were read start and end, by volume, in the order of the file. */
  readonly #records = new Map<number, { readonly starts: number[]; readonly ends: number[] }>();
  readonly #wasm: Wasm;
  readonly #reader: ArchiveReader;

  constructor(wasm: Wasm, reader: ArchiveReader) {
    this.#wasm = wasm;
    this.#reader = reader;
    while (reader.next()) this.#record();
  }

  /** Whether a record may start there: it is not inside one that was read. Records left out for their time may be anywhere between. */
  mayStart(volume: number, offset: number): boolean {
    const { starts, ends } = this.#records.get(volume) ?? { starts: [], ends: [] };
    let before = 0;
    for (let end = starts.length; before < end; ) {
      const middle = (before + end) >>> 1;
      if (starts[middle]! <= offset) before = middle + 1;
      else end = middle;
    }
    return before === 0 || starts[before - 1] === offset || ends[before - 1]! <= offset;
  }

  #note({ volume, offset }: Place): void {
    const known = this.#records.get(volume) ?? { starts: [], ends: [] };
    this.#records.set(volume, known);
    known.starts.push(offset);
    known.ends.push(offset + this.#wasm.i32(this.#reader.address + L.Reader.length));
  }

  #record(): void {
    const { place, nextNs: ns, label } = this.#reader;
    this.#note(place);
    if (this.#reader.afterGap && this.lastNs !== NEVER && markBetween(this.lastNs, ns) <= ns) {
      this.records++;
      this.marks++;
    }
    if (this.#reader.unsound) this.#reader.passOver(this.#reader.unsound);
    if (ns < label.startNs) this.beforeStart.see(place);
    this.lastNs = ns;
    this.records++;
    if (this.#wasm.i32(this.#reader.address + L.Reader.setCount) === 0) this.marks++;
    const sets = [...storedSets(this.#wasm, this.#reader)];
    const about = sets.map(({ pmid }) => String(pmid));
    if (sets.length > 0 && !this.#instant.fresh(0, ns, about)) this.repeated.see(place);
    for (const set of sets) {
      if (set.count <= 0 || set.damaged) continue;
      this.values += set.count;
      const metric = this.#reader.descriptors.get(set.pmid);
      if (!metric) this.undescribed.see(place, pmidText(set.pmid));
      else this.#set(set, metric, ns, place);
    }
  }

  #set(set: StoredSet, metric: Metric, ns: bigint, place: Place): void {
    if (!this.#fits(set, metric.type)) this.misfits.see(place, metric.name);
    if (this.#short(set)) this.short.see(place, metric.name);
    if (metric.indom === NO_INDOM) return;
    const version = versionAt(this.#wasm, this.#reader, metric.indom, ns);
    for (const pair of set.pairs) {
      const id = this.#wasm.view.getInt32(pair);
      if (version !== 0 && this.#wasm.x.nameIn(version, id) >>> 0 !== NO_STRING) continue;
      this.unnamed.see(place, `${metric.name}[${id}]`);
    }
  }

  /** Whether a block has less room than its own type needs, and another block follows. */
  #short({ format, pairs }: StoredSet): boolean {
    if (format === 0) return false;
    const address = this.#reader.address;
    const end = this.#wasm.u32(address + L.Reader.record) + this.#wasm.i32(address + L.Reader.length) - TRAILER;
    return pairs.some((pair) => {
      const block = storedBlock(this.#wasm, this.#reader, pair);
      const room = (block.length + 3) & ~3;
      const kind = block[0]!;
      const needs = DOUBLE_WORDS.has(kind) ? 8 : kind === FLOAT ? 4 : 0;
      return room < HEAD + needs && block.byteOffset + room < end;
    });
  }

  /** Whether the values can be had as what the descriptor says they are (§5.5). */
  #fits({ format, pairs }: StoredSet, type: number): boolean {
    if (format === 0) return IN_SITU.has(type);
    const size = SIZES[type];
    if (type === 0 || type === 1) return false;
    return pairs.every((pair) => {
      const block = storedBlock(this.#wasm, this.#reader, pair);
      // Old writers leave the type 0.
      const kind = block[0]!;
      return (size === undefined || block.length === HEAD + size) && (kind === type || kind === 0 || kind === 255);
    });
  }
}
