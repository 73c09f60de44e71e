// Owns reading whole records into JavaScript values: for the library and the tools. The fast path never comes here.

import * as L from '../wasm/layout.gen.ts';
import type { Wasm } from '../wasm/wasm.ts';
import { MARK_AFTER } from './kept-times.ts';
import type { Metric } from './metric.ts';
import type { ArchiveReader } from './reader.ts';
import { blockValue, inSitu, type Value } from './value.ts';

/** The values of one metric in a record. */
export interface ValueSet {
  readonly metric: Metric;
  /** PCP's error code in place of values, below 0. */
  readonly error?: number;
  /** In stored order; -1 without instance domain. */
  readonly instances: readonly number[];
  readonly values: readonly Value[];
}

/** One record of an archive. */
export interface ArchiveRecord {
  readonly ns: bigint;
  /** Volume and offset in it. */
  readonly volume: number;
  readonly offset: number;
  /** A discontinuity: counters must not be differenced across it. `sets` is empty. */
  readonly mark: boolean;
  /** The collector that the logger talked to, where the record says so: first and last of an archive. */
  readonly collector?: Collector;
  /** In stored order, those of wanted metrics. */
  readonly sets: readonly ValueSet[];
}

/** Process and restart count of pmcd: as long as both stay, counters go on (§5.7, 7.4). */
export interface Collector {
  readonly pid: number;
  readonly seqnum: number;
}

const PMCD_PID = ((2 << 22) | 23) >>> 0;
const PMCD_SEQNUM = ((2 << 22) | 24) >>> 0;
/** Sets of a logger's first and last record. */
const PROLOGUE_SETS = 5;
export const NEVER = -(2n ** 63n);

/** Time of the mark between two records: PCP's, if the next is not nearer. */
export function markBetween(before: bigint, next: bigint): bigint {
  return before + MARK_AFTER < next ? before + MARK_AFTER : next;
}

/**
 * The records from where the reader stands, in stored order but for those that go back in time, which are dropped as PCP
 * does. Sets of metrics without descriptor are left out. `select`: of the names of a metric those under which its sets are given; by
 * default the first. `dropped` is called for each that goes back. Ends at damage, or has a mark where something was lost if the reader
 * salvages; what was wrong is among its problems.
 */
export function* readRecords(
  wasm: Wasm,
  reader: ArchiveReader,
  select: (names: readonly Metric[]) => readonly Metric[] = (names) => names.slice(0, 1),
  dropped: () => void = () => undefined,
): Generator<ArchiveRecord> {
  const known = new Map<number, readonly Metric[]>();
  const lookup = (pmid: number): readonly Metric[] => {
    let metrics = known.get(pmid);
    if (metrics === undefined) {
      metrics = select(reader.named(pmid));
      known.set(pmid, metrics);
    }
    return metrics;
  };
  let last = NEVER;
  while (reader.next()) {
    const ns = wasm.i64(reader.address + L.Reader.ns);
    const { place } = reader;
    if (reader.unsound) reader.passOver(reader.unsound);
    if (reader.afterGap && last !== NEVER && ns >= last) {
      yield { ns: markBetween(last, ns), ...place, mark: true, sets: [] };
    }
    if (ns < last) {
      dropped();
      continue;
    }
    last = ns;
    const sets = readSets(wasm, reader, lookup);
    const count = wasm.i32(reader.address + L.Reader.setCount);
    const collector = count === PROLOGUE_SETS ? collectorOf(wasm, reader) : undefined;
    yield { ns, ...place, mark: count === 0, sets, ...(collector ? { collector } : {}) };
  }
}

