// Records whose time cannot be right cost themselves and nothing else, are named, and do not hide the archive.

import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ArchiveWriter,
  checkArchive,
  decodeNode,
  decodeNodeByRows,
  NO_INDOM,
  pmid,
  probeArchive,
  UNITS,
  type Version,
  Wasm,
} from '../../src/pcp/index.ts';
import { haveShared } from '../oracle/shared.ts';
import { documentOf, field } from '../support/field.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const NS = 1_000_000_000n;
const T0 = 1_772_409_600;
const ID = pmid(60, 0, 1);
let made = 0;

/** An archive of records at these seconds after its label's start. `volumes`: of as many records each. */
function archive(times: readonly number[], version: Version = 3, volumes = 1, start = 0): string {
  const base = join(dir, `c${made++}`);
  const w = new ArchiveWriter(base, { version, host: 'n1', startNs: BigInt(T0 + start) * NS });
  w.metric({ name: 'a.b', pmid: ID, type: 'u32', indom: NO_INDOM, semantics: 'instant', units: UNITS.none });
  for (const [i, t] of times.entries()) {
    if (i > 0 && i % (times.length / volumes) === 0) w.nextVolume();
    w.record(BigInt(Math.round((T0 + t) * 1000)) * 1_000_000n, [{ pmid: ID, type: 'u32', ids: [-1], values: [i] }]);
  }
  w.close();
  return base;
}

/** Records in a window of both engines, and what was wrong. */
function read(base: string | readonly string[], from: number, to: number) {
  const archives = [base].flat();
  const window = {
    ...{ startNs: BigInt(T0 + from) * NS, endNs: BigInt(T0 + to) * NS, walltime: to - from },
    archives: archives.map((_, i) => i),
    declare: () => [
      {
        ...{ metrics: ['a.b'], mode: 'all' as const },
        reducers: [{ kind: 'ROLL' as const, lane: { fold: 'each' as const, rows: [{ metric: 0 }] } }],
      },
    ],
  };
  const task = { archives, wanted: ['a.b'], windows: [window] };
  const [a, b] = [decodeNode, decodeNodeByRows].map((decode) => {
    const { coverage, consumers, problems } = decode(new Wasm(), task).windows[0]!;
    return { coverage, consumers, problems };
  });
  expect(a).toEqual(b);
  return { records: a!.coverage.records, problems: a!.problems.map((p) => p.message), coverage: a!.coverage };
}

const every = (step: number, n: number): number[] => Array.from({ length: n }, (_, i) => i * step);
const HOUR = 3600;
const EPOCH = -T0;

/** The record at a place of an archive of version 3 gets another high word of its seconds. */
function setHighWord(base: string, place: number, word: number): void {
  const bytes = readFileSync(`${base}.0`);
  let at = bytes.readUInt32BE(0);
  for (let i = 0; i < place; i++) at += bytes.readUInt32BE(at);
  bytes.writeUInt32BE(word, at + 8);
  writeFileSync(`${base}.0`, bytes);
}

describe.each([0, 60, 119])('seconds of 64 bits that nanoseconds of 64 bits do not hold, in record %i', (place) => {
  it.each([0x8000_0000, 0x4000_0000, 0xff80_0000, 0x0080_0000, 2, 0xffff_fffd])('high word %i', (word) => {
    const base = archive(every(30, 120));
    setHighWord(base, place, word);
    const { records, problems } = read(base, 0, 3600);
    expect(records).toBe(119);
    expect(problems).toEqual(['1 record is left out: the time cannot be right']);
    const { records: checked, findings } = checkArchive(base);
    expect({ checked, codes: findings.map((f) => f.code) }).toEqual({ checked: 119, codes: ['E_ARCHIVE_CLOCK'] });
    expect(probeArchive(base, ['.meta', '.index', '.0']).endNs).toBe(
      BigInt(T0 + (place === 119 ? 118 : 119) * 30) * NS,
    );
  });
});

