// A record whose frame is damaged costs what lies up to the next place that the index names, or the next volume; the same whatever else
// is read, and named to those whom it concerns.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ArchiveWriter,
  checkArchive,
  decodeNode,
  decodeNodeByRows,
  NO_INDOM,
  openArchive,
  pmid,
  UNITS,
  Wasm,
} from '../../src/pcp/index.ts';
import { edit } from '../support/edit.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const NS = 1_000_000_000n;
const T0 = 1_772_409_600n;
const TEXT = 'x'.repeat(60_000);
const RECORDS = 120;
const ID = pmid(60, 0, 1);
let made = 0;

/** Two hours of a record a minute, and where each lies. An index entry is made for every second one. */
function archive(volumes = 1): { base: string; places: { volume: number; offset: number }[] } {
  const base = join(dir, `f${made++}`);
  const w = new ArchiveWriter(base, { version: 3, host: 'n1', startNs: T0 * NS });
  w.metric({ name: 'a.b', pmid: ID, type: 'string', indom: NO_INDOM, semantics: 'discrete', units: UNITS.none });
  const places: { volume: number; offset: number }[] = [];
  for (let i = 0; i < RECORDS; i++) {
    if (i > 0 && i % (RECORDS / volumes) === 0) w.nextVolume();
    places.push({ volume: Math.floor((i * volumes) / RECORDS), offset: w.volumeBytes });
    w.record((T0 + BigInt(i * 60)) * NS, [{ pmid: ID, type: 'string', ids: [-1], values: [TEXT] }]);
  }
  w.close();
  return { base, places };
}

/** Windows from one minute to another, read together, by both engines. */
function read(base: string, ...windows: readonly (readonly [number, number])[]) {
  const task = {
    ...{ archives: [base], wanted: ['a.b'] },
    windows: windows.map(([from, to]) => ({
      ...{ startNs: (T0 + BigInt(from * 60)) * NS, endNs: (T0 + BigInt(to * 60)) * NS, walltime: 60 },
      ...{ archives: [0], declare: () => [] },
    })),
  };
  const [a, b] = [decodeNode, decodeNodeByRows].map((decode) =>
    decode(new Wasm(), task).windows.map(({ coverage, problems }) => ({ coverage, problems })),
  );
  expect(b).toEqual(a);
  return a!.map(({ coverage, problems }) => ({ records: coverage.records, problems }));
}

const WINDOWS = [
  [0, 9],
  [25, 35],
  [45, 50],
  [62, 66],
  [95, 115],
] as const;

/** Each window is the same alone and beside others; `check` and the library have as many records as are read. */
function expectSame(base: string, lost: number, concerned: readonly number[]): void {
  const together = read(base, ...WINDOWS);
  for (const [i, w] of WINDOWS.entries()) {
    expect(read(base, w)).toEqual([together[i]]);
    const named = together[i]!.problems.map((p) => p.code).filter((code) => code !== 'E_ARCHIVE_INDEX');
    expect(named.length > 0, `window ${i}: ${named}`).toBe(concerned.includes(i));
  }
  const [whole] = read(base, [0, RECORDS]);
  expect(whole!.records).toBe(RECORDS - lost);
  expect(checkArchive(base).records).toBe(RECORDS - lost);
  expect([...openArchive(base).records()]).toHaveLength(RECORDS - lost);
}

describe('a damaged frame', () => {
  it.each<[string, (b: Buffer, at: number) => void]>([
    ['with a length that the other does not have', (b, at) => void b.writeInt32BE(b.readInt32BE(at) + 4, at)],
    ['with an impossible length', (b, at) => void b.writeInt32BE(3, at)],
    ['with a length beyond the file', (b, at) => void b.writeInt32BE(0x0fffffff, at)],
    ['with another length at its end', (b, at) => void b.writeInt32BE(7, at + b.readInt32BE(at) - 4)],
  ])('%s', (_, blow) => {
    const { base, places } = archive();
    edit(`${base}.0`, (b) => {
      blow(b, places[30]!.offset);
      return b;
    });
    expectSame(base, 2, [1]);
    expect(read(base, [25, 35])[0]!.problems[0]!.message).toMatch(/; 1\d{5} bytes were passed over$/);
    expect(checkArchive(base).findings[0]!.lost).toMatch(/^1\d{5} bytes from offset .*gets back /);
    // Without an index there is no place to go on at.
    rmSync(`${base}.index`);
    expectSame(base, RECORDS - 30, [1, 2, 3, 4]);
  });

  it('in the first of three volumes, without an index: the others are read', () => {
    const { base, places } = archive(3);
    edit(`${base}.0`, (b) => {
      b.writeInt32BE(3, places[30]!.offset);
      return b;
    });
    expectSame(base, 2, [1]);
    rmSync(`${base}.index`);
    expectSame(base, 10, [1]);
  });

  it('at the end of a volume that was cut', () => {
    const { base, places } = archive(3);
    edit(`${base}.0`, (b) => b.subarray(0, places[30]!.offset + 100));
    expectSame(base, 10, [1]);
    edit(`${base}.2`, (b) => b.subarray(0, places[118]!.offset + 100));
    expect(read(base, [95, 115])).toEqual([{ records: 21, problems: [] }]);
    expect(read(base, [0, RECORDS])[0]!.problems.map((p) => p.code)).toEqual(Array(2).fill('E_ARCHIVE_TRUNCATED'));
  });

  it('twice, and a wild time between', () => {
    const { base, places } = archive();
    edit(`${base}.0`, (b) => {
      b.writeInt32BE(3, places[30]!.offset);
      b.writeInt32BE(3, places[62]!.offset);
      b.writeUInt32BE(Number(T0) + 86_400, places[40]!.offset + 4);
      return b;
    });
    expectSame(base, 5, [1, 3]);
    expect(checkArchive(base).findings.map((f) => f.code)).toContain('E_ARCHIVE_CLOCK');
  });
});
