// Labels, help texts, instance domains at a time, events and aggregates: read by the library, copied, shown, accepted by PCP.

import { spawnSync } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ArchiveWriter,
  canonicalDump,
  checkArchive,
  copyArchive,
  dumpSum,
  type EventRecord,
  indomId,
  NO_INDOM,
  openArchive,
  pmid,
  UNITS,
  type Version,
} from '../../src/pcp/index.ts';
import { haveShared, shared } from '../oracle/shared.ts';
import { goldenSums } from '../oracle/sums.ts';
import { jobsum } from '../support/cli.ts';
import { havePrograms } from '../support/programs.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const T0 = 1_772_409_600_000_000_000n;
const SECOND = 1_000_000_000n;
const DISKS = indomId(60, 1);
const READS = pmid(60, 3, 1);
const CONTEXT = 0xffffffff;

/** An event array of two events, one missed; a nested string and a number of 64 bits. */
function events(wide: boolean): Buffer {
  const b = Buffer.alloc(200);
  let at = b.writeInt32BE(2, 0);
  const stamp = (): void => {
    if (wide) at = b.writeBigInt64BE(500n, b.writeBigInt64BE(T0 / SECOND, at));
    else at = b.writeInt32BE(500, b.writeInt32BE(Number(T0 / SECOND), at));
  };
  stamp();
  at = b.writeInt32BE(2, b.writeUInt32BE(1, at));
  at = b.writeUInt32BE(pmid(60, 9, 1), at);
  at = b.writeUInt32BE(((6 << 24) | 8) >>> 0, at);
  at += b.write('abc\0', at);
  at = b.writeUInt32BE(pmid(60, 9, 2), at);
  at = b.writeUInt32BE(((3 << 24) | 12) >>> 0, at);
  at = b.writeBigUInt64BE(2n ** 63n + 1n, at);
  stamp();
  at = b.writeInt32BE(7, b.writeUInt32BE(0x80000000, at));
  return b.subarray(0, at);
}

function annotated(base: string, version: Version): string {
  const w = new ArchiveWriter(base, { version, host: 'n1', startNs: T0 });
  const other = { indom: NO_INDOM, semantics: 'instant', units: UNITS.none } as const;
  w.metric({ name: 'disk.reads', pmid: READS, type: 'u64', indom: DISKS, semantics: 'counter', units: UNITS.count });
  w.metric({ name: 'ev.array', pmid: pmid(60, 4, 1), type: 'event', ...other });
  w.metric({ name: 'ev.fine', pmid: pmid(60, 4, 2), type: 'highresEvent', ...other });
  w.metric({ name: 'blob', pmid: pmid(60, 4, 3), type: 'aggregate', ...other });
  w.text('oneline', 'metric', READS, 'reads of disks');
  w.text('help', 'metric', READS, '');
  w.text('oneline', 'indom', DISKS, 'the disks');
  w.text('help', 'indom', DISKS, 'The disks of this node,\none by one.');
  const set = (labels: Record<string, string | number | boolean>, instance = -1) => ({ instance, labels });
  w.labels(T0, 'context', CONTEXT, [set({ hostname: 'n1', rack: 7 })]);
  w.labels(T0, 'domain', 60, [set({ agent: 'linux', who: 'domain' })]);
  w.labels(T0, 'cluster', pmid(60, 3, 0), [set({ who: 'cluster' })]);
  w.labels(T0, 'item', READS, [set({ who: 'item' })]);
  w.labels(T0, 'indom', DISKS, [set({ kind: 'block' })]);
  w.labels(T0, 'instances', DISKS, [set({ ssd: true }, 0), set({}, 1)]);
  w.labels(T0 + 2n * SECOND, 'instances', DISKS, [set({ ssd: false, size: '1 TB' }, 0)]);
  const members = Array.from({ length: 30 }, (_, id) => ({ id, name: `sd${id}` }));
  w.indom(DISKS, T0, members);
  for (let i = 0; i < 4; i++) {
    const now = members.slice(0, 30 - i);
    if (i > 0) w.indom(DISKS, T0 + BigInt(i) * SECOND, now);
    w.record(T0 + BigInt(i) * SECOND, [
      {
        pmid: READS,
        type: 'u64',
        ids: now.map((m) => m.id),
        values: now.map((m) => 2n ** 53n + 1n + BigInt(m.id + i)),
      },
      { pmid: pmid(60, 4, 1), type: 'event', ids: [-1], values: [events(false)] },
      { pmid: pmid(60, 4, 2), type: 'highresEvent', ids: [-1], values: [events(true)] },
      { pmid: pmid(60, 4, 3), type: 'aggregate', ids: [-1], values: [Buffer.from('xyz')] },
    ]);
  }
  w.close();
  return base;
}

