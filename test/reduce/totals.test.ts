// Sums of counters whose instances come and go, in both engines and in documents.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ArchiveWriter, indomId, type MetricSpec, pmid, UNITS } from '../../src/pcp/index.ts';
import type { ConsumerSpec, FullSeriesResult, SectionsResult, SubsampleResult } from '../../src/reduce/index.ts';
import { jobsum } from '../support/cli.ts';
import { archive, ENGINES, metric, type Record, readBy, T0 } from '../support/counters.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const devices = (more: Partial<MetricSpec> = {}): MetricSpec => metric(0, { indom: indomId(60, 0), ...more });
const total = (m: MetricSpec, scale = 1, more: Partial<ConsumerSpec> = {}): ConsumerSpec => ({
  metrics: [m.name],
  mode: 'all',
  counters: [0],
  reducers: [{ kind: 'SUBSAMPLE', value: { fold: 'total', rows: [{ metric: 0 }], scale } }],
  ...more,
});

describe.each(ENGINES)('a total in the %s engine', (_, decode) => {
  const steps = (
    records: readonly Record[],
    m = devices(),
    spec = total(m),
    others: readonly string[] = [],
  ): number[] => {
    const { v } = readBy(decode, [archive([m], records), ...others], [spec]).consumers[0]!
      .reducers[0] as SubsampleResult;
    return Array.from(v.subarray(1), (x, k) => x - v[k]!);
  };

  it('rises by what those count that are in both records', () => {
    const big = 5_000_000_000n;
    expect(
      steps([
        [[10n, null]],
        [[20n, null]],
        [[30n, big]],
        [[40n, big + 7n]],
        [[50n, null]],
        // Back again, with what it counted meanwhile.
        [[60n, big + 99n]],
        [[70n, big + 100n]],
        // The first goes, and the place of the second becomes another.
        [[null, big + 102n]],
        [[null, big + 105n, 1000n]],
        [[3000n, null, 1001n]],
      ]),
    ).toEqual([10, 10, 17, 10, 10, 11, 2, 3, 1]);
  });

  it('is the same for doubles, 32 bits and instances from the second record on', () => {
    expect(steps([[[1.5, null]], [[2.5, 1e6]], [[3, null]]], devices({ type: 'double' }))).toEqual([1, 0.5]);
    expect(steps([[[null, 5]], [[7, 6]], [[9, 7]]], devices({ type: 'u32' }))).toEqual([1, 3]);
  });

  it('goes on over restarts and wraps of those that come and go', () => {
    expect(steps([[[100n, 50n]], [[3n, 60n]], [[5n, null]], [[8n, 70n]], [[2n, 71n]]])).toEqual([10, 2, 3, 1]);
    const wrapped: Record[] = [[[2 ** 32 - 10, 1]], [[5, 2]], [[6, null]], [[7, 9]]];
    expect(steps(wrapped, devices({ type: 'u32' }))).toEqual([16, 1, 1]);
  });

  it('goes on from one archive to the next, and over marks', () => {
    const m = devices();
    const later = archive([m], [[[null, 9_000n]], [[null, 9_004n]]], 10);
    expect(steps([[[1n, null]], 'mark', [[3n, 8_000n]]], m, total(m), [later])).toEqual([2, 1000, 4]);
  });

  it('is that of converted units too', () => {
    expect(steps([[[1024n, null]], [[2048n, 4096n]], [[3072n, null]]], devices(), total(devices(), 1 / 1024))).toEqual([
      1, 1,
    ]);
  });

  it('falls as the sum does where nobody says that it is a counter', () => {
    const records: Record[] = [[[10n, 5n]], [[20n, null]]];
    expect(steps(records, devices(), total(devices(), 1, { counters: undefined as never }))).toEqual([5]);
    const level = devices({ semantics: 'instant' });
    expect(steps(records, level)).toEqual([5]);
    expect(steps(records, level, total(level, 1, { counts: true }))).toEqual([10]);
  });

  it('is what sections and whole series have', () => {
    const m = devices();
    const lane = { fold: 'total', rows: [{ metric: 0 }] } as const;
    const start = Number(T0);
    const spec: ConsumerSpec = {
      ...total(m),
      reducers: [
        { kind: 'SECTIONS', lanes: [lane], start, end: start + 120, count: 2, limit: 60 },
        { kind: 'FULLSERIES', value: lane, keep: 'even' },
      ],
    };
    const records: Record[] = [[[0n, null]], [[30n, null]], [[60n, 10n ** 9n]], [[90n, 10n ** 9n]], [[120n, null]]];
    const [sections, series] = readBy(decode, [archive([m], records)], [spec]).consumers[0]!.reducers;
    expect((sections as SectionsResult).rates.map((r) => Array.from(r))).toEqual([[1, 1]]);
    const { x } = series as FullSeriesResult;
    expect(Array.from(x, (value) => value - x[0]!)).toEqual([0, 30, 60, 90, 120]);
  });
});

