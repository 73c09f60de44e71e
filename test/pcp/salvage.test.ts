// Salvage: what lies behind damage inside a volume or the metadata is read on, with a mark for what was lost.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ArchiveWriter,
  canonicalDump,
  checkArchive,
  copyArchive,
  dumpSum,
  NO_INDOM,
  openArchive,
  pmid,
  UNITS,
  type Version,
} from '../../src/pcp/index.ts';
import { jobsum } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const T0 = 1_772_409_600_000_000_000n;
const SECOND = 1_000_000_000n;
const RECORDS = 20;
/** Where the low word of a record's seconds stands, in both versions. */
const LOW = 4;
let archives = 0;

/** A record a second with one number and a text of some length; offsets of the records of the first volume. */
function sample(version: Version, volumes = 1): { base: string; at: (record: number) => number; size: number } {
  const base = join(dir, `s${++archives}`);
  const w = new ArchiveWriter(base, { version, host: 'n1', startNs: T0 });
  const common = { indom: NO_INDOM, units: UNITS.none };
  w.metric({ name: 'a.number', pmid: pmid(60, 0, 1), type: 'u32', semantics: 'instant', ...common });
  w.metric({ name: 'a.text', pmid: pmid(60, 0, 2), type: 'string', semantics: 'discrete', ...common });
  const offsets: number[] = [];
  for (let i = 0; i < RECORDS; i++) {
    if (i > 0 && i % (RECORDS / volumes) === 0) w.nextVolume();
    offsets.push(w.volumeBytes);
    w.record(T0 + BigInt(i) * SECOND, [
      { pmid: pmid(60, 0, 1), type: 'u32', ids: [-1], values: [i] },
      { pmid: pmid(60, 0, 2), type: 'string', ids: [-1], values: ['x'.repeat(i % 7)] },
    ]);
  }
  w.close();
  return { base, at: (record) => offsets[record]!, size: readFileSync(`${base}.0`).length };
}

function put(b: Buffer, value: number, at: number): Buffer {
  b.writeInt32BE(value, at);
  return b;
}

function damage(file: string, change: (bytes: Buffer) => Buffer): void {
  writeFileSync(file, change(readFileSync(file)));
}

