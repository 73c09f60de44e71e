// Owns a node's results on their way from a worker to the document: bytes, unpacked one analytic at a time.

import { Deserializer, Serializer } from 'node:v8';
import type { ConsumerResult } from '../reduce/index.ts';

export interface WorkShare {
  readonly cls: string;
  readonly metrics: readonly string[];
  readonly result: ConsumerResult;
}

/** Where one analytic's part lies in the bytes. */
export interface PackedPart {
  readonly cls: string;
  readonly at: number;
  readonly length: number;
}

export interface Packed {
  readonly parts: readonly PackedPart[];
  readonly bytes: Uint8Array;
}

/** What node:v8 documents and its types leave out. */
interface Hooks {
  _setTreatArrayBufferViewsAsHostObjects(on: boolean): void;
}

/** Vectors of doubles as they are; results hold no other arrays of numbers of that length. */
class Writer extends Serializer {
  constructor() {
    super();
    (this as unknown as Hooks)._setTreatArrayBufferViewsAsHostObjects(true);
  }

  _writeHostObject(vector: object): void {
    if (!(vector instanceof Float64Array)) throw new TypeError('only vectors of doubles are packed');
    const bytes = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
    this.writeUint32(bytes.length);
    this.writeRawBytes(bytes);
  }
}

/** Copies vectors out, so that one that is kept does not keep all the bytes. */
class Reader extends Deserializer {
  _readHostObject(): Float64Array {
    const length = this.readUint32();
    const vector = new Float64Array(length / 8);
    new Uint8Array(vector.buffer).set(this.readRawBytes(length));
    return vector;
  }
}

export function pack(shares: readonly WorkShare[]): Packed {
  const parts: PackedPart[] = [];
  const buffers: Buffer[] = [];
  let at = 0;
  for (const { cls, metrics, result } of shares) {
    const writer = new Writer();
    writer.writeHeader();
    writer.writeValue([metrics, result]);
    const buffer = writer.releaseBuffer();
    parts.push({ cls, at, length: buffer.length });
    buffers.push(buffer);
    at += buffer.length;
  }
  // One buffer of its own: what crosses threads is copied whole, and a view would take all of its pool along.
  const bytes = new Uint8Array(at);
  parts.forEach((part, i) => {
    bytes.set(buffers[i]!, part.at);
  });
  return { parts, bytes };
}

export function unpack(bytes: Uint8Array): Pick<WorkShare, 'metrics' | 'result'> {
  const reader = new Reader(bytes);
  reader.readHeader();
  const [metrics, result] = reader.readValue() as [string[], ConsumerResult];
  return { metrics, result };
}
