// The catalogue: every directory layout, incremental scans, look-up by host, time and job, and the plan of tasks.

import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  adjustWindow,
  CATALOG_SCHEMA,
  Catalog,
  lookupNode,
  parseArchiveJob,
  planTasks,
  type WantedWindow,
} from '../../src/catalog/index.ts';
import { FILES } from '../../src/catalog/scan.ts';
import { ownScanner } from '../../src/catalog/scanner.ts';
import { Store } from '../../src/databases/index.ts';
import type { Job } from '../../src/jobs/index.ts';
import { ArchiveWriter, NO_INDOM, pmid, probeArchive, UNITS } from '../../src/pcp/index.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const root = join(dir, 'root');
const T0 = 1_772_409_600;
const NS = 1_000_000_000n;

/** An archive with a record a minute. */
function archive(base: string, host: string, start: number, end: number): void {
  const path = join(root, base);
  mkdirSync(dirname(path), { recursive: true });
  const w = new ArchiveWriter(path, { version: 3, host, startNs: BigInt(start) * NS });
  const id = pmid(60, 0, 1);
  w.metric({ name: 'a.b', pmid: id, type: 'u32', indom: NO_INDOM, semantics: 'instant', units: UNITS.none });
  for (let t = start; t <= end; t += 60) w.record(BigInt(t) * NS, [{ pmid: id, type: 'u32', ids: [-1], values: [t] }]);
  w.close();
}

const job = (id: string, start: number, end: number, acct: Record<string, unknown> = {}): Job => ({
  ...{ jobId: id, start, end, nodes: ['n01'], nodeCount: 1, walltime: end - start },
  acct: { id, local_job_id: id, start_time: start, end_time: end, ...acct },
});

let store: Store;
let catalog: Catalog;
let probed: string[] = [];

beforeAll(() => {
  archive('2026/03/n01/2026-03-02/20260302.00.00', 'other-name.example.org', T0, T0 + 3600);
  archive('n02/2026/03/02/20260302.00.00', 'wrong', T0, T0 + 3600);
  archive('n03/202603/20260302.00.00', 'n03.example.org', T0, T0 + 3600);
  archive('n04/20260302', 'N04.example.org', T0, T0 + 3600);
  archive('n04/job-77-begin-20260302.00.10.00', 'n04', T0 + 595, T0 + 595);
  archive('n04/job-88[3]-end-20260302.00.10.00', 'n04', T0 + 900, T0 + 900);
  archive('2026/03/n01/2026-03-02/20260302.01.00', 'n01', T0 + 3660, T0 + 7200);
  mkdirSync(join(root, 'n05'), { recursive: true });
  writeFileSync(join(root, 'n05/20260302.meta'), 'not an archive');
  writeFileSync(join(root, 'n05/20260302.0'), '');
  writeFileSync(join(root, 'README'), 'nothing');
  store = new Store(join(dir, 'store.db'), [CATALOG_SCHEMA]);
  const scanner = ownScanner(FILES, (path, members) => {
    probed.push(path);
    return probeArchive(path, members);
  });
  catalog = new Catalog(store, root, { scanner });
});

describe('the catalogue', () => {
  it('finds every layout and says what cannot be read', async () => {
    const report = await catalog.refresh();
    expect(report).toMatchObject({ archives: 8, opened: 8, vanished: 0 });
    expect(report.problems).toHaveLength(1);
    expect(report.problems[0]?.code).toMatch(/^E_ARCHIVE_/);
    const bases = (host: string) => catalog.overlapping(host, BigInt(T0) * NS, BigInt(T0 + 60) * NS).map((a) => a.base);
    expect(bases('n01')).toEqual(['2026/03/n01/2026-03-02/20260302.00.00']);
    expect(bases('n02')).toEqual(['n02/2026/03/02/20260302.00.00']);
    expect(bases('n03.example.org')).toEqual(['n03/202603/20260302.00.00']);
    // Without a job's archives, whose time means little.
    expect(bases('n04')).toEqual(['n04/20260302']);
  });

  it('opens nothing again that has not changed', async () => {
    probed = [];
    const report = await catalog.refresh();
    expect(report).toMatchObject({ archives: 8, opened: 0 });
    // The unreadable one is told of again, from memory.
    expect(report.problems).toHaveLength(1);
    expect(probed).toEqual([]);
  });

  it('opens what is new or has grown, and forgets what is gone', async () => {
    probed = [];
    archive('n03/202603/20260302.00.00', 'n03.example.org', T0, T0 + 7200);
    archive('n06/20260302', 'n06', T0, T0 + 60);
    for (const f of ['meta', 'index', '0']) rmSync(join(root, `n02/2026/03/02/20260302.00.00.${f}`));
    expect(await catalog.refresh()).toMatchObject({ archives: 8, opened: 2, vanished: 1 });
    expect(probed.map((p) => p.slice(root.length + 1)).sort()).toEqual(['n03/202603/20260302.00.00', 'n06/20260302']);
    expect(catalog.overlapping('n03', BigInt(T0 + 7000) * NS, BigInt(T0 + 7100) * NS)).toHaveLength(1);
    expect(catalog.overlapping('n02', BigInt(T0) * NS, BigInt(T0 + 60) * NS)).toEqual([]);
  });

  it('finds a host that has come since it was asked', async () => {
    const of = { ...job('1', T0, T0 + 600), nodes: ['n09'] };
    expect(lookupNode(catalog, of, 'n09').archives).toEqual([]);
    archive('n09/20260302', 'n09', T0, T0 + 600);
    await catalog.refresh();
    expect(lookupNode(catalog, of, 'n09').archives).toHaveLength(1);
    rmSync(join(root, 'n09'), { recursive: true });
    await catalog.refresh();
    expect(lookupNode(catalog, of, 'n09').archives).toEqual([]);
  });

  it('does not mind an archive without index', async () => {
    archive('n07/20260302', 'n07', T0, T0 + 60);
    rmSync(join(root, 'n07/20260302.index'));
    await catalog.refresh();
    expect(catalog.overlapping('n07', BigInt(T0) * NS, BigInt(T0 + 60) * NS)).toHaveLength(1);
  });

  it('keeps two roots apart', async () => {
    const other = join(dir, 'other');
    mkdirSync(other);
    for (const f of ['meta', 'index', '0']) copyFileSync(join(root, `n06/20260302.${f}`), join(other, `x.${f}`));
    const second = new Catalog(store, other);
    expect(await second.refresh()).toMatchObject({ archives: 1, vanished: 0 });
    expect(second.overlapping('n01', 0n, 2n ** 62n)).toEqual([]);
    expect(catalog.overlapping('n01', 0n, 2n ** 62n)).toHaveLength(2);
  });
});

