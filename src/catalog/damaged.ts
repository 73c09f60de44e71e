// Owns which archives that cannot be read belong to a job: of such an archive often only its path and its name can tell.

import { basename, dirname } from 'node:path';
import { NS, type Problem } from '../kernel/index.ts';
import { hostKey } from '../pcp/index.ts';
import { type ArchiveJob, dateOf, isOfJob, latestDateOf, parseArchiveJob, undated } from './names.ts';

export interface DamagedArchive {
  readonly base: string;
  /** Whose it seems to be by its path, as hosts are looked up. */
  readonly host: string;
  readonly problem: Problem;
  /** Last change of its files, epoch milliseconds. */
  readonly changed: number;
}

/** A node of a job; times inclusive. */
export interface DamagedFor {
  readonly node: string;
  readonly job: ArchiveJob;
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Begin of the first readable archive of the node's logger after a time; null: there is none. */
  readonly nextAfter: (ns: bigint) => bigint | null;
}

/** An archive may have no data yet for this long. */
const YOUNG_MS = 600_000;
/** Clocks of nodes, which names are made from, differ from UTC by this much at most. */
const ZONES = 14n * 3600n * NS;
/** A logger that nobody rotates is asked about for so long after the time in its archive's name. */
const LONGEST = 8n * 86_400n * NS;

const changedNow = (changed: number, now: number): boolean => Math.abs(now * 1000 - changed) < YOUNG_MS;

/** Epoch nanoseconds before which what is younger than an archive's last change has no data. */
const youngFrom = (changed: number): bigint => BigInt(Math.ceil(changed) - YOUNG_MS) * 1_000_000n;

/**
 * Just begun: what is missing may be there in a moment. The copy of an older archive has just been changed, too; its name tells. `base`: its
 * path; `now`: epoch seconds.
 */
export function isYoung(problem: Problem, base: string, changed: number, now: number): boolean {
  if (problem.code !== 'E_ARCHIVE_EMPTY' && problem.code !== 'E_ARCHIVE_MISSING') return false;
  const date = latestDateOf(basename(base));
  return changedNow(changed, now) && (date === null || BigInt(date) * NS + ZONES >= youngFrom(changed));
}

/** Being written: the rest of its last record may be there in a moment. */
export const isGrowing = (problem: Problem, changed: number, now: number): boolean =>
  problem.code === 'E_ARCHIVE_TRUNCATED' && changedNow(changed, now);

/** Archives that cannot be read, by what may name their host: any part of the path that is no date. */
export class Damaged {
  readonly #byHost = new Map<string, DamagedArchive[]>();
  /** Of a job by their name, in no directory that could be a host's. */
  readonly #loose: DamagedArchive[] = [];

  constructor(archives: Iterable<DamagedArchive>) {
    for (const archive of archives) {
      const { base, host } = archive;
      for (const key of new Set([host, ...[...undated(base), basename(base)].map(hostKey)])) {
        const list = this.#byHost.get(key);
        if (list) list.push(archive);
        else this.#byHost.set(key, [archive]);
      }
      if (dirname(base) === '.') this.#loose.push(archive);
    }
  }

  /** Those that may have data of a job on a node. `now`: epoch seconds. */
  touching(of: DamagedFor, now: number): DamagedArchive[] {
    const own = this.#byHost.get(hostKey(of.node)) ?? [];
    const loose = this.#loose.filter((a) => !own.includes(a) && parseArchiveJob(basename(a.base)) !== null);
    return [...own, ...loose].filter((a) => touches(a, of, now));
  }
}

function touches(
  { base, problem, changed }: DamagedArchive,
  { job, startNs, endNs, nextAfter }: DamagedFor,
  now: number,
): boolean {
  const name = basename(base);
  const named = parseArchiveJob(name);
  if (named) return isOfJob(named, job);
  // Nothing in it is later than its last change, or than what its node wrote next.
  const changedNs = BigInt(Math.ceil(changed)) * 1_000_000n;
  const date = dateOf(name);
  // One that has just begun has no data of a time before.
  if (isYoung(problem, base, changed, now) && (date !== null || endNs >= youngFrom(changed))) return false;
  if (date === null) return changedNs >= startNs;
  const began = BigInt(date) * NS;
  const next = nextAfter(began + ZONES);
  const ends = [changedNs, began + LONGEST, ...(next === null ? [] : [next])];
  const last = ends.reduce((least, ns) => (ns < least ? ns : least));
  return began - ZONES <= endNs && last >= startNs;
}
