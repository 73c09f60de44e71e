// Value sets of metrics that an archive does not describe, as a flipped bit makes them: named in the result, as by the check.

import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkArchive, Wasm } from '../../src/pcp/index.ts';
import { archive, deltas, ENGINES, ends, metric, type Record, said, T0 } from '../support/counters.ts';

const NS = 1_000_000_000n;
const STEP = 30n;
const N = 200;
const metrics = [metric(0), metric(1), metric(2)];
const records = Array.from({ length: N }, (_, i): Record => [BigInt(i), BigInt(2 * i), BigInt(3 * i)]);
/** The third is not asked for. */
const specs = metrics.slice(0, 2).map((m) => ends([m]));

/** Offset of the i-th record of a file behind its label. */
function recordOf(data: Buffer, i: number): number {
  let at = data.readInt32BE(0);
  for (let k = 0; k < i; k++) at += data.readInt32BE(at);
  return at;
}

/** Flips a bit of all words of `file` from `from` on that are the pmID of a metric. */
function flip(file: string, k: number, from = 0, to = Number.POSITIVE_INFINITY): void {
  const data = readFileSync(file);
  const { pmid } = metrics[k]!;
  for (let at = from; at + 4 <= Math.min(to, data.length); at += 4)
    if (data.readUInt32BE(at) === pmid) data.writeUInt32BE((pmid ^ 0x200) >>> 0, at);
  writeFileSync(file, data);
}

const window = (from: number, to: number) => ({
  ...{ startNs: (T0 + STEP * BigInt(from)) * NS, endNs: (T0 + STEP * BigInt(to)) * NS, walltime: 600, archives: [0] },
  declare: () => specs,
});

const WINDOWS = [window(0, 49), window(40, 149), window(100, N)];

describe.each(ENGINES)('the %s engine names value sets of metrics without descriptor', (_, decode) => {
  const read = (base: string) => {
    const task = { archives: [base], wanted: metrics.map((m) => m.name), windows: WINDOWS };
    const { windows } = decode(new Wasm(), task);
    // What a window is given does not depend on the others.
    for (const [i, w] of WINDOWS.entries())
      expect(decode(new Wasm(), { ...task, windows: [w] }).windows[0]!.problems).toEqual(windows[i]!.problems);
    return windows;
  };

  it.each([
    ['wanted', 1],
    ['not wanted', 2],
  ])('where a bit of the pmID of a %s one is flipped in a record: those of the window, with the time', (_, k) => {
    const base = archive(metrics, records);
    const data = readFileSync(`${base}.0`);
    // The second and the third record are of one shape, as damage that repeats itself.
    for (const i of [45, 120, 121]) flip(`${base}.0`, k, recordOf(data, i), recordOf(data, i + 1));
    const windows = read(base);
    const text = (n: number, at: string): string =>
      `E_ARCHIVE_RECORD: ${n} value sets of metrics that the metadata does not describe, the first at ${at} UTC: their values are not known`;
    expect(windows.map(said)).toEqual([
      [text(1, '2026-03-02 00:22:30')],
      [text(3, '2026-03-02 00:22:30')],
      [text(2, '2026-03-02 01:00:00')],
    ]);
    expect(windows[0]!.problems[0]!.found).toMatch(/^60\.\d+\.\d+$/);
    expect(deltas(windows[1]!)).toEqual([[109]]);
    const [found] = checkArchive(base).findings;
    expect(found!.message).toContain('3 value sets of metrics that the metadata does not describe');
  });

  it('where its descriptor has moved: those of all records', () => {
    const base = archive(metrics, records);
    flip(`${base}.meta`, 1);
    const windows = read(base);
    expect(windows.map((w) => said(w)[0]!.replace(/ value sets.*/, ''))).toEqual([
      'E_ARCHIVE_RECORD: 50',
      'E_ARCHIVE_RECORD: 110',
      'E_ARCHIVE_RECORD: 100',
    ]);
    expect(deltas(windows[2]!)).toEqual([[99]]);
  });

  it('and nothing of those that are described and that nobody asks for', () => {
    expect(read(archive(metrics, records)).map(said)).toEqual([[], [], []]);
  });
});
