// Owns options whose value is a duration.

import { DURATION, parseDuration } from '../kernel/index.ts';
import { usage } from './io.ts';

export const durationOption = (describe: string) => ({ type: 'string', requiresArg: true, describe }) as const;

/** Seconds; `bare`: the unit of a number without one, null: there must be one. Undefined: the option was not given. @throws JobsumError E_USAGE */
export function durationOf(
  name: string,
  text: string | undefined,
  bare: 's' | 'd' | null = 's',
  expected: string = DURATION,
): number | undefined {
  if (text === undefined) return undefined;
  const seconds = parseDuration(text, bare);
  if (seconds === null) throw usage(`--${name} ${JSON.stringify(text)}: expected ${expected}`);
  return seconds;
}
