// The golden jobs: all analytics equal the reference, less what deviations.json lists; and `jobsum compare` judges as the tool does.

import { beforeAll, describe, expect, it } from 'vitest';
import { seeded } from '../../fixtures/generate/random.ts';
import {
  compareDocuments,
  type Deviation,
  type Document,
  type Golden,
  holds,
  readDeviations,
  toJson,
} from '../../src/document/index.ts';
import { haveShared } from '../oracle/shared.ts';
import { havePrograms } from '../support/programs.ts';
import { schemaFaults } from '../support/schema.ts';
import { type GoldenCase, goldenCases, READERS, summarizeCase } from './cases.ts';
import { judge } from './compare.ts';

const DEVIATIONS = readDeviations();
const ready = haveShared('golden jobs');
const cases = ready ? goldenCases() : [];
const named = (name: string): GoldenCase => cases.find((g) => g.case === name)!;

/** As they are written to files: NaN is a text. */
const stored = (document: Document): Record<string, unknown> => JSON.parse(toJson(document));

const differences = (golden: GoldenCase, ours: Record<string, unknown>, deviations: readonly Deviation[]) =>
  compareDocuments(golden as unknown as Golden, ours, { deviations });

const summaries = new Map<string, Map<string, Record<string, unknown>>>();
function documentsBy(reader: keyof typeof READERS): Map<string, Record<string, unknown>> {
  let documents = summaries.get(reader);
  if (!documents) {
    documents = new Map(cases.map((g) => [g.case, stored(summarizeCase(g, READERS[reader]))]));
    summaries.set(reader, documents);
  }
  return documents;
}

describe.runIf(ready).each(Object.keys(READERS) as (keyof typeof READERS)[])('golden jobs, read by %s', (reader) => {
  let documents: Map<string, Record<string, unknown>>;

  beforeAll(() => {
    documents = documentsBy(reader);
  });

  it('are all there', () => {
    expect(cases.length).toBeGreaterThan(90);
  });

  it.each(cases.map((g) => [g.case, g] as const))('%s', (name, golden) => {
    const result = differences(golden, documents.get(name)!, DEVIATIONS);
    expect(result.differences).toEqual([]);
    expect(schemaFaults(documents.get(name)! as Document)).toEqual([]);
    // Four are the summarization; what has none of our analytics has no more.
    expect(result.compared).toBeGreaterThanOrEqual(2);
  });

  it.each(cases.map((g) => [g.case, g] as const))('%s: nodes of the series', (name, golden) => {
    const ours = documents.get(name)!.timeseries as { hosts: unknown; version: unknown } | undefined;
    const theirs = golden.document.timeseries as { hosts: unknown; version: unknown } | undefined;
    expect({ hosts: ours?.hosts, version: ours?.version }).toEqual({ hosts: theirs?.hosts, version: theirs?.version });
  });
});

describe.runIf(ready)('golden jobs with --as-reference', () => {
  const ofCounters = (d: Deviation): boolean => d.said?.includes('E_COUNTER_RESET') === true;
  const affected = cases.filter(
    (g) => DEVIATIONS.some((d) => ofCounters(d) && d.seen?.includes(g.case)) || g.job.normalization,
  );

  it.each(affected.map((g) => [g.case, g] as const))('%s: counters as the reference takes them', (_, golden) => {
    const others = DEVIATIONS.filter((d) => !ofCounters(d));
    for (const read of Object.values(READERS)) {
      const document = stored(summarizeCase(golden, read, true));
      expect(differences(golden, document, others).differences).toEqual([]);
      expect(JSON.stringify(document.errors ?? {})).not.toContain('E_COUNTER_RESET');
    }
  });

  it('are those of which counters went back', () => {
    expect(affected.map((g) => g.case)).toEqual([
      ...['perf-reset', 'reset-disk', 'tacc-wrap48', 'wrap32-normalised', 'wrap32-plain'],
    ]);
  });
});

