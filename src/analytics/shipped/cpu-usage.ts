// Owns CpuUsage: shares of CPU time in each mode over all CPUs, the job's CPUs and its busy ones (§2.8).

import { type Analytic, E, failure, unitsOf } from '../analytic.ts';
import { matrixOf, reducer } from '../collect.ts';
import { type Stats, stats } from '../stats.ts';
import { placesOfCpus } from './cpu-list.ts';

const PER_CPU = (names: string[]): string[] => names.map((n) => `kernel.percpu.cpu.${n}`);
const ALL_CPU = (names: string[]): string[] => names.map((n) => `kernel.all.cpu.${n}`);

const MODES: Readonly<Record<number, readonly string[]>> = {
  7: ['user', 'idle', 'nice', 'system', 'iowait', 'irq', 'softirq'],
  4: ['user', 'idle', 'system', 'iowait'],
  5: ['user', 'idle', 'nice', 'system', 'iowait'],
};
const IDLE = 1;
/** A CPU of the job that idles less than this counts as used. */
const IDLE_LIMIT = 0.95;

/** One CPU: its time in each mode as a share of all modes. */
type Column = readonly number[];

/** Columns by mode: an object for each of half a million CPUs would take several times the memory. */
class Columns {
  readonly #modes: readonly string[];
  readonly #lists: number[][];

  constructor(modes: readonly string[]) {
    this.#modes = modes;
    this.#lists = modes.map(() => []);
  }

  get length(): number {
    return this.#lists[0]!.length;
  }

  add(column: Column): void {
    for (let m = 0; m < this.#lists.length; m++) this.#lists[m]!.push(column[m]!);
  }

  /** Those that are not idle nearly all of the time. */
  busy(): Columns {
    const busy = new Columns(this.#modes);
    for (let i = 0; i < this.length; i++) {
      if (this.#lists[IDLE]![i]! < IDLE_LIMIT) busy.add(this.#lists.map((list) => list[i]!));
    }
    return busy;
  }

  describe(all: unknown): Record<string, unknown> {
    const out: Record<string, Stats | unknown> = {};
    this.#modes.forEach((mode, m) => {
      out[mode] = stats(this.#lists[m]!);
    });
    out.all = all;
    return out;
  }
}

const ALTERNATIVES = [
  PER_CPU(['user', 'idle', 'nice', 'sys', 'wait.total', 'irq.hard', 'irq.soft']),
  PER_CPU(['user', 'idle', 'sys', 'wait.total']),
  ALL_CPU(['user', 'idle', 'nice', 'sys', 'wait.total']),
];

export const cpuUsage: Analytic = {
  cls: 'CpuUsage',
  key: 'cpu',
  section: 'summary',
  alternatives: ALTERNATIVES,
  units: unitsOf('millisecond', ALTERNATIVES.flat()),
  counts: true,
  declare: () => ({ mode: 'firstlast', empty: 'stop', reducers: [{ kind: 'FIRSTLAST' }] }),
  finish(shares, _job, data, note) {
    // The first node decides how many modes there are; others with another number are left out.
    const width = shares[0]?.metrics.length ?? 0;
    const modes = MODES[width]!;
    const node = new Columns(modes);
    const job = new Columns(modes);
    let cores = 0;
    let broken: number | null = null;
    let cpusKnown = data.cpus !== null;
    let used = 0;
    for (const share of shares) {
      const fl = reducer(share, 0, 'FIRSTLAST');
      if (share.metrics.length !== width || fl.calls < 2 || fl.first.kind !== 'ok' || fl.last.kind !== 'ok') continue;
      used++;
      cores += fl.lastCounts[0]!;
      // CPUs that go offline or come back are left out.
      const { instances, rows } = matrixOf(fl, share, note);
      const times: Column[] = instances.ids.map((_, cpu) => rows.map((row) => row[cpu]!));
      if (times.length === 0) {
        broken ??= E.tooFewPoints;
        continue;
      }
      const sums = times.map((c) => c.reduce((a, b) => a + b, 0));
      if (Math.min(...sums) < 1) {
        broken ??= E.tooShort;
        continue;
      }
      const shared = times.map((c, cpu) => c.map((x) => x / sums[cpu]!));
      for (const column of shared) node.add(column);
      const own = data.cpus?.get(share.node);
      const mine = own && placesOfCpus(instances, own).map((place) => shared[place]);
      if (!mine || mine.includes(undefined)) cpusKnown = false;
      else for (const column of mine) job.add(column!);
    }
    if (used === 0) return failure(E.tooFewPoints);
    if (broken !== null) return { nodecpus: failure(broken), jobcpus: failure(broken), effcpus: failure(broken) };
    const nodecpus = node.describe({ cnt: cores });
    if (!cpusKnown) return { nodecpus, jobcpus: failure(E.cpusetUnknown), effcpus: failure(E.cpusetUnknown) };
    const busy = job.busy();
    return {
      nodecpus,
      jobcpus: job.describe({ cnt: job.length }),
      effcpus: busy.length === 0 ? { all: 0 } : busy.describe(busy.length),
    };
  },
};
