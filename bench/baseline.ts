// Owns the committed baseline: figures that hold on any machine, as they are ratios of two things measured there, and what has
// become worse than they say.

import { readFileSync, writeFileSync } from 'node:fs';
import type { DecodeFigures } from './decode.ts';
import type { PeerFigures } from './peers.ts';
import type { ProcessFigures } from './process.ts';
import type { StartupFigures } from './startup.ts';
import type { SummaryFigures } from './summary.ts';
import type { WorkerFigures } from './workers.ts';

export const BASELINE = new URL('baseline.json', import.meta.url);
/** By so much (a share) a figure may be worse: the spread of medians between two runs on a shared machine. */
export const TOLERANCE = 0.2;

export interface Figures {
  readonly decode: DecodeFigures;
  readonly summary: SummaryFigures;
  readonly peers: readonly PeerFigures[];
  /** Null on a machine of one core. */
  readonly workers: WorkerFigures | null;
  readonly startup: readonly StartupFigures[];
  readonly process: ProcessFigures;
}

/** Of a figure, whether more of it is better. */
type Better = 'more' | 'less';

export interface Ratio {
  readonly value: number;
  readonly better: Better;
}

export type Ratios = Readonly<Record<string, Ratio>>;

/** What of a run's figures can be compared with those of another machine, by name. */
export function ratiosOf({ decode, summary, peers, workers, startup, process }: Figures): Ratios {
  const ratio = (value: number, better: Better): Ratio => ({ value: Number(value.toPrecision(3)), better });
  return {
    'decode / read loop, speed': ratio(decode.share.median, 'more'),
    'decode / oracle, speed': ratio(decode.oracle.median / decode.wasm.median, 'more'),
    'all analytics / read loop, speed': ratio(summary.wholeShare.median, 'more'),
    ...Object.fromEntries(
      peers.map((p) => [`statistics / ${p.tool}, ${p.what}, speed`, ratio(p.timesOurs.median, 'more')]),
    ),
    ...(workers ? { 'two threads / one, speed': ratio(workers.gain.median, 'more') } : {}),
    ...Object.fromEntries(startup.map((s) => [`${s.command} / node -e 0, time`, ratio(s.overNode.median, 'less')])),
    'two workers / one, speed': ratio(process.twoWorkers.median / process.oneWorker.median, 'more'),
    'peak memory of a node-day, MiB': ratio(process.peakDay.median, 'less'),
  };
}

export interface Comparison {
  readonly name: string;
  readonly was: number;
  /** Null: it was not measured (a tool is not installed). */
  readonly is: number | null;
  /** How much better it is, as a share of what it was: 0.1 a tenth better, −0.1 a tenth worse. */
  readonly change: number;
  readonly worse: boolean;
}

export function compare(was: Ratios, is: Ratios, tolerance = TOLERANCE): Comparison[] {
  return Object.entries(was).map(([name, { value, better }]) => {
    const now = is[name]?.value ?? null;
    const change = now === null ? 0 : (better === 'more' ? now / value : value / now) - 1;
    return { name, was: value, is: now, change, worse: change < -tolerance };
  });
}

export function readBaseline(): Ratios {
  return JSON.parse(readFileSync(BASELINE, 'utf8')) as Ratios;
}

export function saveBaseline(ratios: Ratios): void {
  writeFileSync(BASELINE, `${JSON.stringify(ratios, null, 2)}\n`);
}

export function comparisonLines(comparisons: readonly Comparison[]): string[] {
  return comparisons.map(({ name, was, is, change, worse }) => {
    const found = is === null ? 'not measured' : `${is}  ${change < 0 ? '' : '+'}${(100 * change).toFixed(0)} %`;
    return `  ${name.padEnd(48)} ${String(was).padStart(6)} → ${found}${worse ? '  WORSE' : ''}`;
  });
}
