// Owns the worker's side: one task in, reducer results out. One WASM instance per worker thread.

import { workerData } from 'node:worker_threads';
import {
  type AnalyticSet,
  analyticSet,
  leadsOf,
  loadAnalyticModules,
  type NodePlan,
  planNode,
  SHIPPED,
} from '../analytics/index.ts';
import { type Problem, toProblem } from '../kernel/index.ts';
import { decodeNode, decodeNodeByRows, setBounds, useModule, Wasm } from '../pcp/index.ts';
import type { Answer, Failure, Work } from './messages.ts';
import { pack, type WorkShare } from './packed.ts';

let wasm: Wasm | undefined;

/** The site's analytics are loaded once per worker and list of modules. */
let site: { readonly files: string; readonly set: AnalyticSet } = { files: '', set: SHIPPED };

async function setFor(files: readonly string[]): Promise<AnalyticSet> {
  const key = files.join('\n');
  if (site.files !== key) {
    // What cannot be loaded was reported by the main thread, which leaves it out.
    site = { files: key, set: files.length > 0 ? analyticSet((await loadAnalyticModules(files)).analytics) : SHIPPED };
  }
  return site.set;
}

export default async function work(task: Work): Promise<Answer | Failure> {
  try {
    return read(task, await setFor(task.analytics));
  } catch (error) {
    // Whatever state the decoder is in, the next task starts with a new one.
    wasm = undefined;
    return { failure: toProblem(error) };
  }
}

function read(task: Work, set: AnalyticSet): Answer {
  setBounds(task.bounds);
  if (!wasm) {
    // Piscina wraps what it was given in an object of its own.
    const data = workerData as { module?: WebAssembly.Module } | [unknown, { module?: WebAssembly.Module }] | null;
    const module = Array.isArray(data) ? data[1]?.module : data?.module;
    if (module) useModule(module);
    wasm = new Wasm();
  }
  const plans: NodePlan[][] = [];
  const failures: Problem[][] = [];
  const decode = task.engine === 'ts' ? decodeNodeByRows : decodeNode;
  const result = decode(wasm, {
    node: task.node,
    archives: task.archives,
    wanted: set.wanted,
    ...(task.asReference ? {} : { units: set.units }),
    windows: task.windows.map((w, i) => ({
      startNs: w.startNs,
      endNs: w.endNs,
      walltime: w.job.walltime,
      archives: w.archives,
      declare: (has) => {
        const lists = w.lists;
        const onFailure = (cls: string, found: string): void => {
          failures[i] = [...(failures[i] ?? []), { code: 'E_ANALYTIC', message: `${cls} cannot be declared`, found }];
        };
        const { asReference } = task;
        const options = { set, lists, node: task.node, onFailure, asReference };
        const plan = planNode(w.job, has, task.normalization, options);
        plans[i] = plan;
        return plan.map((p) => p.spec);
      },
      leads: () => (plans[i] ?? []).map((p) => (Object.hasOwn(w.leads, p.cls) ? w.leads[p.cls]! : null)),
    })),
  });
  return {
    bytes: result.bytes,
    windows: result.windows.map((window, i) => {
      const { coverage, archives, bytes } = window;
      const problems = [...window.problems, ...(failures[i] ?? [])];
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
