// What an archive can have millions of costs no more than it must: results stay short, and work grows with what is read.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Findings, problemsWithin } from '../../src/pcp/archive/findings.ts';
import { indexEntries } from '../../src/pcp/archive/index-file.ts';
import { MOST_APART, timelineOf } from '../../src/pcp/archive/kept-times.ts';
import { ArchiveReader } from '../../src/pcp/archive/reader.ts';
import { readTimes, type Times } from '../../src/pcp/archive/timeline.ts';
import { redateVersions } from '../../src/pcp/archive/versions.ts';
import { ArchiveWriter, checkArchive, decodeNode, indomId, NO_INDOM, pmid, UNITS, Wasm } from '../../src/pcp/index.ts';
import { deltas, ends, metric } from '../support/counters.ts';
import { cases } from '../support/effort.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const NS = 1_000_000_000n;
const T0 = 1_772_409_600n * NS;
const ID = pmid(60, 0, 1);

/** Records at these seconds, 100 bytes apart in one volume. */
function timesOf(seconds: readonly number[]): Times {
  return {
    volume: new Uint32Array(seconds.length),
    offset: Float64Array.from(seconds, (_, i) => 132 + 100 * i),
    ns: BigInt64Array.from(seconds, (s) => T0 + BigInt(s) * NS),
    pmid: new Uint32Array(seconds.length).fill(ID),
    afterLoss: new Set(),
  };
}

describe('an archive with very many', () => {
  it('times that cannot be right: those beyond a thousand places are one finding, with all of their records', () => {
    const seconds = Array.from({ length: 12_000 }, (_, i) => (i % 4 === 3 ? 30 * i + 86_400 * 200 : 30 * i));
    const { misplaced, dropped } = timelineOf(1, timesOf(seconds));
    expect(misplaced).toHaveLength(MOST_APART);
    expect(misplaced.at(-1)).toMatchObject({ runs: 3000 - MOST_APART + 1, afterNs: null });
    expect(misplaced.reduce((sum, m) => sum + m.count, 0)).toBe(3000);
    expect(seconds.filter((_, i) => dropped[0]!.has(132 + 100 * i))).toHaveLength(3000);
    expect(dropped[0]!.has(132)).toBe(false);
    expect(dropped[0]!.has(132 + 300)).toBe(true);
  });

  it('pauses: as with wrong times', () => {
    const seconds = Array.from({ length: 40_000 }, (_, i) => 30 * i + 3600 * Math.floor(i / 20));
    const { leaps } = timelineOf(1, timesOf(seconds));
    expect(leaps).toHaveLength(MOST_APART);
    expect(leaps.at(-1)).toMatchObject({ runs: 1999 - MOST_APART + 1 });
  });

  it('problems of one kind: they are counted, and other kinds are still named', () => {
    const findings = new Findings();
    for (let i = 0; i < 50_000; i++) findings.meet({ code: 'E_ARCHIVE_META', message: `of ${i}` });
    findings.meet({ code: 'E_ARCHIVE_CONFLICT', message: 'x' });
    expect(findings.dated().length).toBeLessThan(10_100);
    const named = problemsWithin(findings.dated(), 0n, 1n).map((p) => p.message);
    expect(named).toEqual(['of 0', 'of 1', 'of 2', 'of 3', 'of 4', 'x', 'and 49995 more of this kind']);
  });

  it('versions of domains at a wrong time that many records have: each record is looked at twice', () => {
    const base = join(dir, 'versions');
    const w = new ArchiveWriter(base, { version: 3, host: 'n1', startNs: T0 });
    w.metric({ name: 'a.b', pmid: ID, type: 'u32', indom: indomId(60, 0), semantics: 'instant', units: UNITS.none });
    const many = 400;
    const record = (ns: bigint): void => w.record(ns, [{ pmid: ID, type: 'u32', ids: [0], values: [1] }]);
    for (let i = 0; i < 3 * many; i++) {
      const ns = i >= many && i < 2 * many ? T0 + 86_400n * NS : T0 + BigInt(i * 30) * NS;
      if (i === 0 || (i >= many && i < 2 * many)) w.indom(indomId(60, 0), ns, [{ id: 0, name: `n${i}` }]);
      record(ns);
    }
    w.close();
    const wasm = new Wasm();
    wasm.x.openSession(0);
    const reader = new ArchiveReader(wasm, base);
    const times = readTimes(reader.files, () => [])!;
    const { kept } = timelineOf(1, times);
    let reads = 0;
    const counted = new Proxy(kept, {
      get(target, key) {
        if (typeof key === 'string' && /^\d+$/.test(key)) reads++;
        return Reflect.get(target, key);
      },
    });
    redateVersions(wasm, reader.address, times, counted, { entries: indexEntries(wasm, reader.address), volumes: [0] });
    reader.close();
    expect(reads).toBeGreaterThan(kept.length);
    expect(reads).toBeLessThanOrEqual(2 * kept.length);
  });

  it('metrics: each is known by its number, however many there are', () => {
    const base = join(dir, 'metrics');
    const w = new ArchiveWriter(base, { version: 3, host: 'n1', startNs: T0 });
    const count = cases(5_000, 300_000);
    const numbers = Array.from({ length: count }, (_, i) => pmid(61, i >> 10, i & 1023));
    const described = { type: 1, semantics: 3, indom: NO_INDOM, units: 0 };
    for (const [i, n] of numbers.entries()) w.describe({ ...described, nameBytes: Buffer.from(`m${i}`), pmid: n });
    for (let i = 0; i < 3; i++)
      w.record(
        T0 + BigInt(i) * NS,
        [0, count - 1].map((k) => ({ pmid: numbers[k]!, type: 'u32', ids: [-1], values: [k + i] })),
      );
    w.close();
    const names = ['m0', `m${count - 1}`];
    const { windows } = decodeNode(new Wasm(), {
      archives: [base],
      wanted: names,
      windows: [
        {
          startNs: T0,
          endNs: T0 + NS,
          walltime: 1,
          archives: [0],
          declare: () => names.map((name) => ends([metric(0, { name })])),
        },
      ],
    });
    expect(windows[0]!.problems).toEqual([]);
    expect(names.map((_, i) => deltas(windows[0]!, i))).toEqual([[[1]], [[1]]]);
  });

  it('label sets that cannot be read: one finding says how many', () => {
    const base = join(dir, 'labels');
    const w = new ArchiveWriter(base, { version: 3, host: 'n1', startNs: T0 });
    w.metric({ name: 'a.b', pmid: ID, type: 'u32', indom: NO_INDOM, semantics: 'instant', units: UNITS.none });
    w.record(T0, [{ pmid: ID, type: 'u32', ids: [-1], values: [1] }]);
    w.close();
    const label = (type: number, sets: number): Buffer => {
      const b = Buffer.alloc(48);
      b.writeInt32BE(48, 0);
      b.writeInt32BE(7, 4);
      b.writeInt32BE(type, 20);
      b.writeInt32BE(sets, 28);
      b.writeInt32BE(48, 44);
      return b;
    };
    const times = (n: number, b: Buffer): Buffer => Buffer.concat(Array.from({ length: n }, () => b));
    appendFileSync(`${base}.meta`, Buffer.concat([times(2000, label(1, 1_000_000)), times(3000, label(64, 0))]));
    const check = checkArchive(base);
    expect(check.findings.map((f) => [f.severity, f.message])).toEqual([
      ['error', 'impossible number of label sets, and 1999 more such records'],
      ['warning', 'unknown class of labels, and 2999 more such records'],
    ]);
  });
});
