// Owns one batch of jobs from look-up to documents: plan, read, combine, finish. Node results are put away as they come.

import { join } from 'node:path';
import { type Catalog, planTasks, type Task, type WantedWindow } from '../catalog/index.ts';
import { type Limits, skipByAccounting, skipByArchives } from '../document/index.ts';
import type { Job } from '../jobs/index.ts';
import { type Clock, NS, type Problem, toProblem } from '../kernel/index.ts';
import { bounds } from '../pcp/index.ts';
import type { Lead } from '../reduce/index.ts';
import type { RunAnalytics } from './analytics.ts';
import { type LookedNode, lookJob, Search } from './look.ts';
import { type Engine, slimJob, type WindowAnswer, type Work } from './messages.ts';
import { type JobOutcome, type NodeAnswer, type ReadJob, withData, withoutData, withoutDocument } from './outcome.ts';
import type { Pool } from './pool.ts';
import { Spill } from './spill.ts';

export interface BatchContext {
  readonly catalog: Catalog;
  readonly pool: Pick<Pool, 'run'>;
  readonly workers: number;
  readonly minNodeFraction: number;
  readonly limits?: Limits;
  readonly normalization: Readonly<Record<string, number>>;
  readonly analytics: RunAnalytics;
  readonly clock: Clock;
  readonly engine?: Engine | undefined;
  readonly asReference?: boolean | undefined;
  readonly signal: AbortSignal | undefined;
  /** Called for each archive group that was read. */
  readonly onTask: (archives: number, bytes: number) => void;
}

interface Pending extends ReadJob {
  readonly key: number;
  /** As a worker sees it. */
  readonly slim: Job;
  readonly nodes: LookedNode[];
  readonly answers: Map<number, NodeAnswer>;
  moved: boolean;
  leads: Readonly<Record<string, Lead>>;
  waiting: number;
  failure?: Problem;
}

/** A batch on its way. */
interface Batch {
  readonly context: BatchContext;
  readonly jobs: ReadonlyMap<number, Pending>;
  readonly spill: Spill;
}

/** First stretch of a job read to find its sub-sampling lead: twelve samples of 30 s and room to spare. */
const PROBE_NS = 900n * NS;
const PROBE_GROWTH = 8n;

/** Runs jobs and yields an outcome for each as soon as its last node is read. Jobs cut off by the signal are not yielded. */
export async function* runBatch(context: BatchContext, jobs: readonly Job[]): AsyncGenerator<JobOutcome> {
  const pending = new Map<number, Pending>();
  for (const job of jobs) {
    const looked = costingItself(job, () => begin(context, job, pending.size));
    if ('key' in looked) pending.set(looked.key, looked);
    else yield looked;
  }
  const spill = new Spill();
  try {
    yield* readAll({ context, jobs: pending, spill });
  } finally {
    spill.close();
  }
}

/** A job is looked up: what is to be read of it, or what becomes of it without. */
function begin(context: BatchContext, job: Job, key: number): Pending | JobOutcome {
  const early = skipByAccounting(job, context.limits);
  if (early) return withoutData(job, early, { nodes: null, created: context.clock() });
  const nodes = lookJob(context.catalog, job, key);
  const waiting = nodes.filter((w) => w.archives.length > 0).length;
  const skip = skipByArchives(job.nodeCount, waiting, context.minNodeFraction);
  if (skip) return withoutData(job, skip, { nodes, created: context.clock() });
  const startedAt = performance.now();
  return {
    ...{ job, slim: slimJob(job), key, nodes, waiting, startedAt },
    ...{ answers: new Map(), leads: {}, moved: false },
  };
}

/** A defect that one job brings out costs that job. What is wrong with the machine or the store is not the job's. */
function costingItself<T>(job: Job, run: () => T): T | JobOutcome {
  try {
    return run();
  } catch (error) {
    if (toProblem(error).code !== 'E_INTERNAL') throw error;
    return withoutDocument(job, error);
  }
}

const archivedOf = (p: ReadJob): LookedNode[] => p.nodes.filter((w) => w.archives.length > 0);

async function* readAll(batch: Batch): AsyncGenerator<JobOutcome> {
  const all = [...batch.jobs.values()];
  await probeLeads(
    batch,
    all.filter((p) => archivedOf(p).length > 1),
  );
  const search = new Search(batch.context.catalog);
  let windows = all.flatMap(archivedOf);
  while (windows.length > 0) {
    const moved: Pending[] = [];
    for await (const done of runTasks(batch, planTasks(windows))) {
      for (const p of done) {
        if (search.worthwhile(p)) moved.push(p);
        else yield await finish(batch, p);
      }
    }
    windows = [];
    for (const p of moved) {
      const again = await search.lookAgain(p);
      p.waiting = again.length;
      windows.push(...again);
      if (again.length === 0) yield await finish(batch, p);
    }
  }
}

