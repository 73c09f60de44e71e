// Owns what becomes of a job when its nodes have been read: results joined, the document, and how the job fared.

import { type AnalyticSet, finishJob, type JobParts, type NodeOutcome } from '../analytics/index.ts';
import type { WantedWindow } from '../archives/index.ts';
import {
  buildDocument,
  coverageSection,
  type Document,
  fitDocument,
  judgeNodes,
  type NodeCoverage,
  type Skip,
} from '../document/index.ts';
import type { Job } from '../jobs/index.ts';
import { describeProblem, nsOf, type Problem } from '../kernel/index.ts';
import type { WindowAnswer } from './messages.ts';
import { type PackedPart, unpack, type WorkShare } from './packed.ts';
import type { Spill, Stored } from './spill.ts';

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

/** A worker's answer for one node, its results put away. */
export interface NodeAnswer extends Omit<WindowAnswer, 'results'> {
  readonly parts: readonly PackedPart[];
  readonly stored: Stored;
}

export interface ReadJob {
  readonly job: Job;
  /** Of nodes that have archives. */
  readonly windows: readonly WantedWindow[];
  /** By index of the node. */
  readonly answers: ReadonlyMap<number, NodeAnswer>;
  readonly startedAt: number;
  readonly failure?: Problem;
}

/** Unpacks one analytic's part of one node at a time: finish functions go over the nodes, again and again. */
class Unpacker {
  readonly #spill: Spill;
  #part: PackedPart | null = null;
  #share: Pick<WorkShare, 'metrics' | 'result'> | null = null;

  constructor(spill: Spill) {
    this.#spill = spill;
  }

  get(stored: Stored, part: PackedPart): Pick<WorkShare, 'metrics' | 'result'> {
    if (this.#part !== part) {
      this.#share = unpack(this.#spill.read(stored, part.at, part.length));
      this.#part = part;
    }
    return this.#share!;
  }

  shares({ stored, parts }: NodeAnswer): WorkShare[] {
    const get = (part: PackedPart) => this.get(stored, part);
    return parts.map((part) => ({
      cls: part.cls,
      get metrics() {
        return get(part).metrics;
      },
      get result() {
        return get(part).result;
      },
    }));
  }
}

const NOTHING: JobParts = { summary: {}, timeseries: {}, errors: {}, contributions: {} };

/** Nodes in the order of the job; those without archives have no window of their own and get the job's. */
function nodeCoverage(job: Job, windows: readonly WantedWindow[], answers: ReadJob['answers']): NodeCoverage[] {
  const own = new Map(windows.map((w) => [w.nodeIndex, w]));
  return job.nodes.map((node, index): NodeCoverage => {
    const w = own.get(index);
    const data = answers.get(index);
    const span = { startNs: w?.startNs ?? nsOf(job.start), endNs: w?.endNs ?? nsOf(job.end + 1) };
    return { index, node, ...span, ...(data ? { data } : {}) };
  });
}

/** The document of a job that was not read. `windows`: of the nodes looked up, those that have archives. */
export function withoutData(job: Job, skip: Skip, windows: readonly WantedWindow[] | null): JobOutcome {
  const nodes = windows === null ? [] : nodeCoverage(job, windows, new Map());
  const document = buildDocument(job, {
    coverage: coverageSection({ expected: job.nodeCount, nodes, analytics: {} }),
    complete: job.nodeCount === 0,
    missing: job.nodeCount,
    flag: skip.flag,
    elapsed: 0,
    created: Date.now() / 1000,
    ...(windows !== null ? { mergetime: 0 } : {}),
  });
  return { job, document, skip, problems: [], seconds: 0 };
}

/** What of a run's context a document depends on. */
export interface FinishContext {
  readonly minNodeFraction: number;
  readonly set: AnalyticSet;
}

export function withData(p: ReadJob, spill: Spill, { minNodeFraction, set }: FinishContext): JobOutcome {
  const { job, windows, answers } = p;
  const mergetime = (performance.now() - p.startedAt) / 1000;
  const began = performance.now();
  const problems = [...answers.values()].flatMap((a) => a.problems);
  if (p.failure) problems.push(p.failure);
  const reporting = windows.filter((w) => (answers.get(w.nodeIndex)?.coverage.records ?? 0) > 0);
  const verdict = judgeNodes(job.nodeCount, reporting.length, minNodeFraction);
  const unpacker = new Unpacker(spill);
  const outcomes = reporting.map(
    (w): NodeOutcome => ({
      index: w.nodeIndex,
      node: w.node,
      shares: unpacker.shares(answers.get(w.nodeIndex)!),
    }),
  );
  const parts = verdict.enough && !p.failure ? finishJob(job, outcomes, set) : NOTHING;
  const texts = [...new Set(problems.map(describeProblem))];
  const built = buildDocument(job, {
    summary: parts.summary,
    timeseries: parts.timeseries,
    errors: texts.length > 0 ? { ...parts.errors, job: texts } : parts.errors,
    coverage: coverageSection({
      expected: job.nodeCount,
      nodes: nodeCoverage(job, windows, answers),
      analytics: parts.contributions,
    }),
    hosts: windows.map((w) => ({ index: w.nodeIndex, node: w.node })),
    complete: verdict.complete,
    missing: verdict.missing,
    ...(verdict.skip ? { flag: verdict.skip.flag } : {}),
    mergetime,
    elapsed: (performance.now() - began) / 1000,
    created: Date.now() / 1000,
  });
  // The same for every sink: one that bounds documents is not to decide what the others get.
  const document = fitDocument(built);
  const seconds = (performance.now() - p.startedAt) / 1000;
  return { job, document, skip: verdict.skip, problems, seconds, ...(p.failure ? { failure: p.failure } : {}) };
}
