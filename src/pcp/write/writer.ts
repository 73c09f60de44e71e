// Owns writing an archive: metadata, volumes and temporal index, in step with each other (archive-format.md §8).

import { existsSync } from 'node:fs';
import { JobsumError } from '../../kernel/index.ts';
import type { RawSet } from '../archive/records.ts';
import { LABEL_BYTES, type LabelFields, label, putStamp, STAMP_BYTES, type Version } from './frames.ts';
import { type DomainEntry, descRecord, indomRecord, labelBody, labelRecord, textRecord } from './metadata.ts';
import { Output } from './output.ts';
import { RecordEncoder } from './record.ts';
import {
  type LABEL_CLASSES,
  type LabelSpec,
  type MetricSpec,
  type RawMetric,
  SEMANTICS,
  TYPES,
  type WrittenSet,
} from './types.ts';

export interface ArchiveOptions {
  readonly version: Version;
  readonly host: string | Buffer;
  /** As PCP writes it: `UTC`, `EST+5`. */
  readonly timezone?: string | Buffer;
  readonly zoneinfo?: string;
  readonly startNs: bigint;
  readonly pid?: number;
  /** Fail rather than write over existing files; the files appear when the archive is closed. */
  readonly exclusive?: boolean;
}

/** An index entry at least every so many bytes of data, as pmlogger does. */
const INDEX_EVERY = 100_000;

/**
 * Writes `BASE.meta`, `BASE.index`, `BASE.0` … Describe a metric, and its instances no later than the record that uses them,
 * before writing values; times must not go backwards. Memory does not grow with the archive.
 */
export class ArchiveWriter {
  readonly base: string;
  readonly #label: LabelFields;
  readonly #meta: Output;
  readonly #index: Output;
  #volume: Output;
  /** In the order in which they appear: an archive without metadata is none yet. */
  readonly #full: Output[] = [];
  readonly #aside: boolean;
  #number = 0;
  readonly #encoder: RecordEncoder;
  #indexedAt = -INDEX_EVERY;
  #metaAtIndex = 0;
  #last: { ns: bigint; offset: number } | null = null;

