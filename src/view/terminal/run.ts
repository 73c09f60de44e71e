// Owns the last lines of a run, for people.

import { bytes, counted } from '../../kernel/index.ts';

/** The counts of a run that are shown. */
export interface RunCounts {
  readonly jobs: {
    readonly done: number;
    readonly skipped: number;
    readonly waiting: number;
    readonly failed: number;
    readonly known: number;
  };
  readonly lines: { readonly rejected: number; readonly ignored: number };
  readonly archives: { readonly found: number; readonly opened: number };
  readonly nodeArchives: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** One line. */
export function runLines(s: RunCounts): string[] {
  const { jobs, lines, archives } = s;
  const parts = [
    `${jobs.done} summarised`,
    jobs.skipped > 0
      ? `${jobs.skipped} without enough data${jobs.waiting > 0 ? ` (${jobs.waiting} ${jobs.waiting === 1 ? 'waits' : 'wait'} for more)` : ''}`
      : '',
    jobs.failed > 0 ? `${jobs.failed} failed` : '',
    jobs.known > 0 ? `${jobs.known} already done` : '',
    lines.rejected > 0 ? `${counted(lines.rejected, 'line')} rejected` : '',
    lines.ignored > 0 ? `${lines.ignored} passed over (not ended, never ran, steps, listed twice)` : '',
  ].filter((p) => p !== '');
  const speed = s.seconds > 0 ? `, ${(s.bytes / 1e6 / s.seconds).toFixed(0)} MB/s` : '';
  const read = `${counted(s.nodeArchives, 'node archive')} read (${bytes(s.bytes)}${speed})`;
  return [
    `jobs: ${parts.join(', ')}; ${read}; catalogue ${archives.found}, ${archives.opened} opened; ${s.seconds.toFixed(1)} s`,
  ];
}
