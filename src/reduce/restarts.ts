// Owns deciding from all that was seen of a window when counters were restarted that do not show it themselves.

import { compare } from '../kernel/index.ts';

/** Metrics that say when the host was started: seconds since then, and the second itself. */
export const BOOT_METRICS = ['kernel.all.uptime', 'kernel.all.boottime'] as const;

/** In place of an agent: the host was started; it was not. */
export const BOOT = -1;
export const RAN_ON = -2;
/** The same: counters of the kernel fell that can have wrapped, and were restarted unless the host ran on. */
export const WRAP = -3;

/** Something seen, of a time after `fromNs` and up to `toNs`. */
export interface Evidence {
  /** Domain of the pmIDs whose counters went back, or BOOT, RAN_ON or WRAP. */
  readonly agent: number;
  readonly fromNs: bigint;
  readonly toNs: bigint;
  /** How many counters did. */
  readonly count: number;
  /** There is a mark between, or another archive begins. */
  readonly away: boolean;
}

/** Most that is kept of a window. */
export const MAX_EVIDENCE = 4096;

/** When all counters of an agent were restarted; `agent` BOOT: those of all; RAN_ON: in the record of that time none of the kernel's
 *  that can have wrapped. */
export interface Moment {
  readonly ns: bigint;
  readonly agent: number;
}

/** Agents whose counters are the kernel's, and live as long as it; of the second they also come and go with processes and groups of them. */
export const KERNEL = 60;
const PROCESSES = 3;

/** By time. The rules are written down in counters.ts. `counters`: how many each agent has that count at all. */
export function momentsOf(evidence: readonly Evidence[], counters: ReadonlyMap<number, number>): Moment[] {
  const moments = evidence.filter((e) => e.agent === BOOT).map((e): Moment => ({ ns: e.toNs, agent: BOOT }));
  const boots = moments.map((m) => m.ns);
  const ranOn = evidence.filter((e) => e.agent === RAN_ON);
  for (const agent of new Set(evidence.map((e) => e.agent).filter((a) => a >= 0))) {
    const host = agent === KERNEL || agent === PROCESSES;
    for (const { fromNs, toNs, count, away } of together(evidence.filter((e) => e.agent === agent))) {
      // A second moment of one boot would be a restart more of what has a record between the two.
      if (boots.some((boot) => fromNs < boot && boot <= toNs)) continue;
      const ns = toNs - (toNs - fromNs) / 2n;
      if (host && ranOn.some((e) => e.fromNs < ns && ns <= e.toNs)) continue;
      const most = 2 * count > (counters.get(agent) ?? 0);
      if (most) moments.push({ ns, agent: agent === KERNEL ? BOOT : agent });
      else if (away && agent !== PROCESSES) moments.push({ ns, agent });
    }
  }
  moments.push(...wrapped(evidence, boots, ranOn));
  return moments.sort((a, b) => compare(a.ns, b.ns));
}

/** Records in which counters have wrapped that would else be taken for restarted. */
function wrapped(evidence: readonly Evidence[], boots: readonly bigint[], ranOn: readonly Evidence[]): Moment[] {
  const covered = new Map<bigint, boolean>();
  for (const { agent, fromNs, toNs } of evidence) {
    // What a boot lies in was restarted by it, and needs no other word.
    if (agent !== WRAP || boots.some((boot) => fromNs < boot && boot <= toNs)) continue;
    const isCovered = ranOn.some((e) => e.fromNs <= fromNs && toNs <= e.toNs);
    covered.set(toNs, isCovered && covered.get(toNs) !== false);
  }
  return [...covered].flatMap(([ns, isCovered]) => (isCovered ? [{ ns, agent: RAN_ON }] : []));
}

type Together = Omit<Evidence, 'agent'>;

/** What can have been the same restart: it was in a span that is common to all. A sample can be several records. */
function together(evidence: readonly Evidence[]): Together[] {
  const groups: Together[] = [];
  const left = [...evidence].sort((a, b) => compare(a.toNs, b.toNs));
  for (let i = 0; i < left.length; ) {
    let { fromNs, toNs, count, away } = left[i++]!;
    // Two records can be of one time: then nothing lies between.
    for (; i < left.length && left[i]!.fromNs < toNs; i++) {
      if (left[i]!.fromNs > fromNs) fromNs = left[i]!.fromNs;
      count += left[i]!.count;
      away ||= left[i]!.away;
    }
    groups.push({ fromNs, toNs, count, away });
  }
  return groups;
}
