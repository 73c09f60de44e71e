// Owns one batch of jobs from look-up to documents: plan, read, combine, finish. What a batch holds is bounded by its size.

import { join } from 'node:path';
import { finishJob, leadsOf, type NodeOutcome } from '../analytics/index.ts';
import { type Catalog, lookupNode, planTasks, type Task, type WantedWindow } from '../archives/index.ts';
import { limits } from '../decode/index.ts';
import {
  buildDocument,
  type Document,
  type DocumentParts,
  judgeNodes,
  type Skip,
  skipByAccounting,
  skipByArchives,
} from '../document/index.ts';
import type { Job } from '../jobs/index.ts';
import { describeProblem, NS, type Problem, toProblem } from '../kernel/index.ts';
import type { Lead } from '../reduce/index.ts';
import type { WindowAnswer, Work } from './messages.ts';
import type { Pool } from './pool.ts';

export interface BatchContext {
  readonly catalog: Catalog;
  readonly pool: Pick<Pool, 'run'>;
  readonly workers: number;
  readonly minNodeFraction: number;
  readonly normalization: Readonly<Record<string, number>>;
  readonly signal: AbortSignal | undefined;
  /** Called for each archive group that was read. */
  readonly onTask: (archives: number, bytes: number) => void;
}

export interface JobOutcome {
  readonly job: Job;
  readonly document: Document;
  readonly skip: Skip | null;
  /** A defect or a dead worker: the job is to be tried again. */
  readonly failure?: Problem;
  /** Problems of its archives. */
  readonly problems: readonly Problem[];
  /** From the first of its archives to its document. */
  readonly seconds: number;
}

interface Pending {
  readonly job: Job;
  readonly key: number;
  readonly windows: WantedWindow[];
  readonly answers: Map<number, WindowAnswer>;
  leads: Record<string, Lead>;
  waiting: number;
  startedAt: number;
  failure?: Problem;
}

/** First stretch of a job read to find its sub-sampling lead: twelve samples of 30 s and room to spare. */
const PROBE_NS = 900n * NS;
const PROBE_GROWTH = 8n;

/** Runs jobs and yields an outcome for each as soon as its last node is read. Jobs cut off by the signal are not yielded. */
export async function* runBatch(context: BatchContext, jobs: readonly Job[]): AsyncGenerator<JobOutcome> {
  const pending = new Map<number, Pending>();
  for (const job of jobs) {
    const early = skipByAccounting(job);
    if (early) {
      yield withoutData(job, early, job.nodeCount, undefined);
      continue;
    }
    const windows = job.nodes.map((node, nodeIndex): WantedWindow => {
      const found = lookupNode(context.catalog, job, node);
      return { jobKey: pending.size, nodeIndex, node, ...found };
    });
    const archived = windows.filter((w) => w.archives.length > 0);
    const skip = skipByArchives(job.nodeCount, archived.length, context.minNodeFraction);
    if (skip) {
      yield withoutData(job, skip, job.nodeCount, 0);
      continue;
    }
    pending.set(pending.size, {
      job,
      key: pending.size,
      windows: archived,
      answers: new Map(),
      leads: {},
      waiting: archived.length,
      startedAt: performance.now(),
    });
  }
  const all = [...pending.values()];
  await probeLeads(
    context,
    pending,
    all.filter((p) => p.windows.length > 1),
  );
  const tasks = planTasks(all.flatMap((p) => p.windows));
  for await (const done of runTasks(context, tasks, pending)) {
    for (const p of done) {
      // Nodes that found a lead of their own before the one that should have set it: read again with that one.
      const again = p.failure ? [] : strays(p);
      if (again.length > 0) {
        p.waiting = again.length;
        for await (const _ of runTasks(context, planTasks(again), pending)) {
          // Answers replace the earlier ones.
        }
      }
      yield finish(context, p);
      p.answers.clear();
    }
  }
}

/** Leads of multi-node jobs from their first node, by reading its first minutes. */
async function probeLeads(
  context: BatchContext,
  jobs: ReadonlyMap<number, Pending>,
  several: readonly Pending[],
): Promise<void> {
  let open = [...several];
  for (let span = PROBE_NS; open.length > 0; span *= PROBE_GROWTH) {
    const probes = open.map((p) => {
      const first = p.windows[0]!;
      const end = first.startNs + span;
      // biome-ignore lint/complexity/useMathMinMax: bigints
      return { ...first, endNs: end < first.endNs ? end : first.endNs };
    });
    const answers = new Map<number, WindowAnswer>();
    for await (const _ of runTasks(context, planTasks(probes), jobs, answers)) {
      // Only the answers count.
    }
    open = open.filter((p) => {
      const answer = answers.get(p.key);
      if (!answer) return false;
      const leads = leadsOf({ index: 0, node: '', shares: answer.shares });
      p.leads = Object.fromEntries(leads);
      const unresolved = answer.shares.some((s) => hasSeries(s) && !leads.has(s.cls));
      return unresolved && p.windows[0]!.startNs + span < p.windows[0]!.endNs;
    });
  }
}