async function finish(batch: Batch, p: Pending): Promise<JobOutcome> {
  // Nodes that found a lead of their own before the one that should have set it: read again with that one.
  const again = p.failure ? [] : strays(p);
  if (again.length > 0) {
    p.waiting = again.length;
    for await (const _ of runTasks(batch, planTasks(again))) {
      // Answers replace the earlier ones.
    }
  }
  const { minNodeFraction, analytics, clock } = batch.context;
  const context = { minNodeFraction, set: analytics.set, clock };
  const outcome = costingItself(p.job, () => withData(p, batch.spill, context));
  for (const answer of p.answers.values()) batch.spill.drop(answer.stored);
  p.answers.clear();
  return outcome;
}

/** Leads of multi-node jobs from their first node, by reading its first minutes. */
async function probeLeads(batch: Batch, several: readonly Pending[]): Promise<void> {
  let open = [...several];
  for (let span = PROBE_NS; open.length > 0; span *= PROBE_GROWTH) {
    const probes = open.map((p) => {
      const first = archivedOf(p)[0]!;
      const end = first.startNs + span;
      // biome-ignore lint/complexity/useMathMinMax: bigints
      return { ...first, endNs: end < first.endNs ? end : first.endNs };
    });
    const answers = new Map<number, WindowAnswer>();
    for await (const _ of runTasks(batch, planTasks(probes), answers)) {
      // Only the answers count.
    }
    open = open.filter((p) => {
      const answer = answers.get(p.key);
      if (!answer) return false;
      p.leads = answer.leads;
      const [first] = archivedOf(p);
      return answer.leadsOpen && first!.startNs + span < first!.endNs;
    });
  }
}

/** Windows of nodes whose lead differs from that of the first node that has one. Known leads are then complete. */
function strays(p: Pending): WantedWindow[] {
  const first = new Map<string, Lead>(Object.entries(p.leads));
  const wrong = new Set<WantedWindow>();
  for (const w of archivedOf(p)) {
    const answer = p.answers.get(w.nodeIndex);
    if (!answer) continue;
    for (const [cls, lead] of Object.entries(answer.leads)) {
      const known = first.get(cls);
      if (!known) first.set(cls, lead);
      else if (known.window !== lead.window || known.leadout !== lead.leadout) wrong.add(w);
    }
  }
  p.leads = Object.fromEntries(first);
  return [...wrong];
}

/**
 * Runs tasks with twice as many in flight as there are workers, and yields jobs as they become complete.
 * With `probe`, answers go there by job key and no job is counted complete.
 */
async function* runTasks(
  batch: Batch,
  tasks: readonly Task[],
  probe?: Map<number, WindowAnswer>,
): AsyncGenerator<Pending[]> {
  const { workers, signal } = batch.context;
  // What completes while the caller is busy with an earlier job waits here.
  let complete: Pending[] = [];
  const inFlight = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let next = 0;
  const start = (task: Task): void => {
    const promise: Promise<void> = runTask(batch, task, probe)
      .then(
        (done) => void complete.push(...done),
        (error) => void failures.push(error),
      )
      .finally(() => inFlight.delete(promise));
    inFlight.add(promise);
  };
  for (;;) {
    if (failures.length > 0) throw failures[0];
    while (next < tasks.length && inFlight.size < 2 * workers && !signal?.aborted) start(tasks[next++]!);
    if (complete.length > 0) {
      const done = complete;
      complete = [];
      yield done;
    } else if (inFlight.size > 0) await Promise.race(inFlight);
    else return;
  }
}

async function runTask(
  { context, jobs, spill }: Batch,
  task: Task,
  probe: Map<number, WindowAnswer> | undefined,
): Promise<Pending[]> {
  const work: Work = {
    node: task.node,
    archives: task.archives.map((a) => join(context.catalog.root, a.base)),
    normalization: context.normalization,
    analytics: context.analytics.files,
    engine: context.engine ?? 'wasm',
    asReference: context.asReference === true,
    bounds: bounds(),
    probe: probe !== undefined,
    windows: task.windows.map((w) => {
      const { job, slim, leads } = jobs.get(w.jobKey)!;
      return {
        job: slim,
        lists: context.analytics.listsFor(job),
        startNs: w.startNs,
        endNs: w.endNs,
        archives: w.archives,
        leads,
      };
    }),
  };
  const complete: Pending[] = [];
  let windows: readonly WindowAnswer[] | null = null;
  let failure: Problem | null = null;
  try {
    const answer = await context.pool.run(work);
    context.onTask(probe ? 0 : task.archives.length, answer.bytes);
    windows = answer.windows;
  } catch (error) {
    failure = toProblem(error);
    // The next run does its jobs.
    if (failure.code === 'E_INTERRUPTED') return [];
  }
  task.windows.forEach((w, i) => {
    if (probe) {
      if (windows) probe.set(w.jobKey, windows[i]!);
      return;
    }
    const p = jobs.get(w.jobKey)!;
    if (windows) {
      const { results, ...rest } = windows[i]!;
      const earlier = p.answers.get(w.nodeIndex);
      if (earlier) spill.drop(earlier.stored);
      p.answers.set(w.nodeIndex, { ...rest, parts: results.parts, stored: spill.keep(results.bytes) });
    } else p.failure = { ...failure!, node: task.node };
    if (--p.waiting === 0) complete.push(p);
  });
  return complete;
}
