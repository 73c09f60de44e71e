// Owns ContextSwitches: how often the nodes of a job switch between processes, per second.

import { type Analytic, E, failure } from '../../src/analytics/analytic.ts';
import { reducer } from '../../src/analytics/collect.ts';
import { stats } from '../../src/analytics/stats.ts';

export const contextSwitches: Analytic = {
  cls: 'ContextSwitches',
  key: 'pswitch',
  section: 'summary',
  alternatives: [['kernel.all.pswitch']],
  declare: () => ({ mode: 'firstlast', reducers: [{ kind: 'FIRSTLAST' }] }),
  finish(shares) {
    const rates = shares.flatMap((share) => {
      const { calls, delta, firstTime, lastTime } = reducer(share, 0, 'FIRSTLAST');
      return calls === 2 ? [delta[0]![0]! / (lastTime - firstTime)] : [];
    });
    return rates.length === 0 ? failure(E.tooFewPoints) : stats(rates);
  },
};
