// Owns how the decoder's speed grows with threads: node-days with the needed metrics, shared out to one worker thread and to two.

import { cpus } from 'node:os';
import { Worker } from 'node:worker_threads';
import { neededMetrics } from './decode.ts';
import { type Spread, spread } from './measure.ts';

const THREAD = new URL('worker-thread.mjs', import.meta.url);

export interface WorkerFigures {
  /** Milliseconds on the clock for all node-days. */
  readonly one: Spread;
  readonly two: Spread;
  /** Speed of two threads over that of one, turn by turn. */
  readonly gain: Spread;
  readonly days: number;
}

/** Node-days of a turn; even. */
const DAYS = 32;

/** null on a machine with one core. */
export async function benchWorkers(base: string, turns: number): Promise<WorkerFigures | null> {
  if (cpus().length < 2) return null;
  const names = neededMetrics(base);
  const threads = [1, 2].map(() => new Worker(THREAD, { workerData: { base, names } }));
  const read = (thread: Worker, days: number): Promise<void> =>
    new Promise((resolve, reject) => {
      thread.once('error', reject);
      thread.once('message', () => {
        thread.off('error', reject);
        resolve();
      });
      thread.postMessage(days);
    });
  const timed = async (n: number): Promise<number> => {
    const began = performance.now();
    await Promise.all(threads.slice(0, n).map((thread) => read(thread, DAYS / n)));
    return performance.now() - began;
  };
  const one: number[] = [];
  const two: number[] = [];
  for (let turn = -1; turn < turns; turn++) {
    const times = [await timed(1), await timed(2)] as const;
    if (turn < 0) continue;
    one.push(times[0]);
    two.push(times[1]);
  }
  await Promise.all(threads.map((thread) => thread.terminate()));
  return { one: spread(one), two: spread(two), gain: spread(one.map((ms, i) => ms / two[i]!)), days: DAYS };
}
