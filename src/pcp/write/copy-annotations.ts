// Owns label sets and help texts in copies: those of the metrics copied, labels as they change.

import type { Annotations, LabelClass, LabelRecord } from '../archive/annotations.ts';
import { type Metric, NO_INDOM } from '../archive/metric.ts';
import type { ArchiveWriter } from './writer.ts';

const CONTEXT = 0xffffffff;
const keyOf = (labelClass: LabelClass, id: number): string => `${labelClass} ${id}`;

/** The label records of one input by time, and how far they are passed. */
interface Queue {
  readonly records: readonly LabelRecord[];
  next: number;
}

/** The body that a label record of an input has in the copy. */
type BodyOf = (input: number, record: LabelRecord, ns: bigint) => Buffer;

export class CopiedAnnotations {
  readonly #writer: ArchiveWriter;
  readonly #sources: readonly Annotations[];
  readonly #queues: readonly Queue[];
  /** Objects whose labels are wanted. */
  readonly #wanted = new Set<string>([keyOf('context', CONTEXT)]);
  /** What is in force by object and not yet written: of wanted objects, and of others. */
  readonly #due = new Map<string, LabelRecord>();
  readonly #waiting = new Map<string, LabelRecord>();
  /** Bodies last written by object: the same again is no change. */
  readonly #written = new Map<string, Buffer>();
  readonly #texts = new Set<string>();

  constructor(writer: ArchiveWriter, sources: readonly Annotations[]) {
    this.#writer = writer;
    this.#sources = sources;
    this.#queues = sources.map(({ labels }) => ({
      records: [...labels].sort((a, b) => (a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : 0)),
      next: 0,
    }));
  }

  /** Everything, as it is but for the bodies. */
  all(bodyOf: BodyOf): void {
    for (const [input, { labels, texts }] of this.#sources.entries()) {
      for (const record of labels) this.#writer.rawLabels(record.ns, bodyOf(input, record, record.ns));
      for (const t of texts) this.#writer.text(t.kind, t.of, t.id, t.bytes);
    }
  }

  /** From now on the labels that concern this metric are copied; its texts are, at once. */
  want({ pmid, indom }: Metric): void {
    this.#want('domain', (pmid >>> 22) & 0x1ff);
    this.#want('cluster', (pmid & ~0x3ff) >>> 0);
    this.#want('item', pmid);
    this.#text('metric', pmid);
    if (indom === NO_INDOM) return;
    this.#want('indom', indom);
    this.#want('instances', indom);
    this.#text('indom', indom);
  }

  #want(labelClass: LabelClass, id: number): void {
    const key = keyOf(labelClass, id);
    this.#wanted.add(key);
    const record = this.#waiting.get(key);
    this.#waiting.delete(key);
    if (record) this.#due.set(key, record);
  }

  #text(of: 'metric' | 'indom', id: number): void {
    const key = `${of} ${id}`;
    if (this.#texts.has(key)) return;
    this.#texts.add(key);
    for (const kind of ['oneline', 'help'] as const) {
      const found = this.#sources
        .flatMap((s) => s.texts)
        .findLast((t) => t.of === of && t.id === id && t.kind === kind);
      if (found) this.#writer.text(kind, of, id, found.bytes);
    }
  }

  /** Writes what is in force at a record of an input, stamped with the record's time. */
  upTo(input: number, ns: bigint, bodyOf: BodyOf): void {
    const queue = this.#queues[input]!;
    for (; queue.next < queue.records.length && queue.records[queue.next]!.ns <= ns; queue.next++) {
      const record = queue.records[queue.next]!;
      const key = keyOf(record.class, record.id);
      (this.#wanted.has(key) ? this.#due : this.#waiting).set(key, record);
    }
    for (const [key, record] of this.#due) {
      this.#due.delete(key);
      const body = bodyOf(input, record, ns);
      if (this.#written.get(key)?.equals(body)) continue;
      this.#written.set(key, body);
      this.#writer.rawLabels(ns, body);
    }
  }
}
