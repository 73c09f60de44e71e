// Both engines give the same results on random archives, windows and specs: WASM inside the decode, TypeScript on the oracle's rows.
// RUNS=4000 makes it long, SEED=5 tries others.

import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../fixtures/generate/random.ts';
import { stats } from '../../src/analytics/index.ts';
import { decodeNode, restartProblems, Wasm } from '../../src/pcp/index.ts';
import {
  type ConsumerResult,
  type ConsumerSpec,
  type Coverage,
  type Lead,
  reduceRows,
} from '../../src/reduce/index.ts';
import { decodeArchive } from '../oracle/archive.ts';
import { rowsOf } from '../oracle/rows.ts';
import { statsByDefinition } from '../oracle/stats.ts';
import { cases } from '../support/effort.ts';
import { type RandomArchive, writeRandomArchive } from '../support/random-archive.ts';
import { randomSpecs } from '../support/random-specs.ts';
import { tempDir } from '../support/temp.ts';

const RUNS = cases(80, 200, 'RUNS');
const SEED = Number(process.env.SEED ?? 1);
const dir = tempDir();
const wasm = new Wasm();

const KINDS = [
  'DUTY',
  'FIRSTLAST',
  'FULLSERIES',
  'INTEGRATE',
  'LATCH',
  'ROLL',
  'SECTIONS',
  'SUBSAMPLE',
  'TALLY',
  'WRAPSUM',
];

interface Window {
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly walltime: number;
  readonly consumers: readonly ConsumerSpec[];
  readonly leads: readonly (Lead | null)[];
}

function randomWindows(archive: RandomArchive, seed: string, most = 6, plain?: number): Window[] {
  const random = seeded(`${seed}w`);
  const span = Number((archive.endNs - archive.startNs) / 1_000_000n);
  const at = (x: number): bigint => archive.startNs + BigInt(Math.floor(x * span)) * 1_000_000n;
  return Array.from({ length: 1 + Math.floor(random() * 3) }, (_, i) => {
    const [a, b] = random() < 0.5 ? [-0.1, 1.1] : [random(), random()].sort((x, y) => x - y);
    const consumers = randomSpecs(archive.metrics, `${seed}s${i}`, 1 + Math.floor(random() * most), plain);
    const walltime = ((b! - a!) * span) / 1000;
    const leadout = Number(archive.startNs / 1_000_000_000n) + walltime / 2;
    const leads = consumers.map(() => (random() < 0.3 ? { window: random() * 100, leadout } : null));
    return { startNs: at(a!), endNs: at(b!), walltime, consumers, leads };
  });
}

interface Outcome {
  readonly coverage: Coverage;
  readonly consumers: readonly ConsumerResult[];
  /** Which counters were restarted, in words. */
  readonly restarts: readonly string[];
}

/** Records that came as those before them, and were taken in one go. */
let steady = 0;
/** Counters that were restarted. */
let restarted = 0;

function byWasm(archive: RandomArchive, windows: readonly Window[], archives = [archive.base]): Outcome[] {
  const all = archives.map((_, i) => i);
  const result = decodeNode(wasm, {
    archives,
    wanted: archive.metrics.map((m) => m.name),
    windows: windows.map((w) => ({ ...w, archives: all, declare: () => w.consumers, leads: () => w.leads })),
  });
  steady += result.plans.steady;
  return result.windows.map(({ coverage, consumers, problems }) => {
    const restarts = problems.filter((p) => p.code === 'E_COUNTER_RESET').map((p) => p.message);
    restarted += restarts.length;
    return { coverage, consumers, restarts };
  });
}

function byTypeScript(archive: RandomArchive, windows: readonly Window[]): Outcome[] {
  const rows = [...rowsOf(decodeArchive(archive.base))];
  return windows.map((w) => {
    const engine = reduceRows(w, rows);
    const restarts = restartProblems(engine.restarts).map((p) => p.message);
    return { coverage: engine.coverage(), consumers: engine.finish(), restarts };
  });
}

describe('the two engines', () => {
  it('agree on random rows', () => {
    let compared = 0;
    let gaps = 0;
    const kinds = new Set<string>();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 8, max: 140 }), (number, records) => {
        const seed = String(number);
        const base = join(dir, 'random');
        const archive = writeRandomArchive({ base, seed, version: number % 2 ? 3 : 2, records });
        const windows = randomWindows(archive, seed);
        const ours = byWasm(archive, windows);
        expect(ours).toEqual(byTypeScript(archive, windows));
        gaps += ours.reduce((sum, w) => sum + w.coverage.gaps, 0);
        for (const c of ours.flatMap((w) => w.consumers).filter((c) => c.records > 0)) {
          compared++;
          for (const r of c.reducers) kinds.add(r.kind);
        }
      }),
      // The clock of one is set back by half a minute just behind a window.
      { numRuns: RUNS, seed: SEED, examples: [[569_836_476, 79]] },
    );
    expect(compared).toBeGreaterThan(2 * RUNS);
    expect(gaps).toBeGreaterThan(RUNS / 3);
    expect(restarted).toBeGreaterThan(RUNS / 3);
    expect([...kinds].sort()).toEqual(KINDS);
  });

  it('agree where records are alike', () => {
    const before = steady;
    const number = cases(12, 150);
    for (let i = 0; i < number; i++) {
      const seed = `calm${i}`;
      const options = { seed, version: i % 2 ? (3 as const) : (2 as const), records: 400, calm: true };
      const archive = writeRandomArchive({ ...options, base: join(dir, 'calm') });
      const windows = randomWindows(archive, seed, 24, 0.7);
      const ours = byWasm(archive, windows);
      expect(ours, seed).toEqual(byTypeScript(archive, windows));
    }
    expect(steady - before).toBeGreaterThan(60 * number);
  });

  it('see no difference between one archive and its parts', () => {
    for (let number = 0; number < cases(25, 200); number++) {
      const seed = `parts${number}`;
      const options = { seed, version: number % 2 ? (3 as const) : (2 as const), records: 120, tidy: true };
      const whole = writeRandomArchive({ ...options, base: join(dir, 'whole') });
      const split = writeRandomArchive({ ...options, base: join(dir, 'part'), volumes: 4, split: true });
      const parts = [split.base, ...[1, 2, 3].map((i) => `${split.base}-${i}`)];
      // Whether all counters of an agent were restarted is asked otherwise between archives.
      const plain = ({ counters: _, ...spec }: ConsumerSpec): ConsumerSpec => spec;
      const windows = randomWindows(whole, seed).map((w) => ({ ...w, consumers: w.consumers.map(plain) }));
      expect(byWasm(split, windows, parts)).toEqual(byWasm(whole, windows));
    }
  });

  it('have one statistics object, which is as its definition says', () => {
    const value = fc.oneof(
      fc.double({ min: -1e12, max: 1e12, noNaN: true }),
      fc.integer({ min: -5, max: 5 }),
      fc.constant(Number.NaN),
    );
    fc.assert(
      fc.property(fc.array(value, { maxLength: 60 }), (values) => {
        expect(stats(values)).toEqual(statsByDefinition(values));
      }),
      { numRuns: cases(500, 2000), seed: SEED, examples: [[[-0, -1, 0]], [[0, 1, -0]], [[-0, -0, 1]]] },
    );
  });
});
