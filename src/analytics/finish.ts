// Owns turning the nodes' results of a job into the parts of its document: status, emission, collisions (§1.4, 1.5).

import type { Job } from '../jobs/index.ts';
import type { ConsumerResult, Outcome } from '../reduce/index.ts';
import type { Analytic, JobData, Share } from './analytic.ts';
import { ContributionCounter, type Contributions } from './contribution.ts';
import type { NodeOutcome } from './plan-node.ts';
import { type AnalyticSet, SHIPPED } from './set.ts';

export interface JobParts {
  /** Top-level keys of the summary document. */
  readonly summary: Record<string, unknown>;
  /** Keys of the time-series document; empty: none. */
  readonly timeseries: Record<string, unknown>;
  /** Category → texts (summary-document.md §6). */
  readonly errors: Record<string, string[]>;
  /** Which nodes each class got data from. */
  readonly contributions: Contributions;
}

const STOP_TEXTS: Readonly<Record<string, string>> = {
  ragged: 'metrics have different numbers of values in a record',
  shape: 'the instances changed',
  conversion: 'a value does not have the type of its metric',
  decrease: 'a counter decreased: the collector or the node was restarted',
};

/** The result is read each time it is asked for: those of a large job lie in a file. */
function shareOf(index: number, node: string, s: NodeOutcome['shares'][number]): Share {
  return {
    index,
    node,
    metrics: s.metrics,
    get result() {
      return s.result;
    },
  };
}

/** Texts for `errors.archive` about one consumer. */
function complaints(result: ConsumerResult): string[] {
  const outcomes: Outcome[] = result.stop ? [result.stop] : [];
  for (const r of result.reducers) if (r.kind === 'FIRSTLAST' && r.calls > 0) outcomes.push(r.first, r.last);
  const texts = outcomes.flatMap((o) => {
    if (o.kind === 'skip') return ['missing indom'];
    if (o.kind !== 'stop') return [];
    return o.reason === 'error' ? [`pmError (${o.code})`] : (STOP_TEXTS[o.reason] ?? []);
  });
  if (result.skipped > 0) texts.push('missing indom');
  return texts;
}

/** Whether a node's result makes the analytic appear in the document: its status is no longer "uninitialized". */
function counts(analytic: Analytic, share: Share): boolean {
  const fl = share.result.reducers[0];
  if (fl?.kind !== 'FIRSTLAST' || analytic.section !== 'summary') return true;
  if (fl.calls === 0) return false;
  // A single record leaves the status alone, unless it failed.
  return fl.calls === 2 || fl.first.kind === 'stop';
}

const failed = (value: unknown): boolean => typeof value === 'object' && value !== null && 'error' in value;

/** Most nodes of which the same thing is said singly. */
const MAX_SINGLE = 4;

/** Notes of an analytic in the reference's form, `<node> <analytic> <text>`; what is true of many nodes is one text. */
function textsOf(key: string, notes: ReadonlyMap<string, readonly string[]>): string[] {
  return [...notes].flatMap(([text, nodes]) => {
    if (nodes.length <= MAX_SINGLE) return nodes.map((node) => `${node} ${key} ${text}`);
    return [`${nodes.slice(0, MAX_SINGLE).join(',')} and ${nodes.length - MAX_SINGLE} more nodes ${key} ${text}`];
  });
}

/** Runs every finish; one that throws costs its own result only and is named in `errors.archive`. */
export function finishJob(job: Job, nodes: readonly NodeOutcome[], set: AnalyticSet = SHIPPED): JobParts {
  const summary: Record<string, unknown> = {};
  const timeseries: Record<string, unknown> = {};
  const errors = new Map<string, Set<string>>();
  const complain = (category: string, text: string): void => {
    const set = errors.get(category) ?? new Set();
    errors.set(category, set.add(text));
  };
  const contributions = new ContributionCounter(nodes.map((n) => n.index));
  const data: JobData = { cores: new Map(), cpus: null, perf: null, gpuEnergy: new Map() };
  const sharesOf = (cls: string): Share[] =>
    nodes.flatMap(({ index, node, shares }) => shares.filter((s) => s.cls === cls).map((s) => shareOf(index, node, s)));
  const attempt = (name: string, run: () => void): void => {
    try {
      run();
    } catch (error) {
      complain('archive', `${name} ${error instanceof Error ? error.message : error}`);
    }
  };
  for (const p of set.preprocessors) {
    const shares = sharesOf(p.cls);
    if (shares.length === 0) continue;
    for (const s of shares) contributions.add(p.cls, s.index, s.result);
    attempt(p.cls, () => {
      const result = p.finish(shares, job, data, nodes);
      Object.assign(summary, result.document);
      for (const [category, texts] of Object.entries(result.errors ?? {})) for (const t of texts) complain(category, t);
    });
  }
  for (const a of set.analytics) {
    const shares = sharesOf(a.cls);
    for (const s of shares) {
      const { result } = s;
      contributions.add(a.cls, s.index, result);
      for (const text of complaints(result)) complain('archive', `${s.node} ${a.key} ${text}`);
    }
    if (!shares.some((s) => counts(a, s))) continue;
    attempt(a.key, () => {
      const notes = new Map<string, string[]>();
      const value = a.finish(shares, job, data, (text, node) => {
        const of = notes.get(text);
        if (of) of.push(node);
        else notes.set(text, [node]);
      });
      for (const text of textsOf(a.key, notes)) complain('archive', text);
      const target = a.section === 'summary' ? summary : timeseries;
      // An error never takes the place of a result under the same key.
      if (failed(value) && Object.hasOwn(target, a.key) && !failed(target[a.key])) return;
      target[a.key] = value;
    });
  }
  return {
    summary,
    timeseries,
    errors: Object.fromEntries([...errors].map(([k, set]) => [k, [...set]])),
    contributions: contributions.finish(),
  };
}