/** Numbers of the records that are read, marks as letters. */
function numbers(base: string, salvage = true): (number | string)[] {
  return [...openArchive(base, { salvage }).records({ metrics: ['a.number'] })].map((r) =>
    r.mark ? 'gap' : (r.sets[0]!.values[0] as number),
  );
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe.each([2, 3] as const)('salvage, version %i', (version) => {
  const kinds: [string, (bytes: Buffer, at: number, next: number) => Buffer][] = [
    ['an impossible length', (b, at) => put(b, 3, at)],
    ['a length beyond the file', (b, at) => put(b, 0x7fff0000, at)],
    ['another trailer', (b, _, next) => put(b, 1, next - 4)],
    ['a wrong inside', (b, at) => put(b, 99, at + (version === 2 ? 12 : 16))],
    ['zeros', (b, at, next) => b.fill(0, at, next)],
    ['lost bytes, no whole word', (b, at) => Buffer.concat([b.subarray(0, at + 5), b.subarray(at + 10)])],
    ['bytes put in', (b, at) => Buffer.concat([b.subarray(0, at), Buffer.from('garbage'), b.subarray(at)])],
  ];
  it.each(kinds)('goes on behind %s', (name, change) => {
    const { base, at } = sample(version);
    damage(`${base}.0`, (b) => change(b, at(7), at(8)));
    const rest = name === 'bytes put in' ? range(7, 19) : range(8, 19);
    // Where the frame holds, the record is passed over in any case, and the next is where it should be.
    const framed = name === 'a wrong inside';
    expect(numbers(base)).toEqual([...range(0, 6), ...(framed ? [] : ['gap']), ...rest]);
    // By default the next place of the index is tried, which is that of the last record, if it is still right.
    const moved = name === 'lost bytes, no whole word' || name === 'bytes put in';
    const found = [...range(0, 6), ...(framed ? rest : moved ? [] : [19])];
    expect(numbers(base, false)).toEqual(found);
    // So have copies, which are sound.
    const { records, problems } = copyArchive(base, `${base}-copy`, { whole: true });
    expect([numbers(`${base}-copy`, false), records, problems.length > 0]).toEqual([found, found.length, true]);
    expect(checkArchive(`${base}-copy`).findings).toEqual([]);
  });

  it('leaves every time in copies as PCP does, without what goes back, and says how many did', () => {
    const { base, at } = sample(version);
    damage(`${base}.0`, (b) => put(b, b.readInt32BE(at(7) + LOW) + 10, at(7) + LOW));
    const { records, problems } = copyArchive(base, `${base}-copy`, { whole: true });
    // Read, what counts of two of one time is the first.
    expect([records, numbers(`${base}-copy`)]).toEqual([11, [...range(0, 7), ...range(18, 19)]]);
    expect(problems).toMatchObject([{ code: 'E_ARCHIVE_CLOCK', message: expect.stringMatching(/^9 records/) }]);
  });

  it('puts the mark 1 ms behind the last record, and says how much was passed over', () => {
    const { base, at } = sample(version);
    damage(`${base}.0`, (b) => b.fill(0, at(3), at(5)));
    const archive = openArchive(base, { salvage: true });
    let problems: readonly { message: string }[] = [];
    const records = [...archive.records({ onProblems: (p) => (problems = p) })];
    expect(records[3]).toMatchObject({ mark: true, ns: T0 + 2n * SECOND + 1_000_000n });
    expect(problems).toMatchObject([
      {
        code: 'E_ARCHIVE_LENGTH',
        offset: at(3),
        message: expect.stringContaining(`${at(5) - at(3)} bytes were passed over`),
      },
    ]);
  });

  it('goes on with the next volume behind a damaged tail', () => {
    const { base, at } = sample(version, 2);
    damage(`${base}.0`, (b) => b.subarray(0, at(9) + 9));
    expect(numbers(base)).toEqual([...range(0, 8), 'gap', ...range(10, 19)]);
    expect(numbers(base, false)).toEqual([...range(0, 8), ...range(10, 19)]);
  });

  it.each([0, 1])('reads a volume %i whose label is damaged', (volume) => {
    const { base } = sample(version, 2);
    damage(`${base}.${volume}`, (b) => put(b, 12345, 4));
    const expected = volume === 0 ? range(0, 19) : [...range(0, 9), 'gap', ...range(10, 19)];
    expect(numbers(base)).toEqual(expected);
    if (volume === 0) expect(() => openArchive(base)).toThrow(expect.objectContaining({ code: 'E_ARCHIVE_LABEL' }));
    else expect(numbers(base, false)).toEqual(range(0, 9));
  });

  it('finds the metadata behind a damaged descriptor', () => {
    const { base } = sample(version);
    const label = version === 2 ? 132 : 808;
    damage(`${base}.meta`, (b) => put(b, 7, label));
    expect(openArchive(base).metrics).toEqual([]);
    expect(openArchive(base, { salvage: true }).metrics.map((m) => m.name)).toEqual(['a.text']);
  });

  it('is what check promises, and copies into an archive without damage', () => {
    const { base, at } = sample(version);
    damage(`${base}.0`, (b) => b.fill(0, at(10), at(10) + 4));
    const check = checkArchive(base);
    // Without it the last record is found, which the index names.
    expect(check).toMatchObject({ records: 11, salvage: { records: 9, values: 16, lostBytes: at(11) - at(10) } });
    expect(check.findings[0]!.lost).toContain('--salvage gets back 9 records');
    copyArchive(base, `${base}-copy`, { whole: true, salvage: true });
    expect(checkArchive(`${base}-copy`)).toMatchObject({ records: 20, marks: 1, findings: [] });
    // All but the last line, which has the damage.
    const lines = (path: string): string[] => [...canonicalDump(path, { salvage: true })].slice(0, -1);
    expect(lines(`${base}-copy`)).toEqual(lines(base));
  });

  it('changes nothing about a good archive', () => {
    const { base } = sample(version, 2);
    expect([...canonicalDump(base, { salvage: true })]).toEqual([...canonicalDump(base)]);
  });

  it('is an option of dump, values, extract and copy', async () => {
    const { base, at } = sample(version);
    damage(`${base}.0`, (b) => b.fill(0, at(10), at(11)));
    const run = (...args: string[]) => jobsum(['archive', ...args, '--salvage'], { cwd: dir });
    expect((await run('dump', base, '--ndjson')).stdout.trim().split('\n')).toHaveLength(20);
    expect((await run('values', base, 'a.number', '--csv')).stdout.trim().split('\n')).toHaveLength(20);
    expect((await run('extract', base, `${base}-e`)).code).toBe(65);
    expect((await run('copy', base, `${base}-c`, '--to', 'v3')).stderr).toContain('passed over');
    for (const copy of [`${base}-e`, `${base}-c`]) expect(dumpSum(copy)).toMatchObject({ records: 20, marks: 1 });
  });
});

it('reads on in a megabyte of what looks like heads of records', () => {
  const { base, at } = sample(3);
  // A megabyte of what looks like record heads: lengths and times, none with its trailer.
  const head = readFileSync(`${base}.0`).subarray(at(5), at(5) + 24);
  const junk = Buffer.concat(
    Array.from({ length: 40_000 }, (_, i) => {
      const copy = Buffer.from(head);
      copy.writeInt32BE(4 * (1000 + (i % 100_000)), 0);
      return copy;
    }),
  );
  damage(`${base}.0`, (b) => Buffer.concat([b.subarray(0, at(5)), junk, b.subarray(at(5))]));
  expect(numbers(base)).toEqual([...range(0, 4), 'gap', ...range(5, 19)]);
});
