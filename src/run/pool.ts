// Owns the worker pool: tasks with back-pressure, one retry for a task whose worker died.

import { fromProblem, JobsumError, packageFile } from '../kernel/index.ts';
import { type ThreadOptions, Threads } from '../operate/index.ts';
import { wasmModule } from '../pcp/index.ts';
import type { Answer, Failure, Work } from './messages.ts';

export interface PoolOptions extends Pick<ThreadOptions, 'signal' | 'graceMs'> {
  readonly file?: string;
}

export class Pool {
  readonly #threads: Threads;

  constructor(workers: number, { file = packageFile('dist/run/worker.js'), ...stop }: PoolOptions = {}) {
    // Compiled once here; a worker only instantiates it.
    this.#threads = new Threads({ file, threads: workers, workerData: { module: wasmModule() }, ...stop });
  }

  /** @throws JobsumError E_WORKER when the task failed twice because its worker died, E_INTERRUPTED, or the task's own error */
  async run(work: Work): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      let answer: Answer | Failure;
      try {
        answer = await this.#threads.run<Answer | Failure>(work);
      } catch (error) {
        if (error instanceof JobsumError) throw error;
        if (attempt === 1) continue;
        throw new JobsumError('E_WORKER', 'the worker reading this node died twice', {
          file: work.archives[0] ?? '',
          found: error instanceof Error ? error.message : String(error),
        });
      }
      if (!('failure' in answer)) return answer;
      throw fromProblem(answer.failure);
    }
  }

  async close(): Promise<void> {
    await this.#threads.close();
  }
}
