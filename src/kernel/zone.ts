// Owns wall-clock times of a time zone as instants, daylight saving included.

import { JobsumError } from './errors.ts';

/** Fields as on a clock; month from 1. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    try {
      format = new Intl.DateTimeFormat('en-US', {
        ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
        ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
      });
    } catch {
      throw new JobsumError('E_USAGE', 'unknown time zone', { expected: 'an IANA name', found: JSON.stringify(zone) });
    }
    formats.set(zone, format);
  }
  return format;
}

/** Seconds that the zone's clocks are ahead of UTC at an instant (epoch seconds). */
export function zoneOffset(zone: string, instant: number): number {
  const part = new Map(
    formatOf(zone)
      .formatToParts(instant * 1000)
      .map((p) => [p.type, Number(p.value)]),
  );
  const [year, month, day] = [part.get('year')!, part.get('month')!, part.get('day')!];
  return Date.UTC(year, month - 1, day, part.get('hour'), part.get('minute'), part.get('second')) / 1000 - instant;
}

/** The zone of this machine. */
export const localZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

const DAY = 86_400;

/**
 * Epoch seconds at which the zone's clocks show a time; null if there is no such date. Of an hour that comes twice the first, of one that
 * is left out what the clocks would show had they not been set forward.
 */
export function zonedInstant(wall: WallTime, zone: string): number | null {
  const { year, month, day, hour, minute, second } = wall;
  const utc = Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
  const back = new Date(utc * 1000);
  const real =
    back.getUTCFullYear() === year &&
    back.getUTCMonth() === month - 1 &&
    back.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  if (!real) return null;
  const before = zoneOffset(zone, utc - DAY);
  const after = zoneOffset(zone, utc + DAY);
  const shown = [utc - before, utc - after].filter((t) => t + zoneOffset(zone, t) === utc);
  return shown.length > 0 ? Math.min(...shown) : utc - before;
}