describe('devices that come or go in the middle of a job', () => {
  const start = 1_772_409_600;
  const KB = 1000;
  const FAMILIES: Readonly<{ [series: string]: readonly string[] }> = {
    'lnet gpfs': ['gpfs.fsios.read_bytes', 'gpfs.fsios.write_bytes'],
    'lnet lustre': ['lustre.llite.read_bytes.total', 'lustre.llite.write_bytes.total'],
    ib_lnet: ['infiniband.port.in.bytes', 'infiniband.port.out.bytes'],
    nfs: ['read', 'write'].flatMap((w) => ['normal', 'direct', 'server'].map((k) => `nfsclient.bytes.${w}.${k}`)),
    block: ['disk.dev.read_bytes', 'disk.dev.write_bytes'],
  };
  let made = 0;

  /** dev0 counts 100 kB/s throughout, dev1 as much above 5e9 in the middle third only. */
  const inTheMiddle = (i: number): (number | null)[] => [3000 * KB * i, i >= 40 && i < 80 ? 3000 * KB * i + 5e9 : null];

  /** One node for an hour, with what each device has counted by record `i`. */
  function tree(
    metrics: readonly string[],
    counted = inTheMiddle,
    semantics: MetricSpec['semantics'] = 'counter',
  ): string {
    const root = join(dir, `t${made++}`);
    mkdirSync(join(root, 'n1'), { recursive: true });
    const at = (i: number): bigint => BigInt(start + 30 * i) * 1_000_000_000n;
    const w = new ArchiveWriter(join(root, 'n1', '20260302'), { version: 3, host: 'n1', startNs: at(0) });
    const indom = indomId(60, 0);
    const specs = metrics.map((name, i): MetricSpec => {
      const units = !name.includes('bytes') ? UNITS.count : name.startsWith('disk') ? UNITS.kbyte : UNITS.byte;
      return { name, pmid: pmid(60, 1, i), type: 'u64', indom, semantics, units };
    });
    for (const m of specs) w.metric(m);
    w.indom(
      indom,
      at(0),
      ['dev0', 'dev1'].map((name, id) => ({ id, name })),
    );
    for (let i = 0; i <= 120; i++) {
      const all = counted(i);
      const ids = all.flatMap((x, id) => (x === null ? [] : id));
      const values = ids.map((id) => BigInt(all[id]!));
      w.record(
        at(i),
        specs.map((m) => ({ pmid: m.pmid, type: m.type, ids, values })),
      );
    }
    w.close();
    return root;
  }

  async function summarize(root: string, ...options: string[]) {
    const jobs = join(root, 'jobs.ndjson');
    writeFileSync(jobs, `${JSON.stringify({ job_id: '7', start, end: start + 3600, nodes: ['n1'] })}\n`);
    const ran = await jobsum(
      ['summarize', '--jobs', jobs, '--archives', root, '--output', 'ndjson:-', '--quiet', '--again', ...options],
      { cwd: root },
    );
    return JSON.parse(ran.stdout);
  }

  const series = async (root: string, key: string, ...options: string[]) => {
    const document = await summarize(root, ...options);
    return { all: document.timeseries[key].hosts['0'].all as number[], errors: document.errors, document };
  };

  it.each(Object.entries(FAMILIES))('have rates of what is there: %s', async (name, metrics) => {
    const key = name.split(' ')[0]!;
    const root = tree(metrics);
    const rate = (metrics.length * 100 * KB) / 2 ** 20;
    for (const engine of ['wasm', 'ts']) {
      const { all, errors } = await series(root, key, '--engine', engine);
      expect(all.length).toBeGreaterThan(30);
      expect(Math.min(...all)).toBeCloseTo(rate, 9);
      expect(Math.max(...all)).toBeLessThanOrEqual(2 * rate + 1e-9);
      expect(errors.archive).toContain(`n1 ${key} came or went, counted while there: dev1 (40 of 121 records)`);
    }
    const { all } = await series(root, key, '--as-reference');
    expect(Math.min(...all)).toBeLessThan(-10);
  });

  it('have patterns of what is there', async () => {
    const { document, errors } = await series(tree(FAMILIES['lnet gpfs']!), 'lnet');
    const { sections } = document.timeseries_patterns_gpfs['gpfs-fsios-read_bytes'];
    const averages = sections.map((s: { avg: number }) => s.avg);
    expect(averages[0]).toBeCloseTo(100 * KB, 6);
    expect(averages[1]).toBeGreaterThan(150 * KB);
    expect(Math.max(...averages)).toBeLessThan(200 * KB);
    expect(Math.min(...averages)).toBeCloseTo(100 * KB, 6);
    expect(errors.archive.join()).toContain('timeseries_patterns_gpfs came or went, counted while there: dev1');
  });

  it.each(['instant', 'discrete'] as const)(
    'rise only also where they are described as %s, and restarts are said',
    async (semantics) => {
      const metrics = ['read', 'read_bytes', 'write', 'write_bytes'].map((name) => `disk.dev.${name}`);
      const restarted = (i: number): (number | null)[] => [3000 * (i < 60 ? 50 + i : i - 60)];
      const root = tree(metrics, restarted, semantics);
      for (const engine of ['wasm', 'ts']) {
        const { document, all, errors } = await series(root, 'block', '--engine', engine);
        expect(document.block.dev0.read.avg).toBe(119 * 3000);
        expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
        expect(errors.job.join()).toMatch(/E_COUNTER_RESET.*disk\.dev\.read\[dev0\]/);
      }
      const { document } = await series(root, 'block', '--as-reference');
      expect(document.block.dev0.read.avg).toBe(3000 * (60 - 50));
    },
  );
});
