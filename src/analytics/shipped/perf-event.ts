// Owns PerfEvent: whether the hardware counters were the job's own (preprocessors.md §3), and the gate of what reads them.

import { calls, E, type JobData, type Preprocessor, type Share } from '../analytic.ts';
import { reducer } from '../collect.ts';

export const perfEvent: Preprocessor = {
  cls: 'PerfEvent',
  alternatives: [['perfevent.active']],
  declare: () => ({
    mode: 'all',
    raw: true,
    reducers: [{ kind: 'ROLL', lane: { fold: 'first', rows: [{ metric: 0 }] } }],
  }),
  finish(shares, _job, data, nodes) {
    const mine = new Map(shares.map((s) => [s.index, s]));
    // Trusted as long as every record so far, of this and of all earlier nodes, counts some active event.
    let active: boolean | null = null;
    data.perf = new Map();
    for (const { index } of nodes) {
      const share = mine.get(index);
      const roll = share ? reducer(share, 0, 'ROLL') : null;
      if (roll && roll.count > 0 && active !== false) active = roll.min[0]! > 0 || roll.max[0]! < 0;
      data.perf.set(index, active === true);
    }
    return { document: {} };
  },
};

/** Called with data, on a node whose counters are not known to be the job's. */
export function gated(share: Share, data: JobData): boolean {
  const { result } = share;
  const ends = result.reducers[0];
  const called =
    ends?.kind === 'FIRSTLAST'
      ? ends.calls > 0 && (ends.first.kind === 'ok' || ends.last.kind === 'ok')
      : calls(result) > 0;
  return called && data.perf?.get(share.index) !== true;
}

/** What the reference remembers of a job: the last node's error counts. `own`: the analytic's own rule for a node. */
export function remembered(
  shares: readonly Share[],
  data: JobData,
  own: (share: Share) => number | null,
): number | null {
  let error: number | null = null;
  for (const share of shares) error = (gated(share, data) ? E.notAvailable : own(share)) ?? error;
  return error;
}