describe('look-up', () => {
  it('takes the archives that overlap the job, in order of time', () => {
    const found = lookupNode(catalog, job('1', T0 + 3500, T0 + 4000), 'n01');
    expect(found.archives.map((a) => a.base.slice(-5))).toEqual(['00.00', '01.00']);
    expect(found).toMatchObject({ startNs: BigInt(T0 + 3500) * NS, endNs: BigInt(T0 + 4001) * NS });
    expect(lookupNode(catalog, job('1', T0 - 500, T0 - 400), 'n01').archives).toEqual([]);
  });

  it('tells hosts of the same short name apart where both names are whole', () => {
    const of = (host: string) => catalog.overlapping(host, 0n, 2n ** 62n).length;
    expect([of('n03'), of('n03.example.org'), of('N03.EXAMPLE.ORG'), of('n03.other.org')]).toEqual([1, 1, 1, 0]);
    // The path has no domain to compare.
    expect(of('n01.other.org')).toBe(of('n01'));
  });

  it('adds the archives of the job itself, which may widen its window', () => {
    const found = lookupNode(catalog, job('77', T0 + 600, T0 + 1200, { local_job_id_raw: 77 }), 'n04');
    expect(found.archives.map((a) => a.base)).toEqual(['n04/20260302', 'n04/job-77-begin-20260302.00.10.00']);
    expect(found.startNs).toBe(BigInt(T0 + 595) * NS);
    // A begin archive far from the job's begin belongs to another run with the same id.
    const later = lookupNode(catalog, job('77', T0 + 1600, T0 + 2200, { local_job_id_raw: 77 }), 'n04');
    expect(later.startNs).toBe(BigInt(T0 + 1600) * NS);
  });

  it('finds an array task by its leader and index', () => {
    const acct = { local_job_id: '88', local_job_array_index: 3, local_job_id_raw: 90 };
    const found = lookupNode(catalog, job('90', T0 + 300, T0 + 900, acct), 'n04');
    expect(found.archives.map((a) => a.base)).toContain('n04/job-88[3]-end-20260302.00.10.00');
  });

  it('takes the archives that the job names, if it does', () => {
    const named = { ...job('1', T0, T0 + 60), archives: { n01: ['n06/20260302', 'absent'] } };
    expect(lookupNode(catalog, named, 'n01').archives.map((a) => a.base)).toEqual(['n06/20260302']);
  });

  it.each([
    ['job-972366-begin-20200101.00.00.00', { local: -1, index: -1, raw: 972366 }],
    ['job-501_3-end-x', { local: 501, index: 3, raw: -1 }],
    ['job-501[3]-end-x', { local: 501, index: 3, raw: -1 }],
    ['job-x', null],
    ['20200101.00.00', null],
  ])('reads the name %s', (name, ids) => {
    expect(parseArchiveJob(name)).toEqual(ids);
  });

  describe('the window', () => {
    const of = (jobId: string, acct: Job['acct'] = {}): Job => ({ ...job(jobId, 1000, 2000), acct });
    /** Begin and end archives by name, from and to these seconds. */
    const window = (of: Job, archives: Readonly<Record<string, readonly [number, number]>>): number[] => {
      const entries = Object.entries(archives).map(([name, [start, end]]) => {
        const ns = (seconds: number): bigint => BigInt(Math.round(seconds * 1000)) * 1_000_000n;
        return { base: `n1/${name}`, bytes: 1, startNs: ns(start), endNs: ns(end), revision: 0 };
      });
      const { startNs, endNs } = adjustWindow(of, entries);
      return [Number(startNs / NS), Number(endNs / NS)];
    };

    it.each([
      [{}, 1000, 2001],
      [{ '20200101.00.00': [970, 2031] }, 1000, 2001],
      [{ 'job-5-begin-x': [970.8, 1040] }, 970, 2001],
      [{ 'job-5-begin-x': [969.99, 1040] }, 1000, 2001],
      [{ 'job-5-begin-x': [1030.9, 1040] }, 1030, 2001],
      [{ 'job-5-end-x': [2030.5, 2031] }, 1000, 2031],
      [{ 'job-5-end-x': [2030.5, 2031.1] }, 1000, 2001],
      [{ 'job-5-end-x': [1970, 1970.2] }, 1000, 1971],
      [{ 'job-55-begin-x': [1001, 1040], 'job-5-postbegin-x': [1002, 1040] }, 1000, 2001],
    ] as const)('is moved by archives of the job alone, at most 30 s: %j', (archives, start, end) => {
      expect(window(of('5'), archives)).toEqual([start, end]);
    });

    it.each([
      ['an element by its raw id', '500_3', { local_job_id_raw: 512 }, 'job-512'],
      ['an element by the shown id', '512', { local_job_id: '500', local_job_array_index: 3 }, 'job-500_3'],
      ['an element of PBS', '500[3].server', {}, 'job-500[3].server'],
      ['an element that is known by its name alone', '500_3', { id: '500_3', local_job_id: '500_3' }, 'job-500_3'],
      ['a job with a server', '7.server', { local_job_id: '7.server' }, 'job-7.server'],
      ['a job whose archives have the server', '7', {}, 'job-7.front-end-1'],
    ])('is moved by archives of %s', (_, id, acct, name) => {
      const archives = {
        [`${name}-begin-20200101.00.00.00`]: [1002.5, 1032],
        [`${name}-end-20200101.00.10.00`]: [2003, 2003.5],
      } as const;
      expect(window(of(id, acct), archives)).toEqual([1002, 2004]);
      expect(window(of('1', { local_job_id: '501', local_job_array_index: 3 }), archives)).toEqual([1000, 2001]);
    });

    it('is that of its own run where the job was requeued within 30 s', () => {
      const first = { ...job('5', 1000, 1005), acct: {} };
      const second = { ...job('5', 1025, 1031), acct: {} };
      const all = {
        'job-5-begin-a': [1000.5, 1030.5],
        'job-5-end-a': [1005.5, 1006],
        'job-5-begin-b': [1025.5, 1055.5],
        'job-5-end-b': [1032.5, 1033],
      } as const;
      expect(window(first, all)).toEqual([1000, 1006]);
      expect(window(second, all)).toEqual([1025, 1033]);
      // Of each run one is missing.
      const { 'job-5-begin-a': _, 'job-5-end-b': __, ...rest } = all;
      expect(window(first, rest)).toEqual([1000, 1006]);
      expect(window(second, rest)).toEqual([1025, 1032]);
      expect(window(first, { 'job-5-begin-b': all['job-5-begin-b'] })).toEqual([1000, 1006]);
      expect(window(second, { 'job-5-end-a': all['job-5-end-a'] })).toEqual([1025, 1032]);
      expect(window(first, { 'job-5-begin-b': [1025, 1055], 'job-5-end-z': [979, 980] })).toEqual([1000, 1006]);
    });
  });
});

