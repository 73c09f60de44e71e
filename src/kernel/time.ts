// Owns instants and durations: nanoseconds as bigint inside, epoch seconds in accounting, UTC text at the edges.

import { JobsumError } from './errors.ts';

/** Nanoseconds of one second. */
export const NS = 1_000_000_000n;

/** Epoch seconds now. Who goes by the time of day is given one, so that tests can let days pass. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now() / 1000;

/** For sorting, which bigints cannot be by subtraction. */
export function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whole or fractional epoch seconds as nanoseconds, to the microsecond (doubles hold no more). */
export function nsOf(seconds: number): bigint {
  const whole = Math.floor(seconds);
  return BigInt(whole) * NS + BigInt(Math.round((seconds - whole) * 1e6)) * 1000n;
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?$/;

/**
 * Epoch seconds of `@epoch`, bare epoch seconds, `YYYY-MM-DD` or ISO-8601; without an offset the time is UTC.
 * @throws JobsumError E_USAGE
 */
export function parseInstant(text: string): number {
  const trimmed = text.trim();
  const epoch = /^@?(\d{1,11}(?:\.\d+)?)$/.exec(trimmed);
  if (epoch) return Number(epoch[1]);
  const m = ISO.exec(trimmed);
  if (m) {
    const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone = 'Z'] = m;
    const date = Date.UTC(+year!, +month! - 1, +day!, +hour, +minute, +second);
    const back = new Date(date);
    const real =
      back.getUTCMonth() === +month! - 1 && back.getUTCDate() === +day! && +hour < 24 && +minute < 60 && +second < 61;
    if (real) {
      const offset = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
      const shift = offset ? (offset[1] === '-' ? -1 : 1) * (+offset[2]! * 3600 + +offset[3]! * 60) : 0;
      return date / 1000 - shift + Number(fraction);
    }
  }
  throw new JobsumError('E_USAGE', 'not a time', {
    expected: '@EPOCH, YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS, with Z or +HH:MM for other zones than UTC',
    found: JSON.stringify(text.slice(0, 40)),
  });
}

/** `2026-11-24 05:04:03` in UTC, whole seconds. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds) || Math.abs(seconds) > 8.64e12) return String(seconds);
  return new Date(Math.floor(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

/** What is understood as a duration, wherever one is given. */
export const DURATION = 'seconds, or a number with its unit: 90s, 15m, 2h, 2d, 12w, 1y';

const UNIT_SECONDS = { s: 1, m: 60, h: 3600, d: 86_400, w: 7 * 86_400, y: 365 * 86_400 };

/** Seconds; `bare`: the unit of a number without one, null: there must be one. Null: it is no duration. */
export function parseDuration(text: string, bare: keyof typeof UNIT_SECONDS | null = 's'): number | null {
  const [, digits, unit = bare] = /^\s*(\d+(?:\.\d+)?(?:e\d{1,3})?)\s*([smhdwy])?\s*$/.exec(text) ?? [];
  if (digits === undefined || unit === null) return null;
  const seconds = Number(digits) * UNIT_SECONDS[unit as keyof typeof UNIT_SECONDS];
  return Number.isFinite(seconds) ? seconds : null;
}

/** `2d03h`, `1h02m`, `4m05s`, `7.5s`: two units at most. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 0) return `-${formatDuration(-seconds)}`;
  if (seconds < 60) return `${Number(seconds.toFixed(seconds < 10 ? 1 : 0))}s`;
  const s = Math.round(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  if (s < 3600) return `${Math.floor(s / 60)}m${two(s % 60)}s`;
  if (s < 86400) return `${Math.floor(s / 3600)}h${two(Math.floor((s % 3600) / 60))}m`;
  return `${Math.floor(s / 86400)}d${two(Math.floor((s % 86400) / 3600))}h`;
}
