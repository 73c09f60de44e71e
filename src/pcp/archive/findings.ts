// Owns what was wrong with an archive that is being read, and which windows that concerns.

import type { Problem } from '../../kernel/index.ts';

/** PCP opens no archive with one of these. Contradicting descriptors and labels are among them, a bad index entry is not. */
export const refusedByPcp = ({ code, record }: Problem): boolean =>
  code === 'E_ARCHIVE_META' || code === 'E_ARCHIVE_CONFLICT' || record === 'label';

export const EARLIEST = -(2n ** 63n);
export const LATEST = 2n ** 63n - 1n;

/** A problem, and the times that a window must touch for it to be one of the window's. */
export interface Dated {
  readonly problem: Problem;
  readonly fromNs: bigint;
  readonly toNs: bigint;
  /** How many of its code it stands for; default 1. */
  readonly count?: number;
}

/** Problems that are kept at all. */
const MOST = 10_000;
/** Problems of one kind in a window that are named one by one; of the others only how many there are. */
const MOST_NAMED = 5;

export class Findings {
  /** In the order in which they were met. */
  readonly problems: Problem[] = [];
  readonly #when = new Map<Problem, Omit<Dated, 'problem'>>();

  /** By code, of those that are only counted: the first, and how many. */
  readonly #counted = new Map<Problem['code'], { readonly problem: Problem; count: number }>();

  /** Of no times: a file's, or the metadata's. */
  meet(problem: Problem): void {
    if (this.problems.length < MOST) this.problems.push(problem);
    else this.#count(problem);
  }

  #count(problem: Problem): void {
    const counted = this.#counted.get(problem.code);
    if (counted) counted.count++;
    else this.#counted.set(problem.code, { problem, count: 1 });
  }

  /** Data were lost between two times: who is interested in all later ones has lost some too where reading ended. */
  lose(problem: Problem, fromNs: bigint, toNs: bigint): void {
    const last = this.problems.at(-1);
    const when = last && this.#when.get(last);
    if (when && this.problems.length >= MOST) {
      // The last one stands for all further ones.
      const first = when.fromNs < fromNs ? when.fromNs : fromNs;
      this.#when.set(last, { fromNs: first, toNs: when.toNs > toNs ? when.toNs : toNs });
      return;
    }
    this.problems.push(problem);
    this.#when.set(problem, { fromNs, toNs });
  }

  /** Of one record, or of some of its value sets. */
  pass(problem: Problem, ns: bigint): void {
    if (this.problems.length >= MOST) return;
    this.problems.push(problem);
    this.#when.set(problem, { fromNs: ns, toNs: ns });
  }

  /** Those that lie between no records concern every window. */
  dated(): Dated[] {
    const always = { fromNs: EARLIEST, toNs: LATEST };
    return [
      ...this.problems.map((problem) => ({ problem, ...(this.#when.get(problem) ?? always) })),
      ...Array.from(this.#counted.values(), (counted) => ({ ...counted, ...always })),
    ];
  }
}

/** Problems of a window, of one kind at most a few by themselves. */
export function problemsWithin(dated: readonly Dated[], startNs: bigint, endNs: bigint): Problem[] {
  const seen = new Map<Problem['code'], { all: number; named: number }>();
  const problems: Problem[] = [];
  /** One that concerns two spans of time is one. */
  const met = new Set<Problem>();
  for (const { problem, fromNs, toNs, count = 1 } of dated) {
    if (fromNs > endNs || toNs < startNs || met.has(problem)) continue;
    met.add(problem);
    const n = seen.get(problem.code) ?? { all: 0, named: 0 };
    seen.set(problem.code, n);
    n.all += count;
    if (n.named === MOST_NAMED || count > 1) continue;
    n.named++;
    problems.push(problem);
  }
  for (const [code, { all, named }] of seen) {
    if (all === named) continue;
    const { file } = dated.find((d) => d.problem.code === code)!.problem;
    problems.push({ code, message: `and ${all - named} more of this kind`, ...(file === undefined ? {} : { file }) });
  }
  return problems;
}
