// Owns what becomes of a job when its nodes have been read: results joined, the document, and how the job fared.

import { type AnalyticSet, finishJob, type JobParts, type NodeOutcome } from '../analytics/index.ts';
import { fingerprint } from '../catalog/index.ts';
import {
  buildDocument,
  coverageSection,
  type Document,
  fitDocument,
  isFull,
  judgeNodes,
  type NodeCoverage,
  type Skip,
  spansTime,
} from '../document/index.ts';
import type { Job } from '../jobs/index.ts';
import { type Clock, counted, describeProblem, type Problem, toProblem } from '../kernel/index.ts';
import { isLost, type LookedNode } from './look.ts';
import type { WindowAnswer } from './messages.ts';
import { type PackedPart, unpack, type WorkShare } from './packed.ts';
import type { Spill, Stored } from './spill.ts';

export interface JobOutcome {
  readonly job: Job;
  /** Null: it could not be built. */
  readonly document: Document | null;
  readonly skip: Skip | null;
  /** A defect or a dead worker: the job is to be tried again. */
  readonly failure?: Problem;
  /** Problems of its archives. */
  readonly problems: readonly Problem[];
  /** Each node has data of all of the job's time: nothing more is to come. */
  readonly whole: boolean;
  /** What there was of its nodes' archives; absent: they were not looked for. */
  readonly seen?: string;
  /** Why data are lacking, where it is an archive or a directory that cannot be read. */
  readonly cause?: Problem;
  /** What is lacking is, or may be, in archives that could not be read now. */
  readonly unread: boolean;
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
  /** By index, those without archives too. */
  readonly nodes: readonly LookedNode[];
  /** Something that the catalogue had was not found where it was. */
  readonly moved: boolean;
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

const coverageOf = (nodes: readonly LookedNode[], answers: ReadJob['answers']): NodeCoverage[] =>
  nodes.map(({ nodeIndex: index, node, startNs, endNs, damaged, hidden }) => {
    const data = answers.get(index);
    // Between the look and the reading an archive may have been damaged, or moved away.
    const lost = (data?.problems ?? []).filter((p) => isLost(p) || p.code === 'E_ARCHIVE_LABEL').length;
    const unreadable = damaged.length + hidden.length + lost;
    return { index, node, startNs, endNs, unreadable, ...(data ? { data } : {}) };
  });

/** What could not be read of a job. `lacking`: those of its nodes that do not have all of their data. */
function judgeData(nodes: readonly LookedNode[], lacking: readonly LookedNode[]) {
  const problems: Problem[] = nodes.flatMap((w) => w.damaged.map(({ problem }) => ({ ...problem, node: w.node })));
  const hidden = new Map(lacking.flatMap((w) => w.hidden).map((p) => [p.file, p]));
  const unread = hidden.size > 0 || lacking.some((w) => w.damaged.some(({ problem }) => problem.code === 'E_IO'));
  const cause = lacking.flatMap((w) => [
    ...w.damaged.map(({ problem }) => ({ ...problem, node: w.node })),
    ...w.hidden,
  ])[0];
  return {
    ...{ whole: lacking.length === 0, unread, problems: [...problems, ...hidden.values()] },
    ...(cause ? { cause } : {}),
  };
}

const textsOf = (problems: readonly Problem[]): string[] => [...new Set(problems.map(describeProblem))];

/** The document of a job that was not read. `nodes`: null, if its archives were not looked for; `created`: epoch seconds. */
export function withoutData(
  job: Job,
  skip: Skip,
  { nodes, created }: { readonly nodes: readonly LookedNode[] | null; readonly created: number },
): JobOutcome {
  const coverage = coverageOf(nodes ?? [], new Map());
  // Nobody knows yet what the archives lack that are there: the nodes without any are why the job is not read.
  const lacking = (nodes ?? []).filter((w) => w.archives.length === 0);
  const { problems, unread, cause } = judgeData(nodes ?? [], lacking);
  const document = buildDocument(job, {
    coverage: coverageSection({ expected: job.nodeCount, nodes: coverage, analytics: {} }),
    errors: { job: textsOf(problems) },
    complete: job.nodeCount === 0,
    missing: job.nodeCount,
    flag: skip.flag,
    elapsed: 0,
    created,
    ...(nodes !== null ? { mergetime: 0 } : {}),
  });
  const seen = nodes === null ? {} : { seen: fingerprint(nodes) };
  return { job, document, skip, problems, whole: false, unread, ...(cause ? { cause } : {}), ...seen, seconds: 0 };
}

/** A job that stops us at some point: it alone fails, and is tried again. */
export function withoutDocument(job: Job, cause: unknown): JobOutcome {
  const failure = toProblem(cause);
  return { job, document: null, skip: null, failure, problems: [failure], whole: false, unread: false, seconds: 0 };
}

/** Most nodes of a job whose restarted counters are named: more is a site's maintenance, not news of each node. */
const MAX_RESTARTED = 64;

/** What was wrong with the nodes' archives; a problem that has no file names its node. */
function problemsOf(job: Job, answers: ReadJob['answers']): Problem[] {
  const all = [...answers].flatMap(([index, a]) =>
    a.problems.map((p) => (p.file === undefined ? { ...p, node: job.nodes[index]! } : p)),
  );
  const restarted = [...new Set(all.filter((p) => p.code === 'E_COUNTER_RESET').map((p) => p.node))];
  if (restarted.length <= MAX_RESTARTED) return all;
  const named = new Set(restarted.slice(0, MAX_RESTARTED));
  const message = `counters were restarted on ${counted(restarted.length - MAX_RESTARTED, 'more node')}`;
  const kept = all.filter((p) => p.code !== 'E_COUNTER_RESET' || named.has(p.node));
  return [...kept, { code: 'E_COUNTER_RESET', message }];
}

/**
 * Whether a node's data are enough for a complete job: they need not be of all of its time, unless labels contradict each other as to
 * whose they are, so that what lacks may be what was left out as another host's.
 */
const isEnough = (coverage: NodeCoverage, { problems }: NodeAnswer): boolean =>
  isFull(coverage) || (spansTime(coverage) && !problems.some((p) => p.code === 'E_ARCHIVE_HOST'));

/** What of a run's context a document depends on. */
export interface FinishContext {
  readonly minNodeFraction: number;
  readonly set: AnalyticSet;
  readonly clock: Clock;
}

export function withData(p: ReadJob, spill: Spill, { minNodeFraction, set, clock }: FinishContext): JobOutcome {
  const { job, nodes, answers } = p;
  const mergetime = (performance.now() - p.startedAt) / 1000;
  const began = performance.now();
  const coverage = coverageOf(nodes, answers);
  const lacking = nodes.filter((w, i) => !w.written || !isFull(coverage[i]!));
  const data = judgeData(nodes, lacking);
  const found = problemsOf(job, answers);
  const problems = [...data.problems, ...found];
  if (p.failure) problems.push(p.failure);
  const windows = nodes.filter((w) => w.archives.length > 0);
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
  const texts = textsOf(problems);
  const built = buildDocument(job, {
    summary: parts.summary,
    timeseries: parts.timeseries,
    errors: texts.length > 0 ? { ...parts.errors, job: texts } : parts.errors,
    coverage: coverageSection({
      expected: job.nodeCount,
      nodes: coverage,
      analytics: parts.contributions,
    }),
    hosts: windows.map((w) => ({ index: w.nodeIndex, node: w.node })),
    complete: verdict.complete && reporting.every((w) => isEnough(coverage[w.nodeIndex]!, answers.get(w.nodeIndex)!)),
    missing: verdict.missing,
    ...(verdict.skip ? { flag: verdict.skip.flag } : {}),
    mergetime,
    elapsed: (performance.now() - began) / 1000,
    created: clock(),
  });
  // The same for every sink: one that bounds documents is not to decide what the others get.
  const document = fitDocument(built);
  const seconds = (performance.now() - p.startedAt) / 1000;
  const lost = found.some(isLost) || (p.moved && !data.whole);
  return {
    ...{ job, document, skip: verdict.skip, problems, seconds, whole: data.whole },
    ...{ seen: fingerprint(nodes), unread: data.unread || lost },
    ...(data.cause ? { cause: data.cause } : {}),
    ...(p.failure ? { failure: p.failure } : {}),
  };
}