function collectorOf(wasm: Wasm, reader: ArchiveReader): Collector | undefined {
  let pid: number | undefined;
  let seqnum: number | undefined;
  for (const { pmid, count, format, pairs } of storedSets(wasm, reader)) {
    if (count !== 1 || pairs.length === 0) continue;
    if (pmid === PMCD_PID && format !== 0)
      pid = Number(blockValue(3, storedBlock(wasm, reader, pairs[0]!).subarray(4)));
    if (pmid === PMCD_SEQNUM && format === 0) seqnum = wasm.view.getUint32(pairs[0]! + 4);
  }
  return pid === undefined || seqnum === undefined || Number.isNaN(pid) ? undefined : { pid, seqnum };
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
  /** The record contradicts itself, and this set cannot be trusted: it has no pairs. */
  readonly damaged: boolean;
}

/** The sets of the record, which has been checked. Do not read on meanwhile. */
export function* storedSets(wasm: Wasm, reader: ArchiveReader): Generator<StoredSet> {
  const numpmid = wasm.i32(reader.address + L.Reader.setCount);
  const rec = wasm.u32(reader.address + L.Reader.record);
  let at = wasm.u32(reader.address + L.Reader.sets);
  for (let i = 0; i < numpmid; i++) {
    const { view } = wasm;
    const count = view.getInt32(at + 4);
    const first = at + 12;
    const pmid = view.getUint32(at);
    const type = reader.descriptors.get(pmid)?.type ?? -1;
    const damaged = reader.unsound !== null && !wasm.x.soundSet(reader.address, at - rec, type);
    yield {
      pmid,
      damaged,
      count,
      format: count > 0 ? view.getInt32(at + 8) : 0,
      pairs: Array.from({ length: damaged ? 0 : Math.max(0, count) }, (_, k) => first + 8 * k),
    };
    at = count > 0 ? first + 8 * count : at + 8;
  }
}

/** A view of the value block of a pair, head included. */
export function storedBlock(wasm: Wasm, reader: ArchiveReader, pair: number): Buffer {
  const { view, bytes } = wasm;
  const from = wasm.u32(reader.address + L.Reader.record) + 4 * view.getUint32(pair + 4) - 8;
  return Buffer.from(bytes.buffer, from, view.getUint32(from) & 0xffffff);
}

const BLOCK_HEAD = 4;

function readSets(wasm: Wasm, reader: ArchiveReader, lookup: (pmid: number) => readonly Metric[]): ValueSet[] {
  const sets: ValueSet[] = [];
  for (const { pmid, count, format, pairs, damaged } of storedSets(wasm, reader)) {
    const metrics = lookup(pmid);
    if (metrics.length === 0 || damaged) continue;
    const { type } = metrics[0]!;
    const value = (pair: number): Value =>
      format === 0
        ? inSitu(type, wasm.view, pair + 4)
        : blockValue(type, storedBlock(wasm, reader, pair).subarray(BLOCK_HEAD));
    const content =
      count < 0
        ? { error: count, instances: [], values: [] }
        : { instances: pairs.map((p) => wasm.view.getInt32(p)), values: pairs.map(value) };
    for (const metric of metrics) sets.push({ metric, ...content });
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

/**
 * The sets of the record the reader stands behind, as stored: for copying without loss. Valid until it reads on. `unknown` is called with
 * those whose metric has no descriptor. Sets that are not sound are left out.
 */
export function rawSets(
  wasm: Wasm,
  reader: ArchiveReader,
  wanted: (metric: Metric) => boolean,
  unknown: (pmid: number, values: number) => void,
): RawSet[] {
  const sets: RawSet[] = [];
  /** A copy, padded to words as it is stored. */
  const block = (pair: number): Buffer => {
    const { byteOffset, length } = storedBlock(wasm, reader, pair);
    return Buffer.from(wasm.bytes.subarray(byteOffset, byteOffset + ((length + 3) & ~3)));
  };
  for (const { pmid, count, format, pairs, damaged } of storedSets(wasm, reader)) {
    if (damaged) continue;
    const metric = reader.descriptors.get(pmid);
    if (!metric) unknown(pmid, Math.max(0, count));
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
