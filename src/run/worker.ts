// Owns the worker's side: one task in, reducer results out. One WASM instance per worker thread.

import { workerData } from 'node:worker_threads';
import { type NodePlan, planNode, WANTED_METRICS } from '../analytics/index.ts';
import { decodeNode, limits, useModule, Wasm } from '../decode/index.ts';
import type { Job } from '../jobs/index.ts';
import { toProblem } from '../kernel/index.ts';
import type { Answer, Failure, Work, WorkWindow } from './messages.ts';

let wasm: Wasm | undefined;

/** What declarations may look at: the rest of the accounting record stays in the main thread. */
function slimJob(w: WorkWindow): Job {
  const acct = { user: w.user };
  return { jobId: w.jobId, start: 0, end: w.walltime, nodes: [], nodeCount: 0, walltime: w.walltime, acct };
}

export default function work(task: Work): Answer | Failure {
  try {
    return read(task);
  } catch (error) {
    // Whatever state the decoder is in, the next task starts with a new one.
    wasm = undefined;
    return { failure: toProblem(error) };
  }
}

function read(task: Work): Answer {
  limits.maxVolumeBytes = task.maxVolumeBytes;
  if (!wasm) {
    // Piscina wraps what it was given in an object of its own.
    const data = workerData as { module?: WebAssembly.Module } | [unknown, { module?: WebAssembly.Module }] | null;
    const module = Array.isArray(data) ? data[1]?.module : data?.module;
    if (module) useModule(module);
    wasm = new Wasm();
  }
  const plans: NodePlan[][] = [];
  const result = decodeNode(wasm, {
    archives: task.archives,
    wanted: WANTED_METRICS,
    windows: task.windows.map((w, i) => ({
      startNs: w.startNs,
      endNs: w.endNs,
      walltime: w.walltime,
      archives: w.archives,
      declare: (has) => {
        const plan = planNode(slimJob(w), has, task.normalization);
        plans[i] = plan;
        return plan.map((p) => p.spec);
      },
      leads: () => (plans[i] ?? []).map((p) => w.leads[p.cls] ?? null),
    })),
  });
  return {
    bytes: result.bytes,
    windows: result.windows.map((window, i) => ({
      coverage: window.coverage,
      archives: window.archives,
      bytes: window.bytes,
      problems: window.problems,
      shares:
        window.coverage.records === 0
          ? []
          : window.consumers.map((consumer, k) => {
              const plan = plans[i]![k]!;
              return { cls: plan.cls, metrics: plan.spec.metrics, result: consumer };
            }),
    })),
  };
}
