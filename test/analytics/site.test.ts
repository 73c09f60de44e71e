// A site's own analytics: the worked example as a user runs it; and none of the ways of being broken costs a document.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadAnalyticModules } from '../../src/analytics/index.ts';
import { CLUSTER, documentsOf, FIXTURES, jobsum } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
/** Keys of the analytics in these tests. */
const OWN = ['idle_gpus', 'good', 'spoils'];
const EXAMPLE = `${FIXTURES}site/idle-gpus.mjs`;

const module = (name: string, text: string): string => {
  const path = join(dir, `${name}.mjs`);
  writeFileSync(path, text);
  return path;
};

/** A declaration that works, with parts of it replaced. */
const declared = (parts: string, cls = 'Mine', key = 'mine'): string => `{
  cls: '${cls}', key: '${key}', section: 'summary', alternatives: [['hinv.ncpu']],
  declare: () => ({ mode: 'all', reducers: [{ kind: 'LATCH', lane: { fold: 'first', rows: [{ metric: 0 }] } }] }),
  finish: (shares) => ({ cpus: shares.map((s) => s.result.reducers[0].value) }),
  ${parts}
}`;

describe('loading', () => {
  it('takes one analytic or a list of them', async () => {
    const several = module('several', `export default [${declared('')}, ${declared('', 'Other', 'other')}]`);
    const { analytics, files, problems } = await loadAnalyticModules([EXAMPLE, several]);
    expect(problems).toEqual([]);
    expect(files).toEqual([EXAMPLE, several]);
    expect(analytics.map((a) => [a.cls, a.key])).toEqual([
      ['IdleGpus', 'idle_gpus'],
      ['Mine', 'mine'],
      ['Other', 'other'],
    ]);
  });

  it.each([
    ['throws', "throw new Error('no licence')", 'no licence'],
    ['syntax', 'export default {', /Unexpected|syntax/],
    ['nothing', 'export const x = 1', 'no default export'],
    ['text', "export default 'x'", 'expected an object'],
    ['class', `export default ${declared("cls: '../x',")}`, 'cls: expected a class name'],
    ['key', `export default ${declared("key: 'a.b',")}`, 'key: expected a key'],
    ['taken', `export default ${declared("key: 'cpu',")}`, 'the key cpu is taken'],
    ['reserved', `export default ${declared("key: 'acct',")}`, 'the key acct is taken'],
    ['twin', `export default ${declared("cls: 'CpuUsage',")}`, 'the class CpuUsage is taken'],
    ['section', `export default ${declared("section: 'other',")}`, 'section'],
    ['metrics', `export default ${declared('alternatives: [],')}`, 'alternatives'],
    ['functions', `export default ${declared('finish: 7,')}`, 'finish: expected a function'],
    ['getter', `export default ${declared("get key() { throw new Error('moody') },")}`, 'moody'],
    ['waits', 'await new Promise(() => {}); export default 1', 'not loaded within'],
  ])('reports a module that is broken: %s', async (name, text, found) => {
    const { analytics, files, problems } = await loadAnalyticModules([module(`broken-${name}`, text), EXAMPLE], 300);
    expect(analytics.map((a) => a.cls)).toEqual(['IdleGpus']);
    expect(files).toEqual([EXAMPLE]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code: 'E_ANALYTIC', file: join(dir, `broken-${name}.mjs`) });
    expect(problems[0]!.found).toMatch(found);
  });

  it('reports a module that is not there', async () => {
    const { problems } = await loadAnalyticModules([join(dir, 'absent.mjs')]);
    expect(problems[0]).toMatchObject({ code: 'E_ANALYTIC' });
  });
});

describe('a declaration', () => {
  const lane = '{ fold: "each", rows: [{ metric: 0 }] }';
  it.each([
    ['of a reducer that there is not', `reducers: [{ kind: 'SUM', lane: ${lane} }]`],
    ['beyond its metrics', `reducers: [{ kind: 'ROLL', lane: { fold: 'sum', rows: [{ metric: 1 }] } }]`],
    ['with a half index', `reducers: [{ kind: 'ROLL', lane: { fold: 'sum', rows: [{ metric: 0.5 }] } }]`],
    ['with labels beyond', `labels: 3, reducers: [{ kind: 'ROLL', lane: ${lane} }]`],
    ['of FIRSTLAST for every record', `reducers: [{ kind: 'FIRSTLAST' }]`],
    ['of ROLL for first and last', `mode: 'firstlast', reducers: [{ kind: 'ROLL', lane: ${lane} }]`],
    ['of a vector for one value', `reducers: [{ kind: 'LATCH', lane: ${lane} }]`],
    ['of nothing to sample', `reducers: [{ kind: 'SUBSAMPLE' }]`],
    ['of TALLY that is not raw', `reducers: [{ kind: 'TALLY', metrics: [0] }]`],
    ['of columns that there are not', `reducers: [{ kind: 'DUTY' }]`],
    [
      'of a sum that there is not',
      `columns: 'follow', reducers: [{ kind: 'FULLSERIES', value: { wrapsum: 0 }, keep: 'hull' }]`,
    ],
    ['of an instance without name', `reducers: [{ kind: 'LATCH', lane: { fold: 'match', rows: [{ metric: 0 }] } }]`],
    ['with a number that is none', `floor: NaN, reducers: [{ kind: 'ROLL', lane: ${lane} }]`],
    ['with an unknown word', `modus: 1, reducers: [{ kind: 'ROLL', lane: ${lane} }]`],
    ['without reducers', 'reducers: []'],
  ])('%s is refused before the decoder sees it', async (name, spec) => {
    const text = `export default ${declared(`declare: () => ({ mode: 'all', ${spec} }),`)}`;
    const { analytics } = await loadAnalyticModules([module(`spec ${name}`, text)]);
    const job = { jobId: '1', start: 0, end: 1, nodes: [], nodeCount: 1, walltime: 1, acct: {} };
    expect(() => analytics[0]!.declare(['hinv.ncpu'], job)).toThrow(TypeError);
  });
});

