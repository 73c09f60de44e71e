// The edge cases of archive-format.md §10 by number, and where each is covered: here, or in the test named.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  ArchiveWriter,
  canonicalDump,
  checkArchive,
  dumpSum,
  indomId,
  NO_INDOM,
  openArchive,
  pmid,
  probeArchive,
  UNITS,
  type Version,
} from '../../src/pcp/index.ts';
import { decodeArchive } from '../oracle/archive.ts';
import { canonicalDump as oracleDump } from '../oracle/dump.ts';
import { edit, setWord } from '../support/edit.ts';
import { outcome } from '../support/strict.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const T0 = 1_772_409_600_000_000_000n;
const SECOND = 1_000_000_000n;
const NUMBER = pmid(60, 0, 1);
const TEXT = pmid(60, 0, 2);
const MANY = pmid(60, 0, 3);
const INDOM = indomId(60, 1);
const LABEL = { 2: 132, 3: 808 } as const;
let made = 0;

/** Three records of a number, a text and a metric with instances. */
function sample(version: Version, startNs = T0): string {
  const base = join(dir, `e${++made}`);
  const w = new ArchiveWriter(base, { version, host: 'h'.repeat(version === 2 ? 63 : 255), startNs });
  w.metric({ name: 'a.n', pmid: NUMBER, type: 'u32', indom: NO_INDOM, semantics: 'instant', units: UNITS.none });
  w.metric({ name: 'a.t', pmid: TEXT, type: 'string', indom: NO_INDOM, semantics: 'discrete', units: UNITS.none });
  w.metric({ name: 'a.many', pmid: MANY, type: 'u64', indom: INDOM, semantics: 'counter', units: UNITS.count });
  w.indom(INDOM, startNs, [
    { id: 0, name: 'zero' },
    { id: 1, name: 'one two' },
  ]);
  for (let i = 0n; i < 3n; i++) {
    w.record(startNs + i * SECOND, [
      { pmid: NUMBER, type: 'u32', ids: [-1], values: [Number(i)] },
      { pmid: TEXT, type: 'string', ids: [-1], values: [`t${i}`] },
      { pmid: MANY, type: 'u64', ids: [0, 1], values: [i, i] },
    ]);
  }
  w.close();
  return base;
}

const VERSIONS = [2, 3] as const;
const HURT = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff];

describe.each(VERSIONS)('labels, version %i', (version) => {
  it('1: texts of full length; what follows a NUL counts for nothing', () => {
    const base = sample(version);
    const at = version === 2 ? 88 : 292;
    for (const m of ['0', 'meta', 'index'])
      edit(`${base}.${m}`, (b) => Buffer.concat([b.subarray(0, at), Buffer.from('UTC\0junk'), b.subarray(at + 8)]));
    expect(openArchive(base).label).toMatchObject({ timezone: 'UTC', host: 'h'.repeat(version === 2 ? 63 : 255) });
  });

  it.each(['0', 'meta', 'index'])('3, 4: wrong version, magic, length, trailer and volume in .%s', (member) => {
    const size = LABEL[version];
    const volumeAt = version === 2 ? 20 : 24;
    const blows: [number, number, string][] = [
      [4, 0x50052601, 'VERSION'],
      [4, 0x50052600, 'VERSION'],
      [4, 0x500526ff, 'VERSION'],
      [4, 0xdeadbeef, 'LABEL'],
      [4, 0x50052600 | (5 - version), 'LABEL'],
      [0, version === 2 ? 808 : 132, 'LABEL'],
      [size - 4, 7, 'LABEL'],
      [volumeAt, 9, 'LABEL'],
    ];
    for (const [at, value, code] of blows) {
      const base = sample(version);
      setWord(`${base}.${member}`, at, value);
      expect(outcome(base)).toBe(member === 'index' ? 'E_ARCHIVE_INDEX' : `E_ARCHIVE_${code}`);
      // Nothing is lost by a bad index.
      if (member === 'index') expect(dumpSum(base).records).toBe(3);
    }
  });

  it.each(['0', 'meta', 'index'])('5: .%s with nothing but a label, or a few bytes', (member) => {
    for (let size = 0; size < 8; size++) {
      const base = sample(version);
      edit(`${base}.${member}`, (b) => b.subarray(0, size));
      expect(checkArchive(base)).toMatchObject({ opened: member === 'index' });
      expect(checkArchive(base).findings.length).toBeGreaterThan(0);
    }
    const base = sample(version);
    edit(`${base}.${member}`, (b) => b.subarray(0, LABEL[version]));
    expect(checkArchive(base).findings.length).toBeGreaterThan(0);
  });

  it('6: another process in the index or metadata is refused as PCP does, in a later volume accepted', () => {
    for (const member of ['meta', 'index']) {
      const base = sample(version);
      setWord(`${base}.${member}`, 8, 1);
      expect(outcome(base)).toMatch(/^E_ARCHIVE_(LABEL|INDEX)$/);
      expect(dumpSum(base).records).toBe(3);
    }
  });
});

