// Owns random records of a host that is started again now and then, and what its counters have counted; from a seed.

import { seeded } from '../../fixtures/generate/random.ts';
import { type MetricSpec, UNITS } from '../../src/pcp/index.ts';
import { archive, metric, type Record, T0 } from './counters.ts';

interface Metrics {
  /** Counters of the kernel, by instance; some are loaded again by themselves. */
  readonly disk: MetricSpec;
  /** A counter of another agent. */
  readonly other: MetricSpec;
  readonly uptime: MetricSpec;
  readonly boottime: MetricSpec;
}

const RECORDS = 40;
const STEP = 30;
const DISKS = [3, 5, 7];
const RATE = 11;

/**
 * A record every 30 s. Each metric is in some of them, the uptime (or the time of the boot) at least in the last one of each boot,
 * which has a mark or another archive behind it. `counted`: by metric, by instance; what rose while nobody looked is not counted.
 */
export function randomBoots(seed: number, { disk, other, uptime, boottime }: Metrics) {
  const random = seeded(`boots${seed}`);
  const chance = (p: number): boolean => random() < p;
  const apart = chance(0.5);
  const byTime = chance(0.3);
  const [often, diskOften, otherOften] = [random(), 0.3 + 0.7 * random(), 0.3 + 0.7 * random()];
  const filler = metric(9, { name: 'c.filler', semantics: 'instant', units: UNITS.none });
  /** Seconds at which the host and each disk were started. */
  let booted = -5000 - Math.floor(20_000 * random());
  const loaded = DISKS.map(() => booted);
  const last: (number | null)[] = [null, null, null, null];
  const before: (number | null)[] = [null, null, null, null];
  const counted = [0, 0, 0, 0];
  const count = (k: number, value: number): bigint => {
    // What has come further than before since its own restart cannot be seen to be one.
    if (before[k] === booted && value > last[k]!) counted[k]! += value - last[k]!;
    before[k] = booted;
    last[k] = value;
    return BigInt(value);
  };
  const bootsAt = Array.from({ length: RECORDS }, (_, i) => i > 1 && chance(0.08));
  const archives: string[] = [];
  let records: Record[] = [];
  let from = 0;
  const finish = (next: number): void => {
    archives.push(archive([disk, other, filler, ...(apart ? [] : [uptime, boottime])], records, from));
    [records, from] = [[], next];
  };
  const ups: Record[] = [];
  for (let i = 0; i < RECORDS; i++) {
    const now = STEP * i;
    if (bootsAt[i]) {
      booted = now - 3 - Math.floor(20 * random());
      loaded.fill(booted);
      ups.push('mark');
      if (chance(0.5)) records.push('mark');
      else finish(i + 1);
      continue;
    }
    if (chance(0.06)) for (const k of DISKS.keys()) if (chance(0.6)) loaded[k] = now - 10;
    const disks = DISKS.map((rate, k) => rate * (now - loaded[k]!));
    const known = chance(often) || i === RECORDS - 1 || bootsAt[i + 1] === true;
    const boot = known ? (byTime ? [null, T0 + BigInt(booted)] : [now - booted, null]) : [null, null];
    records.push([
      chance(diskOften) ? disks.map((x, k) => count(k, x)) : null,
      chance(otherOften) ? count(DISKS.length, RATE * (now - booted)) : null,
      1n,
      ...(apart ? [] : boot),
    ]);
    ups.push([...boot, 1n]);
  }
  finish(RECORDS);
  if (apart) archives.splice(chance(0.5) ? 0 : archives.length, 0, archive([uptime, boottime, filler], ups));
  return { archives, counted: [counted.slice(0, DISKS.length), counted.slice(DISKS.length)] };
}