function pcp(tool: string, ...args: string[]): string {
  const r = spawnSync(tool, args, { encoding: 'utf8' });
  return r.stdout + r.stderr;
}
const havePcp = havePrograms('labels, texts and copies against those of PCP', 'pmlogcheck', 'pmdumplog');

describe.each([2, 3] as const)('around the values, version %i', (version) => {
  const base = annotated(join(dir, `a${version}`), version);
  const archive = openArchive(base);

  it('labels go from the general to the special', () => {
    expect(Object.fromEntries(archive.labels())).toEqual({ hostname: 'n1', rack: '7' });
    expect(Object.fromEntries(archive.labels('disk.reads', { instance: 0 }))).toEqual({
      ...{ hostname: 'n1', rack: '7', agent: 'linux', who: 'item', kind: 'block' },
      ...{ ssd: 'false', size: '1 TB' },
    });
    expect(archive.labels('disk.reads', { instance: 0, at: T0 + SECOND }).get('ssd')).toBe('true');
    expect(archive.labels('disk.reads', { at: T0 - 1n }).size).toBe(0);
    expect(archive.labels('blob').get('who')).toBe('domain');
  });

  it('help texts fall back to the short one', () => {
    expect(archive.help('disk.reads')).toEqual({ oneline: 'reads of disks', text: 'reads of disks' });
    expect(archive.help('disk.reads', { indom: true })?.text).toBe('The disks of this node,\none by one.');
    expect(archive.help('blob')).toBeNull();
    expect(archive.help('absent')).toBeNull();
  });

  it('instances are those of a time, or all', () => {
    expect(archive.instances('disk.reads', T0 + 3n * SECOND)).toHaveLength(27);
    expect(archive.instances('disk.reads')).toHaveLength(30);
    expect(archive.instances('disk.reads', T0 - 1n)).toEqual([]);
    expect(archive.instances('blob')).toEqual([]);
  });

  it('events and aggregates are values; 64-bit integers are exact on request', async () => {
    const exact: EventRecord[][] = [];
    for await (const record of archive.records({ bigint: true })) {
      const [reads, coarse, fine, blob] = record.sets;
      expect(reads!.values[0]).toBeTypeOf('bigint');
      exact.push(coarse!.values[0] as EventRecord[], fine!.values[0] as EventRecord[]);
      expect(blob!.values).toEqual([Buffer.from('xyz')]);
    }
    expect(exact).toHaveLength(8);
    const parameters = [
      { pmid: pmid(60, 9, 1), type: 6, value: 'abc' },
      { pmid: pmid(60, 9, 2), type: 3, value: 2n ** 63n + 1n },
    ];
    expect(exact[0]).toEqual([
      { ns: T0 + 500_000n, flags: 1, parameters },
      { ns: T0 + 500_000n, flags: 0x80000000, parameters: [], missed: 7 },
    ]);
    expect(exact[1]![0]!.ns).toBe(T0 + 500n);
    const [first] = [...archive.records()];
    expect(first!.sets[0]!.values[0]).toBe(2 ** 53);
  });

  it.runIf(havePcp)('PCP accepts it, and says the same of labels and texts', () => {
    expect(pcp('pmlogcheck', base)).toBe('');
    const text = pcp('pmdumplog', '-aeh', base);
    for (const piece of ['"size":"1 TB"', 'the disks', 'reads of disks', '"agent":"linux"'])
      expect(text).toContain(piece);
  });

  it.each([2, 3] as const)('copies to version %i keep all of it', (to) => {
    const copy = `${base}-to${to}`;
    copyArchive(base, copy, { whole: true, version: to });
    const copied = openArchive(copy);
    expect(copied.labels('disk.reads', { instance: 0 })).toEqual(archive.labels('disk.reads', { instance: 0 }));
    expect(copied.labels('disk.reads', { instance: 0, at: T0 })).toEqual(
      archive.labels('disk.reads', { instance: 0, at: T0 }),
    );
    expect(copied.help('disk.reads', { indom: true })).toEqual(archive.help('disk.reads', { indom: true }));
    const records = (path: string) => [...canonicalDump(path)].slice(1);
    expect(records(copy)).toEqual(records(base));
    if (havePcp) expect(pcp('pmlogcheck', copy)).toBe('');
  });

  it('extracts have the labels and texts of what they hold', () => {
    const part = `${base}-part`;
    copyArchive(base, part, { metrics: ['disk'], from: T0 + SECOND });
    const copied = openArchive(part);
    expect(copied.metrics.map((m) => m.name)).toEqual(['disk.reads']);
    expect(copied.labels('disk.reads', { instance: 0, at: T0 + SECOND }).get('ssd')).toBe('true');
    expect(copied.labels('disk.reads', { instance: 0 })).toEqual(archive.labels('disk.reads', { instance: 0 }));
    expect(copied.help('disk.reads')).toEqual(archive.help('disk.reads'));
    if (havePcp) expect(pcp('pmlogcheck', part)).toBe('');
  });

  it('dump shows events, info shows labels, texts and domains', async () => {
    const dump = await jobsum(['archive', 'dump', base, '--metric', 'ev', '--ndjson'], { cwd: dir });
    expect(JSON.parse(dump.stdout.split('\n')[0]!).metrics['ev.array']).toMatchObject([
      { flags: 1, parameters: [{ value: 'abc' }, { value: String(2n ** 63n + 1n) }] },
      { missed: 7 },
    ]);
    expect((await jobsum(['archive', 'dump', base], { cwd: dir })).stdout).toContain('7 events missed');
    const info = await jobsum(['archive', 'info', base, '--labels', '--texts', '--domains'], { cwd: dir });
    for (const piece of ['ssd=true', 'reads of disks', 'sd29']) expect(info.stdout).toContain(piece);
    const json = JSON.parse(
      (await jobsum(['archive', 'info', base, '--labels', '--texts', '--domains', '--json'], { cwd: dir })).stdout,
    );
    expect(json.labels[0]).toMatchObject({ class: 'context', sets: [{ labels: { hostname: 'n1', rack: '7' } }] });
    expect(json.texts).toHaveLength(4);
    expect(json.domains[0].versions).toHaveLength(4);
  });
});

