// The temporal index as a way to a time: whatever is asked for, all records of the window are read, by a jump where one can be made.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NS, type Problem } from '../../src/kernel/index.ts';
import { ArchiveWriter, decodeNode, NO_INDOM, pmid, UNITS, type Version, Wasm } from '../../src/pcp/index.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const START = 1_772_409_600n;
const EVERY = 15;
const MINUTES = 60;
const RECORDS = (MINUTES * 60) / EVERY;
/** Records between entries of the index: 2.4 MB. */
const STRIDE = 24;
const TEXT = 'x'.repeat(100_000);
const wasm = new Wasm();

interface Entry {
  readonly record: number;
  readonly offset: number;
}

/** An archive of an hour, with an index of few entries: each the time of a record, and what `place` makes of its number. */
function write(name: string, version: Version, place: (record: number) => number): string {
  const base = join(dir, name);
  const writer = new ArchiveWriter(base, { version, host: 'n1', startNs: START * NS });
  const id = pmid(60, 0, 1);
  writer.metric({
    ...{ name: 'a.text', pmid: id, type: 'string', indom: NO_INDOM, semantics: 'discrete', units: UNITS.none },
  });
  for (let i = 0; i < RECORDS; i++)
    writer.record((START + BigInt(i * EVERY)) * NS, [{ pmid: id, type: 'string', ids: [-1], values: [TEXT] }]);
  writer.close();
  const data = readFileSync(`${base}.0`);
  const label = version === 2 ? 132 : 808;
  const length = data.readInt32BE(label);
  const entries: Entry[] = Array.from({ length: RECORDS / STRIDE }, (_, i) => {
    const record = i * STRIDE;
    return { record, offset: Math.min(data.length, label + place(record) * length) };
  });
  const index = entries.map(({ record, offset }) => {
    const b = Buffer.alloc(version === 2 ? 20 : 32);
    b.writeUInt32BE(Number(START) + record * EVERY, 0);
    if (version === 2) {
      b.writeInt32BE(label, 12);
      b.writeInt32BE(offset, 16);
    } else {
      b.writeBigInt64BE(BigInt(label), 16);
      b.writeBigInt64BE(BigInt(offset), 24);
    }
    return b;
  });
  writeFileSync(`${base}.index`, Buffer.concat([readFileSync(`${base}.index`).subarray(0, label), ...index]));
  return base;
}

interface Read {
  readonly records: number;
  readonly problems: readonly Problem[];
  readonly bytes: number;
}

/** What is read of `seconds` from the start of a minute. */
function read(base: string, minute: number, seconds: number): Read {
  const startNs = (START + BigInt(minute * 60)) * NS;
  const { windows, bytes } = decodeNode(wasm, {
    archives: [base],
    wanted: ['a.text'],
    windows: [{ startNs, endNs: startNs + BigInt(seconds) * NS, walltime: seconds, archives: [0], declare: () => [] }],
  });
  return { records: windows[0]!.coverage.records, problems: windows[0]!.problems, bytes };
}

describe.each([2, 3] as const)('a sound index (version %s)', (version) => {
  it.each([
    ['of the record at its time', 0],
    ['of the record behind its time', 1],
  ])('%s: leads to every whole minute', (_, further) => {
    const base = write(`sound-${version}-${further}`, version, (record) => record + further);
    let bytes = 0;
    for (let minute = 0; minute < MINUTES; minute++) {
      const got = read(base, minute, 40);
      expect(got, `minute ${minute}`).toMatchObject({ records: 3, problems: [] });
      bytes += got.bytes;
    }
    // Read from the beginning each time it were half of the archive.
    expect(bytes / MINUTES).toBeLessThan((RECORDS * TEXT.length) / 3);
  });

  it('whose entries are of records larger than the window leads there too', () => {
    const base = join(dir, `large-${version}`);
    const writer = new ArchiveWriter(base, { version, host: 'n1', startNs: START * NS });
    const id = pmid(60, 0, 1);
    writer.metric({
      ...{ name: 'a.text', pmid: id, type: 'string', indom: NO_INDOM, semantics: 'discrete', units: UNITS.none },
    });
    const values = ['y'.repeat(3_000_000)];
    for (let i = 0; i < 8; i++)
      writer.record((START + BigInt(i * 60)) * NS, [{ pmid: id, type: 'string', ids: [-1], values }]);
    writer.close();
    for (let minute = 0; minute < 8; minute++) {
      const got = read(base, minute, 30);
      expect(got, `minute ${minute}`).toMatchObject({ records: 1, problems: [] });
      expect(got.bytes).toBeLessThan(4 * values[0]!.length);
    }
  });
});

describe('an index that lies', () => {
  it.each([
    ['ten records too far', (record: number) => record + 10],
    ['into a record', (record: number) => record + 0.5],
  ])('%s: is reported and costs no record', (name, place) => {
    const base = write(`lies-${name.length}`, 3, (record) => (record === 0 ? 0 : place(record)));
    for (const minute of [20, 30, 59]) {
      const got = read(base, minute, 40);
      expect(got.records).toBe(3);
      expect(got.problems.length, `minute ${minute}`).toBeLessThanOrEqual(1);
    }
    // Right behind the time of an entry, whose record lies before the place.
    expect(read(base, 31, 40).problems).toMatchObject([{ code: 'E_ARCHIVE_INDEX' }]);
  });
});
