// The TypeScript engine of `--engine ts` gives the documents of the decoder: on the golden jobs, and as a user asks for it.

import { describe, expect, it } from 'vitest';
import { haveShared } from '../oracle/shared.ts';
import { CLUSTER, documentsOf, jobsum } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';
import { byRows, goldenCases, READERS, summarizeCase } from './cases.ts';

const cases = haveShared('golden jobs by both engines') ? goldenCases() : [];

describe('--engine ts', () => {
  it.each(cases.map((g) => [g.case, g] as const))('gives the same document: %s', (_, golden) => {
    expect(summarizeCase(golden, byRows)).toEqual(summarizeCase(golden, READERS.WASM));
  });

  it('gives the same for the example cluster, whose nodes have several jobs', async () => {
    const cwd = tempDir();
    const args = ['summarize', ...CLUSTER, '--again', '--output', 'ndjson:-'];
    const wasm = await jobsum(args, { cwd });
    const ts = await jobsum([...args, '--engine', 'ts'], { cwd });
    expect(documentsOf(ts.stdout).size).toBe(9);
    expect(documentsOf(ts.stdout)).toEqual(documentsOf(wasm.stdout));
  });
});
