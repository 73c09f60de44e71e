// Damage between what is wanted: both engines, `check`, `dump` and the library use the same records, and the damage is named.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/kernel/index.ts';
import { checkArchive, decodeNode, decodeNodeByRows, openArchive, Wasm } from '../../src/pcp/index.ts';
import { haveShared } from '../oracle/shared.ts';
import { jobsum } from '../support/cli.ts';
import { documentOf, field } from '../support/field.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const codesOf = (problems: readonly { readonly code: string }[]): string[] =>
  [...new Set(problems.map((p) => p.code))].sort();

/** What both engines make of one metric over all times. */
function decoded(base: string, metric: string) {
  const window = {
    ...{ startNs: -(2n ** 63n) + 1n, endNs: 2n ** 63n - 1n, walltime: 100, archives: [0] },
    declare: (has: (name: string) => boolean) =>
      [metric].filter(has).map((name) => ({
        ...{ metrics: [name], mode: 'all' as const },
        reducers: [{ kind: 'ROLL' as const, lane: { fold: 'each' as const, rows: [{ metric: 0 }] } }],
      })),
  };
  const [a, b] = [decodeNode, decodeNodeByRows].map((decode) => {
    const { coverage, consumers, problems } = decode(new Wasm(), {
      ...{ archives: [base], wanted: [metric], windows: [window] },
    }).windows[0]!;
    return { coverage, consumers, problems };
  });
  expect(a).toEqual(b);
  return a!;
}

/** Records that `archive dump` gives, by their heads. */
async function dumped(base: string): Promise<{ records: number; stderr: string }> {
  const ran = await jobsum(['archive', 'dump', base, '--ndjson'], { cwd: dir });
  // Data were damaged.
  expect(ran.code).toBe(65);
  return { records: ran.stdout.trimEnd().split('\n').length, stderr: ran.stderr };
}

describe.runIf(haveShared('damage of the field'))('of the field', () => {
  it.each([
    ['damage-between/00042-poked-dupname-b', 'hinv.cpu.clock', 236, ['E_ARCHIVE_CLOCK', 'E_ARCHIVE_RECORD']],
    ['check-vs-summarize/n1/20261125', 'mem.util.free', 121, ['E_ARCHIVE_RECORD']],
  ])('%s: the same is used by all', async (name, metric, records, codes) => {
    const base = field(name);
    const { coverage, problems } = decoded(base, metric);
    expect(coverage.records).toBe(records);
    expect(codesOf(problems)).toEqual(codes);
    const check = checkArchive(base);
    expect(check.records).toBe(records);
    expect(codesOf(check.findings)).toEqual(codes);
    let said: readonly Problem[] = [];
    const given = [...openArchive(base).records({ onProblems: (p) => (said = p) })];
    expect(given).toHaveLength(records);
    expect(codesOf(said)).toEqual(codes);
    const dump = await dumped(base);
    expect(dump.records).toBe(records);
    for (const code of codes) expect(dump.stderr).toContain(code);
  });

  it.each(['wasm', 'ts'] as const)(
    'records that are not filled count in the document with their values, and are named (%s)',
    async (engine) => {
      const cwd = join(dir, engine);
      mkdirSync(cwd);
      const document = await documentOf(field('check-vs-summarize'), cwd, engine);
      expect(document.coverage).toMatchObject({ records: 81, archives: 1, covered: 2401 });
      expect(document.block).toMatchObject({ sda: { read: { avg: 24_000 }, write_bytes: { avg: 480_000 } } });
      expect(document.errors!.job).toContainEqual(
        expect.stringMatching(/^E_ARCHIVE_RECORD: value sets and blocks do not fill the record/),
      );
    },
  );
});
