// Owns label sets and help texts: the records of the metadata that annotate metrics and instance domains (§3.5, 3.6).

export type LabelClass = 'context' | 'domain' | 'indom' | 'cluster' | 'item' | 'instances';

/** One label: the value is JSON as it was written, without the quotes of a string. */
export interface Label {
  readonly name: string;
  readonly value: string;
  /** A number, a boolean, or an object rather than a string. */
  readonly bare: boolean;
  /** The name is compound (`a.b`). */
  readonly compound: boolean;
  /** Extrinsic: not part of what identifies the object. */
  readonly optional: boolean;
}

export interface LabelSet {
  /** -1 unless the class is `instances`. */
  readonly instance: number;
  readonly labels: readonly Label[];
  /** PCP's error code in place of labels, below 0. */
  readonly error?: number;
}

/** A record of label sets: all labels of one object from this time on. */
export interface LabelRecord {
  readonly ns: bigint;
  readonly class: LabelClass;
  /** 0xffffffff (context), a domain, a pmID (cluster: with item 0), or an instance domain. */
  readonly id: number;
  readonly sets: readonly LabelSet[];
  /** What follows the time stamp, as stored: the same in both versions. */
  readonly body: Buffer;
}

export interface HelpText {
  readonly kind: 'oneline' | 'help';
  readonly of: 'metric' | 'indom';
  /** pmID or instance domain. */
  readonly id: number;
  readonly text: string;
  readonly bytes: Buffer;
}

export interface Annotations {
  /** In the order of the metadata. */
  readonly labels: LabelRecord[];
  readonly texts: HelpText[];
}

const CLASSES: Readonly<Record<number, LabelClass>> = {
  1: 'context',
  2: 'domain',
  4: 'indom',
  8: 'cluster',
  16: 'item',
  32: 'instances',
};
const TEXT = 4;
const LABELS_V3 = 7;
const TRAILER = 4;
const NS = 1_000_000_000n;

/** Which archives PCP does not open: all with such a record, those in which something follows it, or none: it passes over it. */
export type Refused = 'always' | 'followed' | 'never';

/** Why a record is left out. */
export interface Unread {
  readonly refused: Refused;
  readonly message: string;
  readonly record: string;
  readonly found: string;
}

/** Takes a whole record, framing checked, of type 3, 4 or 7. What is wrong inside is the answer, and the record is left out. */
export function readAnnotation(into: Annotations, record: Buffer, type: number): Unread | null {
  try {
    if (type === TEXT) into.texts.push(readText(record));
    else into.labels.push(readLabels(record, type === LABELS_V3));
    return null;
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    const kind = type === TEXT ? 'help text' : 'label set';
    return { refused: error.refused, message: error.message, record: kind, found: error.found };
  }
}

/** No Error, whose stack would cost ten times what reading the record does: all records may be such. */
class Misfit {
  readonly message: string;
  readonly found: string;
  readonly refused: Refused;
  constructor(message: string, found: number, refused: Refused = 'always') {
    this.message = message;
    this.found = String(found);
    this.refused = refused;
  }
}

function readText(b: Buffer): HelpText {
  if (b.length < 12 + TRAILER) throw new Misfit('the help text record is too short', b.length, 'followed');
  const kind = b.readUInt32BE(8);
  const [length, of] = [kind & 3, kind & 12];
  // Of these PCP does not read the trailer, and takes it for the next record.
  if (length === 0 || of === 0) throw new Misfit('unknown kind of help text', kind, 'followed');
  if (kind > 15 || length === 3 || of === 12) throw new Misfit('a help text of several kinds', kind, 'never');
  if (b.length < 16 + TRAILER) throw new Misfit('a help text of nothing', b.length, 'never');
  const text = b.subarray(16, b.length - TRAILER);
  const end = text.indexOf(0);
  const bytes = end < 0 ? text : text.subarray(0, end);
  return {
    kind: length === 1 ? 'oneline' : 'help',
    of: of === 4 ? 'metric' : 'indom',
    id: b.readUInt32BE(12),
    text: bytes.toString('utf8'),
    bytes,
  };
}

function readLabels(b: Buffer, wide: boolean): LabelRecord {
  const head = wide ? 20 : 16;
  const end = b.length - TRAILER;
  if (end < head + 12) throw new Misfit('the label record is too short', b.length);
  const seconds = wide ? (BigInt(b.readInt32BE(12)) << 32n) | BigInt(b.readUInt32BE(8)) : BigInt(b.readInt32BE(8));
  const ns = seconds * NS + (wide ? BigInt(b.readInt32BE(16)) : BigInt(b.readInt32BE(12)) * 1000n);
  const word = b.readUInt32BE(head);
  const nsets = b.readInt32BE(head + 8);
  // A set takes 12 bytes at least.
  if (nsets < 0 || nsets > (end - head - 12) / 12) throw new Misfit('impossible number of label sets', nsets);
  const sets: LabelSet[] = [];
  let at = head + 12;
  for (let i = 0; i < nsets; i++) {
    const { set, next } = readSet(b, at, end);
    sets.push(set);
    at = next;
  }
  const labelClass = CLASSES[word];
  if (!labelClass) throw new Misfit('unknown class of labels', word, 'never');
  return { ns, class: labelClass, id: b.readUInt32BE(head + 4), sets, body: b.subarray(head, end) };
}

function readSet(b: Buffer, at: number, end: number): { set: LabelSet; next: number } {
  if (at + 8 > end) throw new Misfit('a label set reaches beyond the record', at);
  const instance = b.readInt32BE(at);
  const size = b.readInt32BE(at + 4);
  const from = at + 8;
  if (size < 0 || from + size + 4 > end) throw new Misfit('the text of a label set reaches beyond the record', size);
  const json = b.subarray(from, from + size);
  const n = b.readInt32BE(from + size);
  let next = from + size + 4;
  if (n < 0) return { set: { instance, labels: [], error: n }, next };
  if (n > (end - next) / 8) throw new Misfit('impossible number of labels', n);
  const labels: Label[] = [];
  for (let i = 0; i < n; i++, next += 8) {
    const [name, nameLength, flags] = [b.readUInt16BE(next), b[next + 2]!, b[next + 3]!];
    const [value, valueLength] = [b.readUInt16BE(next + 4), b.readUInt16BE(next + 6)];
    if (name + nameLength > size || value + valueLength > size) throw new Misfit('a label lies outside its text', i);
    const raw = json.toString('utf8', value, value + valueLength);
    const quoted = raw.length >= 2 && raw.startsWith('"') && raw.endsWith('"');
    labels.push({
      name: json.toString('utf8', name, name + nameLength),
      value: quoted ? raw.slice(1, -1) : raw,
      bare: !quoted,
      compound: (flags & 0x40) !== 0,
      optional: (flags & 0x80) !== 0,
    });
  }
  return { set: { instance, labels }, next };
}

/** The record in force at a time: of equal times the last. */
export function labelsAt(
  annotations: Annotations,
  labelClass: LabelClass,
  id: number,
  ns: bigint,
): LabelRecord | undefined {
  let best: LabelRecord | undefined;
  for (const record of annotations.labels) {
    if (record.class !== labelClass || record.id !== id || record.ns > ns) continue;
    if (!best || record.ns >= best.ns) best = record;
  }
  return best;
}