describe('the plan', () => {
  const window = (jobKey: number, node: string, bases: readonly string[]): WantedWindow => ({
    ...{ jobKey, nodeIndex: 0, node, startNs: BigInt(jobKey), endNs: BigInt(jobKey + 1) },
    archives: bases.map((base) => ({ base, bytes: 10, startNs: 0n, endNs: 1n, revision: 0 })),
  });

  it('reads every archive once for all jobs on it', () => {
    const tasks = planTasks([
      window(1, 'a', ['x']),
      window(2, 'a', ['x', 'y']),
      window(3, 'a', ['z']),
      window(4, 'b', ['x2']),
    ]);
    expect(tasks.map((t) => [t.node, t.archives.map((a) => a.base), t.windows.map((w) => w.jobKey)])).toEqual([
      ['a', ['x', 'y'], [1, 2]],
      ['a', ['z'], [3]],
      ['b', ['x2'], [4]],
    ]);
  });

  it('bounds the windows of a task and loses none', () => {
    const windows = Array.from({ length: 1000 }, (_, i) => window(i, 'a', ['x']));
    const tasks = planTasks(windows, 64);
    expect(Math.max(...tasks.map((t) => t.windows.length))).toBeLessThanOrEqual(64);
    expect(tasks.flatMap((t) => t.windows.map((w) => w.jobKey)).sort((a, b) => a - b)).toEqual(
      windows.map((w) => w.jobKey),
    );
  });
});
