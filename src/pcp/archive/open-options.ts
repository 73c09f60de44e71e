// Owns how an archive is to be read.

export interface OpenOptions {
  /** Slot of a wanted metric, or undefined. Without it every metric is only listed. */
  readonly slotOf?: (name: string) => number | undefined;
  /** What values of a wanted metric are multiplied by; default 1. */
  readonly factorOf?: (name: string) => number;
  /** Go on behind damage, with the next plausible record or volume. Default: stop as PCP does. */
  readonly salvage?: boolean;
  /**
   * Pass over records that contradict themselves inside their frame, or whose time cannot be right, and go on behind them. Default: as
   * PCP, which stops at the first and drops whatever is earlier than the second. `damage`: of the two only over the first, for copies.
   */
  readonly readOn?: boolean | 'damage';
  /** Read label sets and help texts too. */
  readonly annotations?: boolean;
}