describe.each([2, 3] as const)('a wrong clock, version %i', (version) => {
  /** 120 records, of which some have another time: all that is lost are those. */
  it.each<[string, number, number, (t: number) => number]>([
    ['one two hours ahead', 60, 1, (t) => t + 2 * HOUR],
    ['five two hours ahead', 60, 5, (t) => t + 2 * HOUR],
    ['twenty a day ahead', 60, 20, (t) => t + 24 * HOUR],
    ['one five minutes ahead', 60, 1, (t) => t + 300],
    ['one two hours before', 60, 1, (t) => t - 2 * HOUR],
    ['five at epoch 0', 60, 5, () => EPOCH],
    ['the first at epoch 0', 0, 1, () => EPOCH],
    ['the first two hours ahead', 0, 1, (t) => t + 2 * HOUR],
    ['the second a day ahead', 1, 1, (t) => t + 24 * HOUR],
    ['the last at epoch 0', 119, 1, () => EPOCH],
    ['the last eleven years ahead', 119, 1, (t) => t + 11 * 366 * 24 * HOUR],
    ['the last five before the label', 115, 5, (t) => t - 2 * HOUR],
    ['the last two hours ahead', 119, 1, (t) => t + 2 * HOUR],
    ['the first two hours back', 0, 1, (t) => t - 2 * HOUR],
  ])('%s', (_, from, n, wrong) => {
    const times = every(30, 120).map((t, i) => (i >= from && i < from + n ? wrong(t) : t));
    const base = archive(times, version);
    const { records, problems } = read(base, 0, 3600);
    expect(records).toBe(120 - n);
    expect(problems).toEqual([expect.stringContaining(`${n === 1 ? '1 record is' : `${n} records are`} left out`)]);
    const check = checkArchive(base);
    expect(check.records).toBe(120 - n);
    expect(check.findings.map((f) => f.code)).toContain('E_ARCHIVE_CLOCK');
    const kept = times.filter((_, i) => i < from || i >= from + n);
    const probe = probeArchive(base, ['.meta', '.index', '.0']);
    expect(probe.endNs).toBe(BigInt(T0 + kept.at(-1)!) * NS);
    expect(probe.startNs).toBe(BigInt(T0) * NS);
  });

  it('set back for good: what overlaps counts once, and it is named', () => {
    const times = every(30, 240).map((t, i) => (i < 120 ? t : t - 1800));
    const { records, problems, coverage } = read(archive(times, version), 0, 2 * HOUR);
    expect(problems).toEqual([expect.stringContaining('the clock was set back by 30m')]);
    // One record at a time: that at which the clock has caught up is the one before.
    expect(records).toBe(180);
    expect(coverage).toMatchObject({ gaps: 0, lastNs: BigInt(T0 + 239 * 30 - 1800) * NS });
  });

  it('set back for good with more records behind than before: it is named in windows on either side', () => {
    // Half an hour, then an hour set back by one.
    const base = archive([...every(30, 61), ...every(30, 120).map((t) => t + 1830 - HOUR)], version);
    const message = 'the clock was set back by 1h00m; 61 records are left out';
    expect(read(base, 600, 1200)).toMatchObject({ problems: [message] });
    expect(read(base, -1500, -900)).toMatchObject({ records: 21, problems: [message] });
    // A time that is far away concerns nobody in between.
    const wild = archive([...every(30, 60), 30 * 24 * HOUR, ...every(30, 60).map((t) => t + 1800)], version);
    expect(read(wild, 2400, 3000).problems).toEqual([]);
    expect(read(wild, 29 * 24 * HOUR, 31 * 24 * HOUR).problems).toEqual([
      '1 record is left out: the time cannot be right',
    ]);
  });

  it('set back for good in the middle: it is found by the times of both sides, whichever counts', () => {
    for (const [before, behind, back] of [
      [61, 120, 3600],
      [120, 61, 3600],
      [62, 63, 3600],
      [240, 240, 2 * HOUR - 600],
      [20, 40, 1200],
    ] as const) {
      const times = [...every(30, before), ...every(30, behind).map((t) => t + 30 * before - back)];
      const span = (members?: readonly string[]) => {
        const { startNs, endNs } = probeArchive(base, members);
        return [startNs, endNs].map((ns) => Number(ns! / NS) - T0);
      };
      const base = archive(times, version);
      const whole = [Math.min(...times), Math.max(...times)];
      expect([span(), span(['.meta', '.index', '.0'])]).toEqual([whole, whole]);
    }
  });

  it('of a first or last record, less than an hour from the others, is shown by another archive', () => {
    const times = every(30, 240);
    const [half, rest] = [times.slice(0, 120), times.slice(120)];
    const alone = [...half.slice(0, -1), half.at(-1)! + 1500];
    const early = [rest[0]! - 1500, ...rest.slice(1)];
    const leftOut = expect.stringMatching(/^1 record is left out/);
    for (const [archives, records] of [
      [[alone, rest], 239],
      [[half, early], 239],
      // More than are kept open.
      [[alone, ...[0, 1, 2, 3, 4].map((i) => rest.slice(24 * i, 24 * i + 24))], 239],
    ] as const) {
      const bases = archives.map((t) => archive(t, version, 1, t === early ? rest[0] : t[0]));
      const found = read(bases, 0, 7200);
      expect(found.records).toBe(records);
      expect(found.problems).toEqual(Array.from({ length: 240 - records }, () => leftOut));
      expect(found.coverage.gaps).toBe(0);
    }
    // Nobody else was there, or all paused: so it was.
    const paused = (offset: number): string =>
      archive(
        [...half, half.at(-1)! + 1500].map((t) => t + offset),
        version,
      );
    for (const bases of [
      [archive(alone, version)],
      [paused(0), paused(2)],
      [
        paused(0),
        archive(
          every(30, 60).map((t) => t + 5400),
          version,
        ),
      ],
    ]) {
      const { problems } = read(bases, 0, 7200);
      expect(problems.filter((text) => /left out/.test(text))).toEqual([]);
    }
  });

  it('of a job before it, or behind it, it is nothing', () => {
    const times = every(30, 240).map((t, i) => (i === 120 ? t + 5 * HOUR : t));
    const base = archive(times, version);
    expect(read(base, 0, 1800).problems).toEqual([]);
    expect(read(base, 5400, 7200).problems).toEqual([]);
    expect(read(base, 1800, 5400).problems).toHaveLength(1);
  });

  it('set forward for good, or a pause: nothing is left out, and it is named to who is concerned', () => {
    const times = every(30, 240).map((t, i) => (i < 120 ? t : t + 6 * HOUR));
    const base = archive(times, version);
    expect(read(base, 0, 24 * HOUR)).toMatchObject({
      records: 240,
      problems: ['nothing for 6h00m: the clock was set forward, or the logger did not run'],
    });
    expect(read(base, 0, 3500).problems).toEqual([]);
    expect(read(base, 7.5 * HOUR, 8 * HOUR).problems).toEqual([]);
    expect(read(base, HOUR / 2, 2 * HOUR).problems).toHaveLength(1);
    expect(checkArchive(base).findings).toMatchObject([{ code: 'E_ARCHIVE_CLOCK', severity: 'warning' }]);
    expect(probeArchive(base, ['.meta', '.index', '.0']).endNs).toBe(BigInt(T0 + times.at(-1)!) * NS);
  });
});

