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
    const sets = readSets(wasm, reader, lookup);
    yield { ns, ...reader.place, mark: wasm.i32(reader.address + L.R_NUMPMID) === 0, sets };
  }
}

/** Where the value sets of the record lie that the reader stands at. */
export interface StoredSet {
  readonly pmid: number;
  /** Number of values, or an error code below 0. */
  readonly count: number;
  /** 0: values in place; 1 and 2: blocks. 0 without values. */
  readonly format: number;
  /** Addresses of the (instance, word) pairs. */
  readonly pairs: readonly number[];
}

/** The sets of the record, which has been checked. Do not read on meanwhile. */
export function* storedSets(wasm: Wasm, reader: ArchiveReader): Generator<StoredSet> {
  const numpmid = wasm.i32(reader.address + L.R_NUMPMID);
  let at = wasm.u32(reader.address + L.R_SETS);
  for (let i = 0; i < numpmid; i++) {
    const { view } = wasm;
    const count = view.getInt32(at + 4);
    const first = at + 12;
    yield {
      pmid: view.getUint32(at),
      count,
      format: count > 0 ? view.getInt32(at + 8) : 0,
      pairs: Array.from({ length: Math.max(0, count) }, (_, k) => first + 8 * k),
    };
    at = count > 0 ? first + 8 * count : at + 8;
  }
}

/** A view of the value block of a pair, head included. */
export function storedBlock(wasm: Wasm, reader: ArchiveReader, pair: number): Buffer {
  const { view, bytes } = wasm;
  const from = wasm.u32(reader.address + L.R_REC) + 4 * view.getUint32(pair + 4) - 8;
  return Buffer.from(bytes.buffer, from, view.getUint32(from) & 0xffffff);
}

const BLOCK_HEAD = 4;

function readSets(wasm: Wasm, reader: ArchiveReader, lookup: (pmid: number) => Metric | null): ValueSet[] {
  const sets: ValueSet[] = [];
  for (const { pmid, count, format, pairs } of storedSets(wasm, reader)) {
    const metric = lookup(pmid);
    if (!metric) continue;
    if (count < 0) {
      sets.push({ metric, error: count, instances: [], values: [] });
      continue;
    }
    const value = (pair: number): Value =>
      format === 0
        ? inSitu(metric.type, wasm.view, pair + 4)
        : blockValue(metric.type, storedBlock(wasm, reader, pair).subarray(BLOCK_HEAD));
    sets.push({ metric, instances: pairs.map((p) => wasm.view.getInt32(p)), values: pairs.map(value) });
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
  const sets: RawSet[] = [];
  /** A copy, padded to words as it is stored. */
  const block = (pair: number): Buffer => {
    const { byteOffset, length } = storedBlock(wasm, reader, pair);
    return Buffer.from(wasm.bytes.subarray(byteOffset, byteOffset + ((length + 3) & ~3)));
  };
  for (const { pmid, count, format, pairs } of storedSets(wasm, reader)) {
    const metric = reader.descriptors.get(pmid);
    if (!metric || !wanted(metric)) continue;
    sets.push({
      metric,
      count,
      format,
      instances: pairs.map((p) => wasm.view.getInt32(p)),
      words: format === 0 ? pairs.map((p) => wasm.view.getUint32(p + 4)) : [],
      blocks: format === 0 ? [] : pairs.map(block),
    });
  }
  return sets;
}
