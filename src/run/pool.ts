// Owns the worker pool: tasks with back-pressure, one retry for a task whose worker died.

import { Piscina } from 'piscina';
import { wasmModule } from '../decode/index.ts';
import { fromProblem, JobsumError, packageFile } from '../kernel/index.ts';
import type { Answer, Failure, Work } from './messages.ts';

export class Pool {
  readonly #piscina: Piscina;

  constructor(workers: number, file = packageFile('dist/run/worker.js')) {
    this.#piscina = new Piscina({
      filename: file,
      minThreads: 1,
      maxThreads: workers,
      concurrentTasksPerWorker: 1,
      // Compiled once here; a worker only instantiates it.
      workerData: { module: wasmModule() },
    });
  }

  /** @throws JobsumError E_WORKER when the task failed twice because its worker died, or the task's own error */
  async run(work: Work): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      let answer: Answer | Failure;
      try {
        answer = (await this.#piscina.run(work)) as Answer | Failure;
      } catch (error) {
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
    await this.#piscina.destroy();
  }
}
