// Owns the worker's side: one task in, reducer results out. One WASM instance per worker thread.

import { workerData } from 'node:worker_threads';
import { leadsOf, type NodePlan, planNode, WANTED_METRICS } from '../analytics/index.ts';
import { decodeNode, limits, useModule, Wasm } from '../decode/index.ts';
import { toProblem } from '../kernel/index.ts';
import type { Answer, Failure, Work } from './messages.ts';
import { pack, type WorkShare } from './packed.ts';

let wasm: Wasm | undefined;

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
      walltime: w.job.walltime,
      archives: w.archives,
      declare: (has) => {
        const plan = planNode(w.job, has, task.normalization);
        plans[i] = plan;
        return plan.map((p) => p.spec);
      },
      leads: () => (plans[i] ?? []).map((p) => w.leads[p.cls] ?? null),
    })),
  });
  return {
    bytes: result.bytes,
    windows: result.windows.map((window, i) => {
      const { coverage, archives, bytes, problems } = window;
      const found = coverage.records === 0 ? [] : window.consumers;
      const shares = found.map((consumer, k): WorkShare => {
        const plan = plans[i]![k]!;
        return { cls: plan.cls, metrics: plan.spec.metrics, result: consumer };
      });
      const leads = leadsOf(shares);
      const leadsOpen = shares.some((s) => hasSeries(s) && !leads.has(s.cls));
      const results = pack(task.probe ? [] : shares);
      return { coverage, archives, bytes, problems, leads: Object.fromEntries(leads), leadsOpen, results };
    }),
  };
}

const hasSeries = (share: WorkShare): boolean =>
  share.result.reducers.some((r) => r.kind === 'SUBSAMPLE') && share.result.stop === null;
