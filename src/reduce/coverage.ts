// Owns how much data a window got: first and last record, the sampling interval, gaps. assembly/coverage.ts is its twin.

/** How much of a window there are records for. */
export interface Coverage {
  /** Records (marks aside) in the window; 0: no data. */
  readonly records: number;
  /** Times of the first and last of them, ns; null if none. */
  readonly firstNs: bigint | null;
  readonly lastNs: bigint | null;
  /**
   * The sampling interval, ns: of the steps from sample to sample in the whole window nine tenths are no longer, and at least
   * one other is as long, so that a single gap is not taken for it. 0: fewer than two samples.
   */
  readonly intervalNs: bigint;
  /** Steps of more than three intervals (where there are few samples: and of more than a minute), and how long they are together, ns. */
  readonly gaps: number;
  readonly gapNs: bigint;
}

/** A logger writes a record per group of metrics: those within so long of a sample's first one belong to it. Half a second, ns. */
const SAMPLE_NS = 500_000_000n;
/** Fewer steps do not tell the interval well, since short jobs mix the logger's samples with those of the begin archive. */
const FEW = 16;
const FEW_LIMIT = 60_000_000_000n;

/**
 * Steps are kept by length, in buckets of an eighth of an octave from 2^28 ns on; the last one has all that are longer than a day and a half. A
 * bucket knows how many steps it has and their sum, and stands for their mean.
 */
const BUCKETS = 152;
const LEAST = 28;

function bucketOf(step: bigint): number {
  let exponent = LEAST;
  while (step >> BigInt(exponent + 1) > 0n) exponent++;
  const eighth = Number((step >> BigInt(exponent - 3)) & 7n);
  return Math.min(((exponent - LEAST) << 3) | eighth, BUCKETS - 1);
}

export class CoverageCounter {
  #records = 0;
  #firstNs: bigint | null = null;
  #lastNs: bigint | null = null;
  #sampleNs = 0n;
  readonly #steps = Array.from({ length: BUCKETS }, () => ({ count: 0, total: 0n }));

  add(ns: bigint): void {
    if (this.#firstNs === null) this.#firstNs = this.#sampleNs = ns;
    const step = ns - this.#sampleNs;
    if (step >= SAMPLE_NS) {
      const bucket = this.#steps[bucketOf(step)]!;
      bucket.count++;
      bucket.total += step;
      this.#sampleNs = ns;
    }
    this.#lastNs = ns;
    this.#records++;
  }

  finish(): Coverage {
    const steps = this.#steps.filter((b) => b.count > 0).reverse();
    const n = steps.reduce((sum, b) => sum + b.count, 0);
    const rank = Math.min(n, Math.max(2, Math.ceil(n / 10)));
    const mean = (b: { count: number; total: bigint }): bigint => b.total / BigInt(b.count);
    let at = 0;
    for (let longer = steps[0]?.count ?? 0; longer < rank; longer += steps[at]!.count) at++;
    const intervalNs = n > 0 ? mean(steps[at]!) : 0n;
    const limit = n < FEW && 3n * intervalNs < FEW_LIMIT ? FEW_LIMIT : 3n * intervalNs;
    const gaps = steps.filter((b) => mean(b) > limit);
    return {
      records: this.#records,
      firstNs: this.#firstNs,
      lastNs: this.#lastNs,
      intervalNs,
      gaps: gaps.reduce((sum, b) => sum + b.count, 0),
      gapNs: gaps.reduce((sum, b) => sum + b.total, 0n),
    };
  }
}
