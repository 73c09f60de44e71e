// Owns random consumer specs over the metrics of a random archive: every mode, fold and reducer; from a seed.

import { type Random, seeded } from '../../fixtures/generate/random.ts';
import type { ConsumerSpec, Fold, Lane, ReducerSpec } from '../../src/reduce/index.ts';
import type { RandomMetric } from './random-archive.ts';

const FOLDS: readonly Fold[] = ['first', 'sum', 'total', 'mean', 'each', 'count', 'match', 'ratio'];
const SCALARS = FOLDS.filter((f) => f !== 'each');

/** `plain`: share of the simplest. */
export function randomSpecs(
  metrics: readonly RandomMetric[],
  seed: string,
  count: number,
  plain = 0.2,
): ConsumerSpec[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () => randomSpec(metrics, random, plain));
}

function randomSpec(all: readonly RandomMetric[], random: Random, plain: number): ConsumerSpec {
  const below = (n: number): number => Math.floor(random() * n);
  const chance = (p: number): boolean => random() < p;
  const strings = all.filter((m) => !m.numeric);
  if (strings.length > 0 && chance(0.2)) return tally(strings, below, chance);
  const pool = all.filter((m) => m.numeric);
  // The simplest of all has a way of its own through the WASM engine.
  if (chance(plain)) {
    const reducer = { kind: 'ROLL' as const, skipFirst: chance(0.3), dropLast: chance(0.2) };
    const empty = chance(0.5) ? { empty: (['skip', 'stop', 'ignore'] as const)[below(3)]! } : {};
    const metrics = [pool[below(pool.length)]!.name];
    return {
      metrics,
      mode: 'all',
      ...empty,
      reducers: [{ ...reducer, lane: { fold: 'each', rows: [{ metric: 0 }] } }],
    };
  }
  const chosen = Array.from({ length: 1 + below(4) }, () => pool[below(pool.length)]!);
  const onlyFirstLast = chance(0.3);
  const lane = (scalar: boolean): Lane => {
    const fold = scalar ? SCALARS[below(SCALARS.length)]! : FOLDS[below(FOLDS.length)]!;
    const rows = Array.from({ length: (fold === 'ratio' ? 2 : 1) + below(3) }, () => ({
      metric: below(chosen.length),
      ...(chance(0.5) ? { weight: [-1, 2, 0.5][below(3)]! } : {}),
      ...(chance(0.2) ? { pick: { step: 1 + below(3), count: 1 + below(3) } } : {}),
    }));
    return { fold, rows, ...(chance(0.5) ? { scale: [1 / 1024, 100, -1][below(3)]! } : {}) };
  };
  const columns = chance(0.5) ? ({ columns: chance(0.7) ? 'follow' : 'steady' } as const) : {};
  const byColumn = 'columns' in columns;
  const reducer = (before: readonly ReducerSpec[]): ReducerSpec => {
    switch (below(byColumn ? 8 : 6)) {
      case 0:
        return { kind: 'ROLL', lane: lane(false), skipFirst: chance(0.4), dropLast: !byColumn && chance(0.4) };
      case 1:
        return { kind: 'INTEGRATE', lane: lane(false) };
      case 2: {
        const both = chance(0.3);
        return {
          kind: 'SUBSAMPLE',
          ...(both || chance(0.5)
            ? { value: lane(true), ...(both ? { row: lane(false) } : {}) }
            : { row: lane(false) }),
          ...(chance(0.1) ? { monotonic: chance(0.5) ? ('value' as const) : ('each' as const) } : {}),
        };
      }
      case 3: {
        const wrapsum = before.findIndex((r) => r.kind === 'WRAPSUM');
        const keep = chance(0.5) ? ('hull' as const) : ('even' as const);
        const value = wrapsum >= 0 ? { wrapsum } : lane(true);
        return { kind: 'FULLSERIES', value, keep, ...(chance(0.1) ? { monotonic: true } : {}) };
      }
      case 4: {
        const start = 1_772_409_600 - below(600);
        const fold = chance(0.5) ? 'sum' : 'total';
        const sum = (): Lane => ({ fold, rows: [{ metric: below(chosen.length) }] });
        const lanes = chance(0.5) ? ([sum()] as const) : ([sum(), sum()] as const);
        return { kind: 'SECTIONS', lanes, start, end: start + 1 + below(6000), count: 1 + below(6), limit: 60 };
      }
      case 6:
        return { kind: 'WRAPSUM', bits: [32, 48, 16][below(3)]! };
      case 7:
        return { kind: 'DUTY' };
      default:
        return { kind: 'LATCH', lane: lane(true), skipFirst: chance(0.4) };
    }
  };
  const firstlast: ReducerSpec = { kind: 'FIRSTLAST' };
  const several: ReducerSpec[] = [];
  for (let i = below(4); i >= 0; i--) several.push(reducer(several));
  // Half of the names of the random instances begin like that.
  const names = [`${below(40)} name`, `*${below(10)} n*e`, '*'];
  const match = chance(0.5) ? { match: chance(0.5) ? names[0]! : names.slice(below(3)) } : {};
  return {
    metrics: chosen.map((m) => m.name),
    mode: onlyFirstLast && chance(0.7) ? 'firstlast' : 'all',
    ...(onlyFirstLast || !byColumn ? (chance(0.2) ? { raw: true } : {}) : columns),
    ...match,
    ...(chance(0.4) ? { empty: (['skip', 'stop', 'ignore'] as const)[below(3)]! } : {}),
    ...(chance(0.2) ? { rectangular: chance(0.5) ? true : ('skip' as const) } : {}),
    ...(chance(0.2) ? { floor: -1e9, floorSkips: chance(0.5) } : {}),
    ...(chance(0.3)
      ? { normalize: chosen.map(() => [0, 32, 48, 64][below(4)]!) }
      : chance(0.5)
        ? { counters: chosen.map(() => [0, 0, 32, 48, 64][below(5)]!), counts: chance(0.4) }
        : {}),
    ...(chance(0.5) ? { labels: below(chosen.length) } : {}),
    reducers: onlyFirstLast ? [firstlast] : several,
  };
}

function tally(
  strings: readonly RandomMetric[],
  below: (n: number) => number,
  chance: (p: number) => boolean,
): ConsumerSpec {
  const chosen = Array.from({ length: 1 + below(Math.min(3, strings.length)) }, () => strings[below(strings.length)]!);
  return {
    metrics: chosen.map((m) => m.name),
    mode: 'all',
    raw: true,
    reducers: [
      {
        kind: 'TALLY',
        metrics: chosen.map((_, i) => i),
        ...(chance(0.3) ? { where: { metric: below(chosen.length), equals: ['', 'a', 'running'][below(3)]! } } : {}),
      },
    ],
  };
}