  constructor(base: string, options: ArchiveOptions) {
    this.base = base;
    this.#label = { timezone: 'UTC', pid: 4711, ...options };
    const there = options.exclusive && ['meta', 'index', '0'].find((member) => existsSync(`${base}.${member}`));
    if (there) throw new JobsumError('E_EXISTS', 'an archive of that name is there', { file: `${base}.${there}` });
    this.#aside = options.exclusive === true;
    const made: Output[] = [];
    try {
      for (const member of ['meta', 'index', '0']) made.push(new Output(`${base}.${member}`, this.#aside));
    } catch (error) {
      for (const output of made) output.discard(false);
      throw error;
    }
    [this.#meta, this.#index, this.#volume] = made as [Output, Output, Output];
    this.#meta.write(label(this.#label, -1));
    this.#index.write(label(this.#label, -2));
    this.#volume.write(label(this.#label, 0));
    this.#encoder = new RecordEncoder(options.version);
  }

  get version(): Version {
    return this.#label.version;
  }

  /** Bytes in the current volume. */
  get volumeBytes(): number {
    return this.#volume.offset;
  }

  metric(m: MetricSpec): void {
    const nameBytes = Buffer.from(m.name, 'utf8');
    this.describe({ ...m, nameBytes, type: TYPES[m.type], semantics: SEMANTICS[m.semantics] });
  }

  /** A descriptor as an archive has it. Called again with another name, the metric has both. */
  describe(m: RawMetric): void {
    this.#meta.write(descRecord(m));
  }

  /** The whole instance domain from this time on. An empty list would be ignored by readers. */
  indom(indom: number, ns: bigint, instances: readonly DomainEntry[]): void {
    this.#meta.write(indomRecord(this.version, indom, ns, instances, false));
  }

  /** Changes against the version before, deletions first (version 3 only). */
  indomDelta(indom: number, ns: bigint, added: readonly DomainEntry[], deleted: readonly number[]): void {
    if (this.version !== 3) throw new RangeError('delta instance domains need version 3');
    const entries = [...deleted.map((id) => ({ id, name: null })), ...added];
    this.#meta.write(indomRecord(3, indom, ns, entries, true));
  }

  /** All labels of one object from this time on: a domain number, pmID or instance domain, 0xffffffff for the context. */
  labels(ns: bigint, labelClass: keyof typeof LABEL_CLASSES, id: number, sets: readonly LabelSpec[]): void {
    this.rawLabels(ns, labelBody(labelClass, id, sets));
  }

  /** A label record as another archive has it, but for its time. */
  rawLabels(ns: bigint, body: Buffer): void {
    this.#meta.write(labelRecord(this.version, ns, body));
  }

  /** Help text of a metric or an instance domain. */
  text(kind: 'oneline' | 'help', of: 'metric' | 'indom', id: number, text: string | Buffer): void {
    this.#meta.write(textRecord(kind, of, id, Buffer.from(text as string)));
  }

  record(ns: bigint, sets: readonly WrittenSet[]): void {
    this.#put(ns, this.#encoder.encode(ns, sets));
  }

  /** Value sets as another archive has them. */
  raw(ns: bigint, sets: readonly RawSet[]): void {
    this.#put(ns, this.#encoder.encodeRaw(ns, sets));
  }

  #put(ns: bigint, bytes: Buffer): void {
    const offset = this.#volume.offset;
    if (offset - this.#indexedAt >= INDEX_EVERY || this.#meta.offset !== this.#metaAtIndex)
      this.#indexEntry(ns, offset);
    this.#volume.write(bytes);
    this.#last = { ns, offset };
  }

  /** A discontinuity: counters must not be differenced across it. */
  mark(ns: bigint): void {
    this.record(ns, []);
  }

  nextVolume(): void {
    this.#volume.close();
    this.#full.push(this.#volume);
    this.#number++;
    this.#volume = new Output(`${this.base}.${this.#number}`, this.#aside);
    this.#volume.write(label(this.#label, this.#number));
    this.#indexedAt = -INDEX_EVERY;
  }

  #indexEntry(ns: bigint, offset: number): void {
    const stamp = STAMP_BYTES[this.version];
    const wide = this.version === 3;
    // The first entry points at the beginning of the metadata, later ones behind what was known when they were written.
    const meta = this.#metaAtIndex === 0 ? LABEL_BYTES[this.version] : this.#meta.offset;
    const b = Buffer.alloc(wide ? 32 : 20);
    putStamp(b, 0, ns, this.version);
    b.writeInt32BE(this.#number, stamp);
    if (wide) {
      b.writeBigInt64BE(BigInt(meta), stamp + 4);
      b.writeBigInt64BE(BigInt(offset), stamp + 12);
    } else {
      b.writeInt32BE(meta, stamp + 4);
      b.writeInt32BE(offset, stamp + 8);
    }
    this.#index.write(b);
    this.#indexedAt = offset;
    this.#metaAtIndex = this.#meta.offset;
  }

  /** What was written so far is in the files: an archive that a logger is at work on. */
  flush(): void {
    for (const output of [this.#meta, this.#index, this.#volume]) output.flush();
  }

  get #outputs(): Output[] {
    return [...this.#full, this.#volume, this.#index, this.#meta];
  }

  /** @throws JobsumError E_IO, E_EXISTS */
  close(): void {
    if (this.#last) this.#indexEntry(this.#last.ns, this.#last.offset);
    for (const output of this.#outputs) output.close();
    const placed: Output[] = [];
    try {
      for (const output of this.#outputs) {
        output.place();
        placed.push(output);
      }
    } catch (error) {
      for (const output of placed) output.discard(true);
      throw error;
    }
  }

  /** In place of `close`, and after an error of it: of an exclusive archive nothing is left. */
  discard(): void {
    for (const output of this.#outputs) output.discard(false);
  }
}
