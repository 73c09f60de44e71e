// What explain advises of jobs that no logger can have seen, that have not ended, or that no run takes.

import { describe, expect, it } from 'vitest';
import type { Explained } from '../../src/answers/explained.ts';
import { adviceOn, passedOverLines } from '../../src/view/index.ts';

const START = 1_780_000_000;
const NOW = START + 86_400;

function explained(end: number, base = 'n1/a', interval?: number): Explained {
  const archives = [{ base, start: START - 60, end: START + 9000 }];
  const coverage = { nodes: [{ ...(interval === undefined ? {} : { interval }) }] };
  return {
    accounting: { from: 'list', id: '1', start: START, end, nodes: ['n1'], nodeCount: 1, acct: {} },
    archives: {
      ...{ from: 'tree', root: '/pcp', known: 1, withArchives: 1, enough: true },
      nodes: [{ node: 'n1', window: [START, end], archives, rejected: [] }],
    },
    document: {
      ...{ id: `1-${end}`, complete: false, state: 'partial', flag: 'skipped_pmlogextract_error', created: null },
      ...{ coverage, without: {}, errors: null },
    },
    ledger: [],
  };
}

describe('advice', () => {
  it('of a job shorter than two samples points to prolog and epilog', () => {
    expect(adviceOn(explained(START + 40), NOW)).toEqual([
      expect.stringMatching(/lasted 40s.*every 30s.*setup collector/),
    ]);
    expect(adviceOn(explained(START + 90, 'n1/a', 60), NOW)).toEqual([expect.stringMatching(/every 1m00s/)]);
    expect(adviceOn(explained(START + 90), NOW).join()).not.toContain('prolog');
    // There they are.
    expect(adviceOn(explained(START + 40, 'n1/job-1-begin-20260101'), NOW).join()).not.toContain('prolog');
  });

  it('of a job without any time, or that has not ended, is that nothing can be done', () => {
    expect(adviceOn(explained(START), NOW)).toEqual([expect.stringContaining('it ended when it began')]);
    const running = { ...explained(NOW + 9000), document: null };
    expect(adviceOn(running, NOW)).toEqual([expect.stringContaining('has not ended yet')]);
    expect(adviceOn(running, NOW + 9001)).toEqual([expect.stringContaining('has not been dealt with')]);
  });

  it('of a job that no run takes says why', () => {
    const lines = (reason: string) => passedOverLines([{ from: 'list', job: '7', reason }]).join('\n');
    expect(lines('not ended (RUNNING)')).toMatch(/passed over: not ended \(RUNNING\).*when it has ended/s);
    expect(lines('no nodes: it never ran')).toMatch(/a job that never ran has no data/);
  });
});