describe.each([2, 3] as const)('nothing is wrong with the clock, version %i', (version) => {
  it('where a sample is many records, some milliseconds apart', () => {
    const base = archive(
      every(600, 40).flatMap((t) => every(0.003, 12).map((more) => t + more)),
      version,
    );
    expect(read(base, 0, 24 * HOUR)).toMatchObject({ records: 480, problems: [] });
    expect(checkArchive(base).findings).toEqual([]);
  });

  it('where a volume cannot be opened: the others count', () => {
    const base = archive(every(30, 120), version, 2);
    rmSync(`${base}.1`);
    symlinkSync(join(dir, 'nothing'), `${base}.1`);
    expect(read(base, 0, 24 * HOUR)).toMatchObject({ records: 60, problems: [expect.any(String)] });
  });
});

describe.runIf(haveShared('clocks of the field'))('of the field', () => {
  it.each([
    ['clock-forward', 76, 'wasm'],
    ['clock-forward', 76, 'ts'],
    ['clock-one-record', 80, 'wasm'],
    ['clock-one-record', 80, 'ts'],
    // The wrong one lies behind the job's time, in which there are 81.
    ['clock-last-record', 81, 'wasm'],
    ['clock-last-record', 81, 'ts'],
  ] as const)('%s: %i records by %s', async (name, records, engine) => {
    const cwd = join(dir, `${name}-${engine}`);
    mkdirSync(cwd);
    const document = await documentOf(field(name), cwd, engine);
    expect(document.coverage).toMatchObject({ records, archives: 1 });
    expect(document.errors!.job).toEqual([expect.stringMatching(/^E_ARCHIVE_CLOCK: /)]);
    expect(document.block).toMatchObject({ sda: { read: { avg: 24_000 } } });
  });
});