describe('labels of version 3', () => {
  it.each([2n ** 31n, 2n ** 32n + 5n, -100n])('2: seconds %i', (seconds) => {
    const base = sample(3, seconds * SECOND);
    expect(openArchive(base).label.startNs).toBe(seconds * SECOND);
    expect([...openArchive(base).records()].map((r) => r.ns / SECOND)).toEqual([seconds, seconds + 1n, seconds + 2n]);
    expect(outcome(base)).toBe('3 eof');
  });

  it('7: an unknown feature is refused, the bit for tests accepted', () => {
    const base = sample(3);
    setWord(`${base}.0`, 28, 0x80000000);
    expect(outcome(base)).toBe('3 eof');
    setWord(`${base}.0`, 28, 1);
    expect(outcome(base)).toBe('E_ARCHIVE_FEATURE');
  });
});

describe('metadata and data', () => {
  it('10, 11: gaps in the numbers of volumes, an empty one, a bad one, and files that are none', () => {
    const base = join(dir, 'volumes');
    const w = new ArchiveWriter(base, { version: 3, host: 'h', startNs: T0 });
    w.metric({ name: 'a.n', pmid: NUMBER, type: 'u32', indom: NO_INDOM, semantics: 'instant', units: UNITS.none });
    for (let i = 0; i < 10; i++) {
      if (i > 0) w.nextVolume();
      w.record(T0 + BigInt(i) * SECOND, [{ pmid: NUMBER, type: 'u32', ids: [-1], values: [i] }]);
    }
    w.close();
    const values = (): unknown[] => [...openArchive(base).records()].map((r) => r.sets[0]!.values[0]);
    expect(values()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const name of ['config', '0.bak', 'txt']) writeFileSync(`${base}.${name}`, 'not of the archive');
    rmSync(`${base}.1`);
    writeFileSync(`${base}.3`, '');
    edit(`${base}.5`, (b) => b.subarray(0, 808));
    setWord(`${base}.7`, 4, 1);
    expect(values()).toEqual([0, 2, 4, 6, 8, 9]);
    rmSync(`${base}.0`);
    expect(values()).toEqual([2, 4, 6, 8, 9]);
  });

  it.each(VERSIONS)('12, 13: names of metrics, version %i', (version) => {
    const base = join(dir, `names${version}`);
    const w = new ArchiveWriter(base, { version, host: 'h', startNs: T0 });
    const metric = (name: string, id: number) =>
      w.metric({ name, pmid: id, type: 'u32', indom: NO_INDOM, semantics: 'instant', units: UNITS.none });
    for (const name of ['a.one', 'a.two', 'a.one', 'ü.ñ', 'a.one.sub']) metric(name, NUMBER);
    metric('a.one', TEXT);
    w.record(T0, [{ pmid: NUMBER, type: 'u32', ids: [-1], values: [1] }]);
    w.close();
    expect(openArchive(base).metrics.map((m) => m.name)).toEqual(['a.one', 'a.two', 'ü.ñ', 'a.one.sub']);
    expect(openArchive(base).metric('a.one')!.pmid).toBe(NUMBER);
    expect(outcome(base)).toBe('1 eof');
    // Type, instance domain, semantics, units: each time the first description stays, and PCP refuses the archive.
    const at = LABEL[version] + 8;
    for (const field of [4, 8, 12, 16]) {
      const copy = sample(version);
      // Of units the low byte alone contradicts nothing.
      const value = field === 16 ? 5 << 24 : 5;
      edit(`${copy}.meta`, (b) => {
        const first = b.subarray(LABEL[version], LABEL[version] + b.readInt32BE(LABEL[version]));
        const second = Buffer.from(first);
        second.writeInt32BE(value, at - LABEL[version] + field);
        return Buffer.concat([b, second]);
      });
      expect(outcome(copy)).toBe('E_ARCHIVE_CONFLICT');
      expect(dumpSum(copy).records).toBe(3);
    }
  });

  it.each(VERSIONS)('30: blocks shared, apart, outside, or too short, version %i', (version) => {
    // The second record's text block: its index is the last word of the second set.
    const index = LABEL[version] + (version === 2 ? 16 : 20) + 20 + 16;
    const blows: [string, (b: Buffer, block: number) => void][] = [
      ['shared with another', (b, block) => b.writeInt32BE(block + 2, index)],
      ['before the record', (b) => b.writeInt32BE(-1, index)],
      ['far behind it', (b) => b.writeInt32BE(0x0fffffff, index)],
      ['too short', (b, block) => b.writeInt32BE(0x06000003, LABEL[version] + 4 * block - 8)],
      ['longer than the record', (b, block) => b.writeInt32BE(0x06ffffff, LABEL[version] + 4 * block - 8)],
      ['with slack behind it', (b, block) => b.writeInt32BE(0x06000004, LABEL[version] + 4 * block - 8)],
    ];
    for (const [name, blow] of blows) {
      const base = sample(version);
      edit(`${base}.0`, (b) => {
        blow(b, b.readInt32BE(index));
        return b;
      });
      expect(outcome(base), name).toBe('0 PM_ERR_LOGREC');
      expect(checkArchive(base).findings[0], name).toMatchObject({ code: 'E_ARCHIVE_RECORD', offset: LABEL[version] });
    }
  });

  it.each(VERSIONS)('44: the end of an archive, version %i', (version) => {
    const end = T0 + 2n * SECOND;
    const base = sample(version);
    expect(probeArchive(base).endNs).toBe(end);
    rmSync(`${base}.index`);
    expect(probeArchive(base).endNs).toBe(end);
    edit(`${base}.0`, (b) => b.subarray(0, b.length - 5));
    expect(probeArchive(base).endNs).toBe(end - SECOND);
  });

  it('27: index offsets beyond 2³² of version 3 harm nothing', () => {
    const base = sample(3);
    setWord(`${base}.index`, 808 + 24, 1);
    expect(outcome(base)).toBe('3 eof');
    expect(JSON.stringify(checkArchive(base).findings)).toContain('beyond the end');
  });

  it.each(VERSIONS)('24: stray bytes behind the metadata of version %i: up to seven are an end', (version) => {
    for (let n = 1; n <= 8; n++) {
      const base = sample(version);
      edit(`${base}.meta`, (b) => Buffer.concat([b, Buffer.alloc(n, 1)]));
      expect(outcome(base), `${n} bytes`).toBe(n < 8 ? '3 eof' : 'E_ARCHIVE_META');
    }
  });

  it.each(VERSIONS)('40: sub-seconds out of range as libpcp has them, version %i', (version) => {
    const base = sample(version);
    const at = LABEL[version] + (version === 2 ? 8 : 12);
    setWord(`${base}.0`, at, 1_500_000_000);
    const text = [...canonicalDump(base)].find((l) => l.startsWith('{"t"'))!;
    expect(text).toContain(version === 2 ? '.1056413696"' : '.1500000000"');
    expect([...canonicalDump(base)]).toEqual([...oracleDump(decodeArchive(base))]);
  });

  it.each(VERSIONS)('41: a last record cut anywhere, version %i', (version) => {
    const whole = readFileSync(`${sample(version)}.0`);
    const last = whole.length - whole.readInt32BE(whole.length - 4);
    for (let end = last; end < whole.length; end++) {
      const base = sample(version);
      edit(`${base}.0`, (b) => b.subarray(0, end));
      expect(outcome(base), `${end - last} bytes left`).toBe(end - last <= 3 ? '2 eof' : '2 PM_ERR_LOGREC');
      for (const m of ['0', 'meta', 'index']) rmSync(`${base}.${m}`);
    }
  });

  it.each(VERSIONS)('42: tails of zeros, version %i', (version) => {
    for (const n of [3, 4, 64, 4096]) {
      const base = sample(version);
      edit(`${base}.0`, (b) => Buffer.concat([b, Buffer.alloc(n)]));
      expect(outcome(base), `${n} zeros`).toBe(n === 3 ? '3 eof' : '3 PM_ERR_LOGREC');
    }
  });

  it.each(VERSIONS)('54: every word of every file set to what hurts, version %i', (version) => {
    const base = sample(version);
    const members = ['0', 'meta', 'index'].map((m) => [m, readFileSync(`${base}.${m}`)] as const);
    const wrong: string[] = [];
    for (const [member, bytes] of members) {
      for (let at = LABEL[version]; at + 4 <= bytes.length; at += 4) {
        // Two of the five a word, so that each is met at each kind of field.
        for (const value of [HURT[(at >> 2) % 5]!, HURT[((at >> 2) + 2) % 5]!]) {
          const copy = Buffer.from(bytes);
          copy.writeUInt32BE(value, at);
          writeFileSync(`${base}.${member}`, copy);
          try {
            dumpSum(base);
            dumpSum(base, { salvage: true });
          } catch (error) {
            const { code = 'no code' } = error as { code?: string };
            if (!code.startsWith('E_ARCHIVE_')) wrong.push(`${member} at ${at} = ${value}: ${code}`);
          }
        }
      }
      writeFileSync(`${base}.${member}`, bytes);
    }
    expect(wrong).toEqual([]);
  });

  it.each(VERSIONS)('36: a record beyond the window and of many instances, version %i', (version) => {
    const base = join(dir, `large${version}`);
    const w = new ArchiveWriter(base, { version, host: 'h', startNs: T0 });
    const members = Array.from({ length: 12_000 }, (_, id) => ({ id, name: `i${id}` }));
    const metrics = Array.from({ length: 1200 }, (_, i) => pmid(61, i >> 8, i & 255));
    for (const [i, id] of metrics.entries()) {
      const indom = i < 10 ? INDOM : NO_INDOM;
      w.metric({ name: `l.m${i}`, pmid: id, type: 'u64', indom, semantics: 'counter', units: UNITS.count });
    }
    w.indom(INDOM, T0, members);
    const ids = members.map((m) => m.id);
    for (let r = 0n; r < 2n; r++) {
      w.record(
        T0 + r * SECOND,
        metrics.map((id, i) =>
          i < 10
            ? { pmid: id, type: 'u64' as const, ids, values: ids.map((x) => x) }
            : { pmid: id, type: 'u64' as const, ids: [-1], values: [i] },
        ),
      );
    }
    w.close();
    expect(dumpSum(base)).toMatchObject({ records: 2, values: 2 * (120_000 + 1190), status: 'eof' });
  });
});

