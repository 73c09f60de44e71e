// Owns reading whole records into JavaScript values: for the library and the tools. The fast path never comes here.

import * as L from './layout.gen.ts';
import type { Metric } from './metric.ts';
import type { ArchiveReader } from './reader.ts';
import type { Wasm } from './wasm.ts';

/** 64-bit integers are bigints. Aggregates, events, and what does not fit its metric's type are the block's bytes. */
export type Value = number | bigint | string | Buffer;

export interface ValueSet {
  readonly metric: Metric;
  /** PCP's error code in place of values, below 0. */
  readonly error?: number;
  /** In stored order; -1 without instance domain. */
  readonly instances: readonly number[];
  readonly values: readonly Value[];
}

export interface ArchiveRecord {
  readonly ns: bigint;
  /** Volume and offset in it. */
  readonly volume: number;
  readonly offset: number;
  /** A discontinuity: counters must not be differenced across it. `sets` is empty. */
  readonly mark: boolean;
  /** In stored order, those of wanted metrics. */
  readonly sets: readonly ValueSet[];
}

function inSitu(type: number, view: DataView, at: number): Value {
  if (type === 0) return view.getInt32(at);
  if (type === 1) return view.getUint32(at);
  if (type === 4) return view.getFloat32(at);
  const word = Buffer.alloc(4);
  word.writeUInt32BE(view.getUint32(at));
  return word;
}

function blockValue(type: number, body: Buffer): Value {
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
  return Buffer.from(body);
}

/**
 * The records from where the reader stands, in stored order but for those that go back in time, which are dropped as PCP
 * does. Sets of metrics without descriptor are left out. Ends at damage, which is then among the reader's problems.
 */
export function* readRecords(
  wasm: Wasm,
  reader: ArchiveReader,
  wanted: (metric: Metric) => boolean = () => true,
): Generator<ArchiveRecord> {
  /** Metric of a pmid, or null if it is not wanted. */
  const known = new Map<number, Metric | null>();
  const lookup = (pmid: number): Metric | null => {
    let metric = known.get(pmid);
    if (metric === undefined) {
      const found = reader.descriptors.get(pmid);
      metric = found && wanted(found) ? found : null;
      known.set(pmid, metric);
    }
    return metric;
  };
  let last = -(2n ** 63n);
  while (reader.next()) {
    const ns = wasm.i64(reader.address + L.R_NS);
    if (ns < last) continue;
    last = ns;
    const numpmid = wasm.i32(reader.address + L.R_NUMPMID);
    const sets = numpmid > 0 ? readSets(wasm, reader, numpmid, lookup) : [];
    yield { ns, ...reader.place, mark: numpmid === 0, sets };
  }
}

function readSets(
  wasm: Wasm,
  reader: ArchiveReader,
  numpmid: number,
  lookup: (pmid: number) => Metric | null,
): ValueSet[] {
  const { view, bytes } = wasm;
  const rec = wasm.u32(reader.address + L.R_REC);
  let at = wasm.u32(reader.address + L.R_SETS);
  const sets: ValueSet[] = [];
  for (let i = 0; i < numpmid; i++) {
    const metric = lookup(view.getUint32(at));
    const numval = view.getInt32(at + 4);
    if (metric && numval < 0) sets.push({ metric, error: numval, instances: [], values: [] });
    else if (metric) {
      const instances: number[] = [];
      const values: Value[] = [];
      const direct = numval > 0 && view.getInt32(at + 8) === 0;
      for (let k = 0; k < numval; k++) {
        const pair = at + 12 + 8 * k;
        instances.push(view.getInt32(pair));
        if (direct) {
          values.push(inSitu(metric.type, view, pair + 4));
          continue;
        }
        const block = rec + 4 * view.getUint32(pair + 4) - 8;
        const length = view.getUint32(block) & 0xffffff;
        values.push(blockValue(metric.type, Buffer.from(bytes.buffer, block + 4, length - 4)));
      }
      sets.push({ metric, instances, values });
    }
    at += numval > 0 ? 12 + 8 * numval : 8;
  }
  return sets;
}

/** A value set as stored: pairs of instance and word, or instance and value block (head included, padded to words). */
export interface RawSet {
  readonly metric: Metric;
  /** Number of values, or an error code below 0. */
  readonly count: number;
  /** 0: words; 1 and 2: blocks. */
  readonly format: number;
  readonly instances: readonly number[];
  readonly words: readonly number[];
  readonly blocks: readonly Buffer[];
}

/** The sets of the record the reader stands behind, as stored: for copying without loss. Valid until it reads on. */
export function rawSets(wasm: Wasm, reader: ArchiveReader, wanted: (metric: Metric) => boolean): RawSet[] {
  const { view, bytes } = wasm;
  const numpmid = wasm.i32(reader.address + L.R_NUMPMID);
  const rec = wasm.u32(reader.address + L.R_REC);
  let at = wasm.u32(reader.address + L.R_SETS);
  const sets: RawSet[] = [];
  for (let i = 0; i < numpmid; i++) {
    const metric = reader.descriptors.get(view.getUint32(at));
    const count = view.getInt32(at + 4);
    const format = count > 0 ? view.getInt32(at + 8) : 0;
    const pairs = Array.from({ length: Math.max(0, count) }, (_, k) => at + 12 + 8 * k);
    if (metric && wanted(metric)) {
      const block = (pair: number): Buffer => {
        const from = rec + 4 * view.getUint32(pair + 4) - 8;
        const length = (view.getUint32(from) & 0xffffff) + 3;
        return Buffer.from(bytes.subarray(from, from + (length & ~3)));
      };
      sets.push({
        metric,
        count,
        format,
        instances: pairs.map((p) => view.getInt32(p)),
        words: format === 0 ? pairs.map((p) => view.getUint32(p + 4)) : [],
        blocks: format === 0 ? [] : pairs.map(block),
      });
    }
    at += count > 0 ? 12 + 8 * count : 8;
  }
  return sets;
}