it('the manual shows the worked example', () => {
  const code = readFileSync(EXAMPLE, 'utf8');
  const page = readFileSync(new URL('../../src/manual/own-analytics.md', import.meta.url), 'utf8');
  expect(page).toContain(code.slice(code.indexOf('export default')).trimEnd());
});

describe('summarize --analytic', () => {
  const only = ['--job', '1004', '--job', '1003'];
  const run = async (files: readonly string[], where: string) => {
    const cwd = join(dir, where);
    mkdirSync(cwd);
    const given = files.flatMap((f) => ['--analytic', f]);
    const ran = await jobsum(['summarize', ...CLUSTER, ...only, ...given, '--output', 'ndjson:-'], { cwd });
    return { ...ran, documents: documentsOf(ran.stdout, OWN) as Map<string, Record<string, unknown>> };
  };

  it('gives the worked example its place in the document', async () => {
    const { code, documents } = await run([EXAMPLE], 'example');
    expect(code).toBe(0);
    const document = documents.get('1004-1772427600') as unknown as Record<string, { idle: string[]; peak: object }>;
    expect(document.idle_gpus).toMatchObject({ idle: [], peak: { cnt: 6 } });
    expect(document.coverage).toMatchObject({ analytics: { IdleGpus: { nodes: 3 } } });
  });

  it('keeps every document whatever else is broken, and says what', async () => {
    const bad = (name: string, parts: string): string =>
      module(name, `export default ${declared(parts, `C${name}`, name)}`);
    const files = [
      module('import', "throw new Error('at import')"),
      bad('declares', "declare: () => { throw new Error('no declaration') },"),
      bad('misdeclares', "declare: () => ({ mode: 'all', reducers: [{ kind: 'ROLL' }] }),"),
      bad('throws', "finish: () => { throw new Error('no result') },"),
      bad('promises', 'finish: async () => 1,'),
      bad('functions', 'finish: () => ({ f: () => 1 }),'),
      bad('cycles', 'finish: () => { const a = {}; a.a = a; return a; },'),
      bad('maps', 'finish: () => new Map([[1, 2]]),'),
      bad('nothing', 'finish: () => undefined,'),
      bad(
        'spoils',
        'finish: (shares, job, data) => { job.acct = null; data.cores.clear(); shares.length = 0; return 1; },',
      ),
      bad('good', ''),
      EXAMPLE,
    ];
    const { code, stderr, documents } = await run(files, 'broken');
    expect(code).toBe(1);
    expect(stderr).toContain('E_ANALYTIC');
    expect(stderr).toContain('at import');
    expect(documents.size).toBe(2);
    const document = documents.get('1004-1772427600')!;
    const { errors, idle_gpus, good, spoils, coverage, ...rest } = document;
    expect(good).toEqual({ cpus: [4, 4, 4] });
    expect(spoils).toBe(1);
    expect(idle_gpus).toBeDefined();
    const texts = (errors as { archive: string[]; job: string[] }).archive.join('\n');
    for (const [key, text] of [
      ['throws', 'no result'],
      ['promises', 'Promise'],
      ['functions', 'at f that cannot be stored: a function'],
      ['cycles', 'nested'],
      ['maps', 'Map'],
      ['nothing', 'undefined'],
    ])
      expect(texts).toMatch(new RegExp(`${key}.*${text}`));
    const declarations = (errors as { job: string[] }).job.join('\n');
    expect(declarations).toContain('no declaration');
    expect(declarations).toContain('Cmisdeclares');
    // All else is as without them.
    const { coverage: _, ...expected } = JSON.parse(readFileSync(`${FIXTURES}expected/1004.json`, 'utf8')) as object & {
      coverage: unknown;
    };
    expect(rest).toEqual(documentsOf(JSON.stringify(expected)).get('1004-1772427600'));
    expect(coverage).toBeDefined();
  });
});
