// Owns the speed of a full summary: a node-day with all analytics, from its archive to the text of its document, in one thread.

import { statSync } from 'node:fs';
import { EPOCH } from '../fixtures/generate/cluster.ts';
import { systemClock } from '../src/kernel/index.ts';
import { built } from './built.ts';
import { readLoop, window } from './decode.ts';
import { type Spread, together } from './measure.ts';

const { default: work } = await built<typeof import('../src/run/worker.ts')>('run/worker.js');
const { withData } = await built<typeof import('../src/run/outcome.ts')>('run/outcome.js');
const { bounds } = await built<typeof import('../src/pcp/index.ts')>('pcp/index.js');
const { Spill } = await built<typeof import('../src/run/spill.ts')>('run/spill.js');
const { SHIPPED } = await built<typeof import('../src/analytics/index.ts')>('analytics/index.js');
const { toJson } = await built<typeof import('../src/document/index.ts')>('document/index.js');

export interface SummaryFigures {
  readonly megabytes: number;
  readonly analytics: number;
  /** Milliseconds. */
  readonly read: Spread;
  /** What a worker does: decode, reduce, pack. */
  readonly worker: Spread;
  /** And what the main thread does with it: unpack, finish, document, JSON. */
  readonly whole: Spread;
  /** Speeds over that of the bare loop, turn by turn. */
  readonly workerShare: Spread;
  readonly wholeShare: Spread;
}

export async function benchSummary(base: string, seconds: number, turns: number): Promise<SummaryFigures> {
  const start = EPOCH;
  const end = EPOCH + seconds;
  const acct = { user: 'user1', local_job_id_raw: 5000, local_job_id: '5000' };
  const job = { jobId: '5000', start, end, nodes: ['cpn-001'], nodeCount: 1, walltime: seconds, acct };
  const span = { startNs: BigInt(start) * 1_000_000_000n, endNs: BigInt(end + 1) * 1_000_000_000n };
  const task = {
    node: 'cpn-001',
    archives: [base],
    ...{ normalization: {}, analytics: [], bounds: bounds(), probe: false, asReference: false },
    windows: [{ job, lists: null, ...span, archives: [0], leads: {} }],
  };
  const read = async () => {
    const answer = await work(task);
    if ('failure' in answer) throw new Error(answer.failure.message);
    return answer.windows[0]!;
  };
  const finish = async (): Promise<string> => {
    const { results, ...rest } = await read();
    const spill = new Spill();
    const answers = new Map([[0, { ...rest, parts: results.parts, stored: spill.keep(results.bytes) }]]);
    const node = {
      jobKey: 0,
      nodeIndex: 0,
      node: 'cpn-001',
      // One, of which nothing is asked here.
      archives: [{}] as never,
      damaged: [],
      written: true,
      hidden: [],
      ...span,
    };
    const one = { job, nodes: [node], answers, moved: false, startedAt: performance.now() };
    const { document } = withData(one, spill, { minNodeFraction: 0.95, set: SHIPPED, clock: systemClock });
    spill.close();
    return toJson(document);
  };
  const text = await finish();
  if (!text.includes('"cpu"')) throw new Error(`an odd document: ${text.slice(0, 300)}`);
  const aligned = window();
  const times = await together({ read: () => readLoop(`${base}.0`, aligned), worker: read, whole: finish }, turns);
  return {
    megabytes: statSync(`${base}.0`).size / 1e6,
    analytics: SHIPPED.analytics.length,
    ...{ read: times.of('read'), worker: times.of('worker'), whole: times.of('whole') },
    ...{ workerShare: times.ratio('read', 'worker'), wholeShare: times.ratio('read', 'whole') },
  };
}