describe('copies', () => {
  it.runIf(havePcp)('to version 3 hold one whole version of a domain, then deltas', () => {
    const whole = statSync(join(dir, 'a2-to2.meta')).size;
    const deltas = statSync(join(dir, 'a2-to3.meta')).size;
    // Labels of version 3 are larger by 676 bytes, stamps by 4 each.
    expect(deltas - 676).toBeLessThan(whole - 2 * 20 * 16);
    expect(pcp('pmdumplog', '-i', join(dir, 'a2-to3'))).toContain('27 instances');
  });

  it.runIf(haveShared('copies of all shared archives'))('hold what the shared archives hold', () => {
    const wrong: string[] = [];
    for (const { archive } of goldenSums('decode.tsv')) {
      const target = join(dir, 'copied');
      for (const m of ['meta', 'index', '0']) rmSync(`${target}.${m}`, { force: true });
      copyArchive(shared('archives', archive), target, { whole: true });
      if (dumpSum(target).sha256 !== dumpSum(shared('archives', archive)).sha256) wrong.push(archive);
      const errors = checkArchive(target).findings.filter((f) => f.severity === 'error');
      if (errors.length > 0) wrong.push(`${archive}: ${errors[0]!.message}`);
    }
    expect(wrong).toEqual([]);
  });
});
