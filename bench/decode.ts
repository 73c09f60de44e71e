// Owns the decoder's speed: a node-day with the needed metrics, against the bare reading of the file and against the oracle.

import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { WANTED_METRICS } from '../src/analytics/index.ts';
import { type ConsumerSpec, WindowEngine } from '../src/reduce/index.ts';
import { decodeArchive } from '../test/oracle/archive.ts';
import { rowsOf } from '../test/oracle/rows.ts';
import { built } from './built.ts';
import { type Spread, spread, together } from './measure.ts';

const { ArchiveReader, decodeNode, Wasm } = await built<typeof import('../src/pcp/index.ts')>('pcp/index.js');

const METRICS = 60;
/** Bytes of a read call, as the decoder's. */
const CHUNK = 1024 * 1024;
const NO_INDOM = 0xffffffff;
const STRING = 6;
export const EVER = { startNs: 0n, endNs: 2n ** 62n, walltime: 86_400 };

/** The numeric metrics that analytics read and the archive has, filled up to 60 with metrics of a single value. */
export function neededMetrics(base: string): string[] {
  const wasm = new Wasm();
  wasm.x.openSession(1);
  const reader = new ArchiveReader(wasm, base);
  const numeric = new Map(reader.metrics.filter((m) => m.type < STRING).map((m) => [m.name, m]));
  reader.close();
  const single = [...numeric.values()].filter((m) => m.indom === NO_INDOM).map((m) => m.name);
  const wanted = [...new Set([...WANTED_METRICS, ...single])].filter((name) => numeric.has(name));
  return wanted.slice(0, METRICS);
}

export const rolls = (names: readonly string[]): ConsumerSpec[] =>
  names.map((name) => ({
    metrics: [name],
    mode: 'all',
    empty: 'skip',
    reducers: [{ kind: 'ROLL', lane: { fold: 'each', rows: [{ metric: 0 }] } }],
  }));

/** A buffer as the decoder's window is, page-aligned: a Node buffer begins 16 bytes into a page, from which some CPUs copy at a
 *  fifth of the speed. */
export const window = (bytes = CHUNK): Uint8Array =>
  new Uint8Array(new WebAssembly.Memory({ initial: Math.ceil(bytes / 65536) }).buffer, 0, bytes);

/** Reads the volume to its end and looks at nothing. */
export function readLoop(path: string, buffer: Uint8Array): void {
  const fd = openSync(path, 'r');
  while (readSync(fd, buffer, 0, buffer.length, null) > 0);
  closeSync(fd);
}

export interface DecodeFigures {
  readonly megabytes: number;
  readonly records: number;
  readonly metrics: number;
  /** Values that went into a reducer. */
  readonly values: number;
  /** Milliseconds. */
  readonly read: Spread;
  /** The same into an ordinary Node buffer. */
  readonly plain: Spread;
  readonly wasm: Spread;
  readonly oracle: Spread;
  /** Speed of decoding over that of reading, turn by turn. */
  readonly share: Spread;
  /** How the decoder took the records. */
  readonly plans: { readonly made: number; readonly known: number; readonly steady: number };
}

export async function benchDecode(base: string, turns: number, oracleTurns: number): Promise<DecodeFigures> {
  const names = neededMetrics(base);
  const consumers = rolls(names);
  const wasm = new Wasm();
  const decode = () =>
    decodeNode(wasm, {
      archives: [base],
      wanted: names,
      windows: [{ ...EVER, archives: [0], declare: () => consumers }],
    });
  const aligned = window();
  const plain = Buffer.alloc(CHUNK);
  const times = await together(
    { read: () => readLoop(`${base}.0`, aligned), plain: () => readLoop(`${base}.0`, plain), wasm: decode },
    turns,
  );
  const oracle = Array.from({ length: oracleTurns }, () => {
    const began = performance.now();
    const engine = new WindowEngine({ ...EVER, consumers });
    for (const row of rowsOf(decodeArchive(base), names)) engine.row(row);
    engine.finish();
    return performance.now() - began;
  });
  const result = decode();
  let values = 0;
  for (const { reducers } of result.windows[0]!.consumers) {
    for (const r of reducers) if (r.kind === 'ROLL') values += r.count * r.mean.length;
  }
  return {
    megabytes: statSync(`${base}.0`).size / 1e6,
    records: result.records,
    metrics: names.length,
    values,
    read: times.of('read'),
    plain: times.of('plain'),
    wasm: times.of('wasm'),
    oracle: spread(oracle),
    share: times.ratio('read', 'wasm'),
    plans: result.plans,
  };
}