const hasSeries = (share: WindowAnswer['shares'][number]): boolean =>
  share.result.reducers.some((r) => r.kind === 'SUBSAMPLE') && share.result.stop === null;

/** Windows of nodes whose lead differs from that of the first node that has one. Known leads are then complete. */
function strays(p: Pending): WantedWindow[] {
  const first = new Map<string, Lead>(Object.entries(p.leads));
  const wrong = new Set<WantedWindow>();
  for (const w of p.windows) {
    const answer = p.answers.get(w.nodeIndex);
    if (!answer) continue;
    for (const [cls, lead] of leadsOf({ index: 0, node: w.node, shares: answer.shares })) {
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
  context: BatchContext,
  tasks: readonly Task[],
  jobs: ReadonlyMap<number, Pending>,
  probe?: Map<number, WindowAnswer>,
): AsyncGenerator<Pending[]> {
  // What completes while the caller is busy with an earlier job waits here.
  let complete: Pending[] = [];
  const inFlight = new Set<Promise<void>>();
  let next = 0;
  const start = (task: Task): void => {
    const promise: Promise<void> = runTask(context, task, jobs, probe)
      .then((done) => void complete.push(...done))
      .finally(() => inFlight.delete(promise));
    inFlight.add(promise);
  };
  for (;;) {
    while (next < tasks.length && inFlight.size < 2 * context.workers && !context.signal?.aborted)
      start(tasks[next++]!);
    if (complete.length > 0) {
      const done = complete;
      complete = [];
      yield done;
    } else if (inFlight.size > 0) await Promise.race(inFlight);
    else return;
  }
}

async function runTask(
  context: BatchContext,
  task: Task,
  jobs: ReadonlyMap<number, Pending>,
  probe: Map<number, WindowAnswer> | undefined,
): Promise<Pending[]> {
  const work: Work = {
    archives: task.archives.map((a) => join(context.catalog.root, a.base)),
    normalization: context.normalization,
    maxVolumeBytes: limits.maxVolumeBytes,
    windows: task.windows.map((w) => {
      const { job, leads } = jobs.get(w.jobKey)!;
      return {
        jobId: job.jobId,
        user: job.acct.user === undefined || job.acct.user === null ? null : String(job.acct.user),
        walltime: job.walltime,
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
  }
  task.windows.forEach((w, i) => {
    if (probe) {
      if (windows) probe.set(w.jobKey, windows[i]!);
      return;
    }
    const p = jobs.get(w.jobKey)!;
    if (windows) p.answers.set(w.nodeIndex, windows[i]!);
    else p.failure = { ...failure!, node: task.node };
    if (--p.waiting === 0) complete.push(p);
  });
  return complete;
}

function withoutData(job: Job, skip: Skip, missing: number, mergetime: number | undefined): JobOutcome {
  const parts: DocumentParts = {
    complete: job.nodeCount === 0,
    missing,
    flag: skip.flag,
    elapsed: 0,
    created: Date.now() / 1000,
    ...(mergetime !== undefined ? { mergetime } : {}),
  };
  return { job, document: buildDocument(job, parts), skip, problems: [], seconds: 0 };
}

function finish(context: BatchContext, p: Pending): JobOutcome {
  const { job } = p;
  const mergetime = (performance.now() - p.startedAt) / 1000;
  const began = performance.now();
  const hosts = p.windows.map((w) => ({ index: w.nodeIndex, node: w.node }));
  const problems = [...p.answers.values()].flatMap((a) => a.problems);
  if (p.failure) problems.push(p.failure);
  const withData = p.windows.filter((w) => (p.answers.get(w.nodeIndex)?.coverage.records ?? 0) > 0);
  const verdict = judgeNodes(job.nodeCount, withData.length, context.minNodeFraction);
  const outcomes = withData.map(
    (w): NodeOutcome => ({ index: w.nodeIndex, node: w.node, shares: p.answers.get(w.nodeIndex)!.shares }),
  );
  const parts = verdict.enough && !p.failure ? finishJob(job, outcomes) : { summary: {}, timeseries: {}, errors: {} };
  const texts = [...new Set(problems.map(describeProblem))];
  const document = buildDocument(job, {
    summary: parts.summary,
    timeseries: parts.timeseries,
    errors: texts.length > 0 ? { ...parts.errors, job: texts } : parts.errors,
    hosts,
    complete: verdict.complete,
    missing: verdict.missing,
    ...(verdict.skip ? { flag: verdict.skip.flag } : {}),
    mergetime,
    elapsed: (performance.now() - began) / 1000,
    created: Date.now() / 1000,
  });
  const seconds = (performance.now() - p.startedAt) / 1000;
  return { job, document, skip: verdict.skip, problems, seconds, ...(p.failure ? { failure: p.failure } : {}) };
}
