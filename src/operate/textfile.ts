// Owns the figures of the last run for node_exporter's textfile collector. Written whole or not at all.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Gauge as GaugeClass, Registry as RegistryClass } from 'prom-client';
import { JobsumError, writeFileWhole } from '../kernel/index.ts';

/** Epoch seconds where times are meant. */
export interface RunFigures {
  readonly version: string;
  readonly command: string;
  readonly start: number;
  readonly end: number;
  readonly exitCode: number;
  /** Jobs, files, rows … by outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly bytesRead?: number;
  readonly bytesDecoded?: number;
  /** Jobs that are still to be done, and the end of the oldest. */
  readonly backlog?: { readonly jobs: number; readonly oldestEnd: number | null };
}

/** A run that came to its end has succeeded, also if some jobs did not: those are counted for themselves. */
const finished = (exitCode: number): boolean => exitCode === 0 || exitCode === 1;

const LAST_SUCCESS = 'jobsum_last_success_timestamp_seconds';

/** @throws JobsumError E_USAGE unless the collector would read a file of this name */
export function checkTextfile(path: string): void {
  if (!basename(path).endsWith('.prom') || basename(path).startsWith('.'))
    throw new JobsumError('E_USAGE', 'the textfile collector reads names ending .prom only', {
      file: path,
      expected: 'a name ending .prom',
    });
}

/** Of the file of a site that of a command: a collector reads them all. `jobsum.prom`, `jobsum-index.prom` … */
export const textfileFor = (path: string, command: string): string =>
  command === 'summarize' ? path : path.replace(/(?=\.prom$)/, `-${command}`);

/** Success of an earlier run, from what that wrote: a failing run must not forget it. */
function lastSuccess(path: string): number | null {
  try {
    const m = new RegExp(`^${LAST_SUCCESS}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(readFileSync(path, 'utf8'));
    return m && Number.isFinite(Number(m[1])) ? Number(m[1]) : null;
  } catch {
    return null;
  }
}

/** The two classes that are needed: the whole library takes three times as long to load (cluster, default metrics). */
async function promClient(): Promise<{ Registry: typeof RegistryClass; Gauge: typeof GaugeClass }> {
  const load = async (name: string): Promise<unknown> =>
    ((await import(`prom-client/lib/${name}.js`)) as { default: unknown }).default;
  return {
    Registry: (await load('registry')) as typeof RegistryClass,
    Gauge: (await load('gauge')) as typeof GaugeClass,
  };
}

/** The figures as text: gauges without timestamps. */
export async function textfileOf(figures: RunFigures, previousSuccess: number | null): Promise<string> {
  const { Registry, Gauge } = await promClient();
  const registry = new Registry();
  const { command, start, end, exitCode, backlog } = figures;
  // Each command has a file of its own, and the collector reads all of them: the label keeps them apart.
  const gauge = (name: string, help: string, value: number | null): void => {
    if (value !== null)
      new Gauge({ name, help, labelNames: ['command'], registers: [registry] }).set({ command }, value);
  };
  const labels = { version: figures.version, command };
  new Gauge({
    name: 'jobsum_info',
    help: 'Version and command of the last run',
    labelNames: Object.keys(labels),
    registers: [registry],
  }).set(labels, 1);
  gauge('jobsum_last_start_timestamp_seconds', 'Start of the last run', start);
  gauge('jobsum_last_end_timestamp_seconds', 'End of the last run', end);
  gauge(
    LAST_SUCCESS,
    'End of the last run that came to its end (exit code 0 or 1)',
    finished(exitCode) ? end : previousSuccess,
  );
  gauge('jobsum_last_duration_seconds', 'Duration of the last run', Math.max(0, end - start));
  gauge('jobsum_last_exit_code', 'Exit code of the last run', exitCode);
  const outcomes = new Gauge({
    name: 'jobsum_last_items',
    help: 'What the last run handled (jobs, files), by outcome',
    labelNames: ['command', 'outcome'],
    registers: [registry],
  });
  for (const [outcome, n] of Object.entries(figures.outcomes)) outcomes.set({ command, outcome }, n);
  gauge('jobsum_last_read_bytes', 'Bytes of archives that the last run read', figures.bytesRead ?? null);
  gauge('jobsum_last_decoded_bytes', 'Bytes of archives that the last run decoded', figures.bytesDecoded ?? null);
  gauge('jobsum_backlog_jobs', 'Jobs that are still to be done', backlog?.jobs ?? null);
  const oldest = backlog?.oldestEnd ?? null;
  gauge(
    'jobsum_backlog_age_seconds',
    'Time since the end of the oldest job that is still to be done; 0: there is none',
    backlog ? (oldest === null ? 0 : Math.max(0, end - oldest)) : null,
  );
  return `${(await registry.metrics()).trimEnd()}\n`;
}

/** @throws JobsumError E_IO */
export async function writeTextfile(path: string, figures: RunFigures): Promise<void> {
  const text = await textfileOf(figures, lastSuccess(path));
  // Whatever the umask: the exporter is another user. It reads no name of an unfinished file.
  writeFileWhole(path, text, 0o644);
}
