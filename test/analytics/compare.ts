// Owns the comparison of a document with its golden: ../shared/tools/compare_summary.py, less the committed deviations.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ANALYTICS } from '../../src/analytics/index.ts';
import { toJson } from '../../src/document/index.ts';
import { shared } from '../oracle/shared.ts';
import type { GoldenCase } from './cases.ts';

export interface Deviation {
  /** Dots between keys, * for one key. */
  readonly path: string;
  readonly why: string;
  /** Absent: every case. */
  readonly cases?: readonly string[];
}

export const DEVIATIONS = JSON.parse(
  readFileSync(new URL('../deviations.json', import.meta.url), 'utf8'),
) as readonly Deviation[];

/** Output paths that this version makes. */
const OURS: readonly string[] = [
  'summarization',
  'coverage',
  'cores',
  'procDump',
  ...ANALYTICS.map((a) => (a.section === 'summary' ? a.key : `timeseries.${a.key}`)),
];

export interface Difference {
  readonly path: string;
  readonly golden: unknown;
  readonly ours: unknown;
  readonly why: string;
}

export function havePython(): boolean {
  return spawnSync('python3', ['--version']).status === 0;
}

/** Differences that no deviation covers. Deviations that apply to no path are not noticed here: see unusedDeviations. */
export function compareCase(
  golden: GoldenCase,
  document: unknown,
  deviations: readonly Deviation[] = DEVIATIONS,
): { readonly compared: number; readonly differences: readonly Difference[] } {
  const dir = mkdtempSync(join(tmpdir(), 'jobsum-compare-'));
  try {
    const ours = join(dir, 'ours.json');
    const list = join(dir, 'deviations.json');
    writeFileSync(ours, toJson(document));
    writeFileSync(list, JSON.stringify(deviations.filter((d) => d.cases?.includes(golden.case) ?? true)));
    const text = tool([
      shared('tools', 'compare_summary.py'),
      '--json',
      ...['--only', OURS.join(',')],
      ...['--deviations', list],
      shared('golden', 'jobs', `${golden.case}.json`),
      ours,
    ]);
    return JSON.parse(text) as { compared: number; differences: Difference[] };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The tool's output; its exit status 1 only says that there are differences. */
function tool(args: readonly string[]): string {
  try {
    return execFileSync('python3', args, { encoding: 'utf8', maxBuffer: 64 << 20, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const failed = error as { status?: number; stdout?: string };
    if (failed.status === 1 && failed.stdout) return failed.stdout;
    throw error;
  }
}
