// Owns what commands share about the terminal: streams, width, color, and turning errors into exit codes.

import { basename, delimiter, dirname, relative } from 'node:path';
import { type Clock, clean, describeProblem, ERRORS, JobsumError, redact, toProblem } from '../kernel/index.ts';
import { write } from './stdout.ts';

/** Of a command that goes by the time of day. */
export interface Clocked {
  /** No option: for tests, which let days pass. */
  clock?: Clock;
}

export const print = (lines: Iterable<string>): void => {
  let text = '';
  for (const line of lines) {
    text += `${line}\n`;
    if (text.length > 65536) {
      write(text);
      text = '';
    }
  }
  if (text !== '') write(text);
};

export const terminalWidth = (): number => Math.max(60, Math.min(process.stdout.columns ?? 100, 160));

export const color = (): boolean => process.stdout.isTTY === true && !process.env.NO_COLOR;

/** One line on standard error: what happened, where, what to do. */
export function complain(error: unknown): number {
  const problem = toProblem(error);
  const kind = ERRORS[problem.code];
  process.stderr.write(`jobsum: ${clean(redact(describeProblem(problem)))}\n  ${kind.effect} ${kind.advice}\n`);
  if (problem.code === 'E_INTERNAL' && error instanceof Error) process.stderr.write(`${redact(error.stack ?? '')}\n`);
  return kind.exit;
}

/** The program as it was called, for hints that can be typed again. */
export function calledAs(): string {
  const [, script = 'jobsum'] = process.argv;
  // A link that a package manager made, or the file in a checkout.
  if (basename(script) === 'jobsum.js') return `node ${relative(process.cwd(), script) || script}`;
  const onPath = (process.env.PATH ?? '').split(delimiter).includes(dirname(script));
  return onPath ? basename(script) : relative(process.cwd(), script);
}

export function usage(message: string): JobsumError {
  return new JobsumError('E_USAGE', message);
}
