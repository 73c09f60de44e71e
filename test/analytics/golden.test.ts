// The golden jobs: every analytic of this version equals the reference, less the committed deviations (test/deviations.json).

import { beforeAll, describe, expect, it } from 'vitest';
import type { Document } from '../../src/document/index.ts';
import { haveShared } from '../oracle/shared.ts';
import { schemaFaults } from '../support/schema.ts';
import { type GoldenCase, goldenCases, READERS, summarizeCase } from './cases.ts';
import { compareCase, DEVIATIONS, havePython } from './compare.ts';

const ready = haveShared('golden jobs') && havePythonOrSay();
const cases = ready ? goldenCases() : [];

function havePythonOrSay(): boolean {
  if (havePython()) return true;
  if (process.env.CI === 'true') throw new Error('python3 is needed to compare with the golden jobs');
  console.log('skipped, no python3: golden jobs');
  return false;
}

describe.runIf(ready).each(Object.entries(READERS))('golden jobs, read by %s', (_, read) => {
  const documents = new Map<string, Document>();
  const named = (name: string): GoldenCase => cases.find((g) => g.case === name)!;

  beforeAll(() => {
    for (const golden of cases) documents.set(golden.case, summarizeCase(golden, read));
  });

  it('are all there', () => {
    expect(cases.length).toBeGreaterThan(90);
  });

  it.each(cases.map((g) => [g.case, g] as const))('%s', (name, golden) => {
    const { compared, differences } = compareCase(golden, documents.get(name)!);
    expect(differences).toEqual([]);
    expect(schemaFaults(documents.get(name)!)).toEqual([]);
    // Four are the summarization; what has none of our analytics has no more.
    expect(compared).toBeGreaterThanOrEqual(2);
  });

  it.each(cases.map((g) => [g.case, g] as const))('%s: nodes of the series', (name, golden) => {
    const ours = documents.get(name)!.timeseries as { hosts: unknown; version: unknown } | undefined;
    const theirs = golden.document.timeseries as { hosts: unknown; version: unknown } | undefined;
    if (ours === undefined) return;
    expect({ hosts: ours.hosts, version: ours.version }).toEqual({ hosts: theirs?.hosts, version: theirs?.version });
  });

  it('differ from the reference where the deviations say so', () => {
    const idle = DEVIATIONS.flatMap((deviation) =>
      (deviation.cases ?? ['linux-1node']).filter((name) => {
        const others = DEVIATIONS.filter((d) => d !== deviation);
        return compareCase(named(name), documents.get(name)!, others).differences.length === 0;
      }),
    );
    expect(idle).toEqual([]);
  });
});