const HERE = [1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 24, 27, 30, 36, 40, 41, 42, 44, 54];
/** Where the others are. */
const ELSEWHERE: Readonly<Record<string, readonly number[]>> = {
  'test/pcp/library.test.ts': [8, 46],
  'test/pcp/edge-fetch.test.ts': [45, 53],
  'test/pcp/unpack.test.ts': [9],
  'test/pcp/domains.test.ts': [15, 16, 17, 18, 19, 20, 21],
  'test/pcp/annotations.test.ts': [22, 23, 34],
  // Every archive of PCP's own tests that there is: odd units, mixed formats, blocks without type, aggregates, backward times.
  'test/pcp/goldens.test.ts': [14, 25, 29, 33, 35, 39],
  // Random archives: empty sets, error codes between values, texts of every length, numbers at the edges, marks, equal times.
  'test/pcp/writer.test.ts': [28, 31, 32, 37, 38, 55],
  'test/property/damage.test.ts': [26],
  'test/pcp/salvage.test.ts': [43],
  'test/pcp/join.test.ts': [49, 50, 51, 52],
};
/** Fetching by profile and in reverse: this reader has neither, it reads forward and gives all instances. */
const NOT_OFFERED = [47, 48];

describe('section 10', () => {
  it('is covered whole, each case in one place', () => {
    const covered = [...HERE, ...NOT_OFFERED, ...Object.values(ELSEWHERE).flat()].sort((a, b) => a - b);
    expect(covered).toEqual(Array.from({ length: 55 }, (_, i) => i + 1));
  });

  it('by tests that exist', () => {
    const root = fileURLToPath(new URL('../../', import.meta.url));
    for (const file of Object.keys(ELSEWHERE))
      expect(readFileSync(join(root, file), 'utf8')).toMatch(/\bit(\.each)?\(/);
  });
});
