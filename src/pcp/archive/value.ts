// Owns values as JavaScript has them: numbers, strings, bytes, and event arrays of both resolutions (archive-format.md §5.5, 5.6).

/** 64-bit integers are bigints. Aggregates, and what does not fit its metric's type, are the block's bytes. */
export type Value = number | bigint | string | Buffer | readonly EventRecord[];

/** A parameter of an event. */
export interface EventParameter {
  readonly pmid: number;
  /** Type code of the value. */
  readonly type: number;
  readonly value: Value;
}

/** One event of an event array. */
export interface EventRecord {
  readonly ns: bigint;
  /** 1 point, 2 start, 4 end, 8 and 16: the first parameters are an id and its parent's. */
  readonly flags: number;
  readonly parameters: readonly EventParameter[];
  /** In place of parameters: so many events were lost here. */
  readonly missed?: number;
}

const MISSED = 0x80000000;
const NS = 1_000_000_000n;

/** A value kept in place: types of 32 bits only; of any other type the bytes. */
export function inSitu(type: number, view: DataView, at: number): Value {
  if (type === 0) return view.getInt32(at);
  if (type === 1) return view.getUint32(at);
  if (type === 4) return view.getFloat32(at);
  const word = Buffer.alloc(4);
  word.writeUInt32BE(view.getUint32(at));
  return word;
}

/** The value of a block's payload by its type. */
export function blockValue(type: number, body: Buffer): Value {
  if (type === 6) {
    const end = body.indexOf(0);
    return body.toString('utf8', 0, end < 0 ? body.length : end);
  }
  if (type === 4 && body.length === 4) return body.readFloatBE(0);
  if (body.length === 8) {
    if (type === 2) return body.readBigInt64BE(0);
    if (type === 3) return body.readBigUInt64BE(0);
    if (type === 5) return body.readDoubleBE(0);
  }
  // Not a view: the decoder's memory moves on.
  const copy = Buffer.from(body);
  return type === 9 || type === 10 ? (readEvents(copy, type === 10) ?? copy) : copy;
}

/** Undefined if the array is cut off. `wide`: 64-bit seconds and nanoseconds. */
function readEvents(body: Buffer, wide: boolean): EventRecord[] | undefined {
  const head = wide ? 24 : 16;
  if (body.length < 4) return undefined;
  const count = body.readInt32BE(0);
  if (count < 0) return undefined;
  const records: EventRecord[] = [];
  let at = 4;
  for (let i = 0; i < count; i++) {
    if (at + head > body.length) return undefined;
    const ns = wide
      ? body.readBigInt64BE(at) * NS + body.readBigInt64BE(at + 8)
      : BigInt(body.readInt32BE(at)) * NS + BigInt(body.readInt32BE(at + 4)) * 1000n;
    const flags = body.readUInt32BE(at + head - 8);
    const n = body.readInt32BE(at + head - 4);
    at += head;
    if (flags & MISSED) {
      records.push({ ns, flags, parameters: [], missed: n });
      continue;
    }
    const parameters: EventParameter[] = [];
    for (let k = 0; k < n; k++) {
      if (at + 8 > body.length) return undefined;
      const word = body.readUInt32BE(at + 4);
      const length = word & 0xffffff;
      if (length < 4 || at + 4 + length > body.length) return undefined;
      const payload = body.subarray(at + 8, at + 4 + length);
      parameters.push({ pmid: body.readUInt32BE(at), type: word >>> 24, value: parameter(word >>> 24, payload) });
      at += 4 + ((length + 3) & ~3);
    }
    records.push({ ns, flags, parameters });
  }
  return records;
}

/** Parameters hold 32-bit integers in a block, which values of metrics do not. */
function parameter(type: number, payload: Buffer): Value {
  if (type === 0 && payload.length >= 4) return payload.readInt32BE(0);
  if (type === 1 && payload.length >= 4) return payload.readUInt32BE(0);
  return blockValue(type, payload);
}
