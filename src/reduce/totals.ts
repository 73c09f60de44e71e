// Owns sums of counters whose instances come and go: what the sum over a record's instances lacks to go on where it was.
// assembly/reduce/totals.ts is its twin.

/*
 * A device that comes brings all that it counted before, and one that goes takes that away, which is no traffic. So when the instances of
 * a metric change, the values of those that came are taken off its sum for good, and the last values of those that went are added. What is
 * left of the step is what those counted that are in both records. As long as the same instances are there nothing is to be done.
 */
export class Total {
  /** What is added to the sum of the values. */
  shift = 0;
  /** Numbers of the instances in the record before; null: there is none yet. */
  #there: ReadonlySet<number> | null = null;

  /** Takes a record's instances (-1: without an identity) with their values now, by position, and the last values of all, by number. */
  settle(numbers: readonly number[], now: (i: number) => number, last: (number: number) => number): void {
    const before = this.#there;
    const there = new Set(numbers.filter((number) => number >= 0));
    this.#there = there;
    if (before === null) return;
    let step = 0;
    numbers.forEach((number, i) => {
      if (number >= 0 && !before.has(number)) step -= now(i);
    });
    // In the order of their numbers, as the other engine adds.
    for (const number of [...before].sort((a, b) => a - b)) if (!there.has(number)) step += last(number);
    this.shift += step;
  }
}
