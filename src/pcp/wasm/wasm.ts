// Owns the border to WebAssembly: the compiled module, its exports as types, and views that survive memory growth.
// Nothing outside decode/ knows that there is such a module.

import { readFileSync } from 'node:fs';
import { JobsumError, packageFile } from '../../kernel/index.ts';

/** The exports of assembly/index.ts. Addresses and sizes are numbers, i64 are bigints, booleans are 0 or 1. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  openSession(slots: number): number;
  addSlotWant(slot: number, bits: number): void;
  slotAt(slot: number): number;
  openReader(windowBytes: number): number;
  closeReader(reader: number): void;
  readLabel(reader: number, volume: number): number;
  scanMeta(reader: number, others: number): number;
  foldDeltas(reader: number, room: number, each: number): number;
  metadataBytes(reader: number, each: number): number;
  dissolveAll(reader: number): void;
  resync(reader: number, afterNs: bigint, meta: boolean, last: boolean): number;
  scanIndex(reader: number): number;
  seekIndex(reader: number, ns: bigint): number;
  scanData(reader: number, untilNs: bigint): number;
  nextRecord(reader: number): number;
  nextHead(reader: number, untilNs: bigint): number;
  skipRecord(reader: number): void;
  soundSet(reader: number, at: number, type: number): number;
  slide(reader: number): number;
  seekWindow(reader: number, offset: bigint): void;
  growWindow(reader: number, bytes: number): number;
  describeMetric(reader: number, pmid: number): number;
  wantMetric(
    reader: number,
    pmid: number,
    type: number,
    indom: number,
    counter: number,
    slot: number,
    scale: number,
  ): number;
  watchCounter(window: number, slot: number, bits: number, consumer: number, how: number): number;
  watchBoot(window: number, uptime: number, boottime: number): void;
  takeMoments(window: number, n: number): number;
  findIndom(reader: number, indom: number, create: number): number;
  versionAt(indom: number, ns: bigint): number;
  reorderVersions(reader: number, indom: number): number;
  nameIn(version: number, id: number): number;
  stringsAddress(): number;
  stringsCount(): number;
  openWindow(startNs: bigint, endNs: bigint, walltime: number, consumers: number): number;
  closeWindow(window: number): void;
  settleWindow(window: number): void;
  attachWindows(reader: number, count: number): number;
  addConsumer(window: number, flags: number, metrics: number, reducers: number, labels: number, floor: number): number;
  setMetric(consumer: number, index: number, slot: number, range: number): number;
  addLane(consumer: number, fold: number, scale: number, rows: number): number;
  setLaneRow(lane: number, index: number, metric: number, weight: number, pick: number): void;
  addReducer(consumer: number, kind: number, flags: number, lane: number, lane2: number): number;
  setAlign(consumer: number, master: number): number;
  addMatch(consumer: number, text: number, length: number): number;
  setWrap(reducer: number, range: number): void;
  setSections(reducer: number, start: number, end: number, step: number, limit: number): void;
  linkReducer(reducer: number, from: number): void;
  setLead(reducer: number, window: number, leadout: number): void;
  setTally(reducer: number, count: number, packed: number, where: number, text: number, length: number): void;
  takeBytes(bytes: number): number;
  giveBytes(address: number): void;
}

const MODULE_PATH = packageFile('build/jobsum.wasm');

let compiled: WebAssembly.Module | undefined;

/** The module, compiled once per process; a parent hands it to its workers, which `useModule` it. */
export function wasmModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(MODULE_PATH));
  return compiled;
}

export function useModule(module: WebAssembly.Module): void {
  compiled = module;
}

let peak = 0;

/** Bytes of the largest memory that an instance has grown to: for tests of what damaged archives can make it take. */
export function peakMemory(): number {
  return peak;
}

/** One instance with a memory of its own. Not shared between threads, not re-entrant: one session at a time. */
export class Wasm {
  readonly x: Exports;
  #buffer: ArrayBuffer;
  #view: DataView;
  #bytes: Uint8Array;

  constructor() {
    const instance = new WebAssembly.Instance(wasmModule(), {});
    this.x = instance.exports as unknown as Exports;
    this.#buffer = this.x.memory.buffer;
    this.#view = new DataView(this.#buffer);
    this.#bytes = new Uint8Array(this.#buffer);
    peak = Math.max(peak, this.#buffer.byteLength);
  }

  /** Views of the whole memory, made again whenever a call has grown it. Never keep one across a call. */
  #refresh(): void {
    if (this.#buffer === this.x.memory.buffer) return;
    this.#buffer = this.x.memory.buffer;
    this.#view = new DataView(this.#buffer);
    this.#bytes = new Uint8Array(this.#buffer);
    peak = Math.max(peak, this.#buffer.byteLength);
  }

  get view(): DataView {
    this.#refresh();
    return this.#view;
  }

  get bytes(): Uint8Array {
    this.#refresh();
    return this.#bytes;
  }

  u32(address: number): number {
    return this.view.getUint32(address, true);
  }

  i32(address: number): number {
    return this.view.getInt32(address, true);
  }

  i64(address: number): bigint {
    return this.view.getBigInt64(address, true);
  }

  f64(address: number): number {
    return this.view.getFloat64(address, true);
  }

  /** A copy of `n` doubles. */
  doubles(address: number, n: number): Float64Array {
    return n === 0 ? new Float64Array(0) : new Float64Array(this.x.memory.buffer, address, n).slice();
  }

  /** A copy of `n` signed 64-bit integers. */
  integers(address: number, n: number): BigInt64Array {
    return n === 0 ? new BigInt64Array(0) : new BigInt64Array(this.x.memory.buffer, address, n).slice();
  }

  /** Big-endian instance numbers as they lie in a record. */
  instances(address: number, n: number): number[] {
    const view = this.view;
    return Array.from({ length: n }, (_, i) => view.getInt32(address + 4 * i, false));
  }

  /** The address if the call found memory, else the error: the module's explicit maximum is reached. */
  need(address: number): number {
    if (address === 0) throw outOfMemory();
    return address;
  }
}

export function outOfMemory(): JobsumError {
  return new JobsumError('E_ARCHIVE_LIMIT', 'the decoder has used all the memory it may have', {
    expected: 'at most 1 GiB',
  });
}

/** An instance out of use: its memory is already there, which a new one has to ask the system for page by page. */
let idle: Wasm | undefined;
/** Larger memories are given back: they do not shrink. */
const IDLE_BYTES = 64 * 1024 * 1024;

/** Lends an instance for the time of a call. After an error it is not used again, whatever its state. */
export function lend<T>(use: (wasm: Wasm) => T): T {
  const wasm = idle ?? new Wasm();
  idle = undefined;
  const result = use(wasm);
  if (wasm.bytes.length <= IDLE_BYTES) idle = wasm;
  return result;
}