describe.runIf(ready)('deviations', () => {
  let documents: Map<string, Record<string, unknown>>;

  beforeAll(() => {
    documents = documentsBy('WASM');
  });

  it('are seen where they say so', () => {
    const idle = DEVIATIONS.flatMap((deviation) =>
      (deviation.seen ?? [])
        .filter((name) => {
          const others = DEVIATIONS.filter((d) => d !== deviation);
          return differences(named(name), documents.get(name)!, others).differences.length === 0;
        })
        .map((name) => `${deviation.path} in ${name}`),
    );
    expect(idle).toEqual([]);
  });

  it('all say what and why', () => {
    for (const { path, what, why } of DEVIATIONS) expect(path && what && why).toBeTruthy();
    const listed = DEVIATIONS.flatMap(({ why }) => /^analytics\.md 3\.3 #(\d+)/.exec(why)?.[1] ?? []).map(Number);
    // Every deviation that analytics.md recommends.
    expect(listed).toEqual(expect.arrayContaining(Array.from({ length: 15 }, (_, i) => i + 1)));
    const others = DEVIATIONS.filter(({ why }) => !/^analytics\.md/.test(why)).map(({ why }) => why);
    for (const why of others) expect(why).toMatch(/^not in 3\.3: |^run metadata, /);
  });
});

describe.runIf(ready && havePrograms('verdicts of compare_summary.py', 'python3'))('verdicts', () => {
  /** As the tool takes them: without conditions. */
  const plain = (golden: GoldenCase, ours: Record<string, unknown>): Deviation[] =>
    DEVIATIONS.filter((d) => !d.whole && holds(d, { golden: golden.document, ours }));

  it.each([
    ['without deviations', () => []],
    ['with those that hold', plain],
  ] as const)('are those of compare_summary.py, %s', (_, choose) => {
    const documents = documentsBy('WASM');
    const pairs = cases.map((g) => {
      const document = documents.get(g.case)!;
      return { name: g.case, golden: g, document, deviations: choose(g, document) };
    });
    judge(pairs).forEach(({ code, compared, differences: theirs }, i) => {
      const { golden, document, deviations } = pairs[i]!;
      const ours = differences(golden, document, deviations);
      expect([golden.case, ours.compared, ours.differences.map((d) => d.path)]).toEqual([
        golden.case,
        compared,
        theirs.map((d) => d.path),
      ]);
      expect(code).toBe(ours.differences.length === 0 ? 0 : 1);
    });
  });

  it('are the same on documents that were tampered with', () => {
    const documents = documentsBy('WASM');
    const pairs = cases.map((g, i) => {
      const document = tampered(documents.get(g.case)!, i);
      return { name: g.case, golden: g, document, deviations: [] };
    });
    judge(pairs).forEach(({ compared, differences: theirs }, i) => {
      const ours = differences(pairs[i]!.golden, pairs[i]!.document, []);
      expect([ours.compared, ours.differences.map((d) => d.path)]).toEqual([compared, theirs.map((d) => d.path)]);
    });
  });
});

/** A copy in which some values are others: shorter, absent, of another type, or beyond the tolerance. */
function tampered(document: Record<string, unknown>, seed: number): Record<string, unknown> {
  const random = seeded(String(seed));
  const change = (x: unknown): unknown => {
    const odd = random() < 1 / 41;
    if (Array.isArray(x)) return (odd ? x.slice(1) : x).map(change);
    if (typeof x === 'object' && x !== null) {
      const entries = Object.entries(x).filter(() => random() > 1 / 53);
      return Object.fromEntries(entries.map(([key, value]) => [key, change(value)]));
    }
    if (typeof x === 'number' && odd)
      return [x * (1 + 2e-9), x * (1 + 1e-10), String(x), null, 'NaN'][Math.floor(random() * 5)];
    return x;
  };
  return change(document) as Record<string, unknown>;
}
