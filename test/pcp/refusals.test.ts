// Oddities by which PCP reads no record, and others of their kind by which it does: check has an error for the former alone.

import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ArchiveWriter, canonicalDump, checkArchive, dumpSum, NO_INDOM, pmid, UNITS } from '../../src/pcp/index.ts';
import { havePrograms } from '../support/programs.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const T0 = 1_772_409_600_000_000_000n;
const STEP = 30_000_000_000n;
const RECORDS = 6;
const LABEL = 132;
/** Of an entry of the index: time, volume, place in the metadata; its place in the data follows. */
const DATA = 16;
const METRIC = pmid(60, 1, 0);
let made = 0;

function sound(): string {
  const base = join(dir, `a${made++}`);
  const w = new ArchiveWriter(base, { version: 2, host: 'n1', startNs: T0 });
  w.metric({ name: 'm', pmid: METRIC, type: 'u64', indom: NO_INDOM, semantics: 'counter', units: UNITS.count });
  for (let i = 0n; i < RECORDS; i++) w.record(T0 + i * STEP, [{ pmid: METRIC, type: 'u64', ids: [-1], values: [i] }]);
  w.close();
  return base;
}

/** A record of help text with some bytes behind its type. */
function text(...bytes: readonly number[]): Buffer {
  const b = Buffer.alloc(8 + bytes.length + 4);
  b.writeUInt32BE(b.length, 0);
  b.writeUInt32BE(4, 4);
  Buffer.from(bytes).copy(b, 8);
  b.writeUInt32BE(b.length, b.length - 4);
  return b;
}
const ID = [METRIC >>> 24, (METRIC >>> 16) & 255, (METRIC >>> 8) & 255, METRIC & 255];
const helpText = (kind: number): Buffer => text(0, 0, kind >> 8, kind & 255, ...ID, 0x61, 0);
const GOOD = helpText(5);

/** Offset of the second record. */
const second = (): number => readFileSync(`${sound()}.0`).readUInt32BE(LABEL) + LABEL;

const PCP = havePrograms('what PCP reads of odd archives', 'pmdumplog');

function judge(base: string, refused: boolean, message?: string): void {
  const { findings, records } = checkArchive(base);
  expect([records, dumpSum(base).records]).toEqual([RECORDS, RECORDS]);
  expect(findings.filter((f) => f.severity === 'error').length > 0).toBe(refused);
  if (message !== undefined) expect(findings.map((f) => f.message)).toContain(message);
  if (!PCP) return;
  const { status, stdout } = spawnSync('pmdumplog', [base], { encoding: 'utf8' });
  expect([status === 0, (stdout.match(/ metric/g) ?? []).length > 0]).toEqual([!refused, !refused]);
}

describe('records of help text', () => {
  const KIND = 'unknown kind of help text';
  const SEVERAL = 'a help text of several kinds';
  it.each([
    ['of one kind', [GOOD], false, undefined],
    ['without any text', [text(0, 0, 0, 5, ...ID), GOOD], false, undefined],
    ['of no kind at the end of the metadata', [helpText(1)], false, KIND],
    ['of no kind, with three bytes behind it', [helpText(8), Buffer.alloc(3)], false, KIND],
    ['of no kind, with something behind it', [helpText(1), GOOD], true, KIND],
    ['of no kind, with half a record behind it', [helpText(4), Buffer.alloc(5)], true, KIND],
    ['of no kind, twice', [helpText(0), helpText(0)], true, `${KIND}, and 1 more such records`],
    ['of several kinds', [helpText(7), GOOD], false, SEVERAL],
    ['of a kind and more', [helpText(0x105), GOOD], false, SEVERAL],
    ['that end in their number', [text(0, 0, 0, 5, 15, 0), GOOD], false, 'a help text of nothing'],
    ['that end in their number and are of no kind', [text(0, 0, 0, 1, 15, 0), GOOD], true, KIND],
  ])('%s', (_, records, refused, message) => {
    const base = sound();
    for (const record of records) appendFileSync(`${base}.meta`, record);
    judge(base, refused, message);
  });
});

describe('the first entry of the temporal index', () => {
  const NOWHERE = 'the temporal index has a first entry at which no record starts, where PCP begins';
  const LATE = 'the temporal index has a first entry behind the first record, where PCP begins';
  it.each([
    ['at the first record', LABEL, false, undefined],
    ['at the second', second(), false, LATE],
    ['inside the first', LABEL + 1, true, NOWHERE],
    ['inside the second', second() + 4, true, NOWHERE],
    ['inside the label', LABEL - 1, true, NOWHERE],
    ['at the beginning of the file', 0, true, NOWHERE],
  ])('%s', (_, offset, refused, message) => {
    const base = sound();
    const index = readFileSync(`${base}.index`);
    index.writeUInt32BE(offset, LABEL + DATA);
    writeFileSync(`${base}.index`, index);
    judge(base, refused, message);
  });
});

it('a record with more than a second beside its seconds is in the strict dump what PCP takes it for, as are those behind it', () => {
  const base = sound();
  const data = readFileSync(`${base}.0`);
  // Microseconds of the second record: 33 minutes.
  data.writeInt32BE(2_000_000_000, second() + 8);
  writeFileSync(`${base}.0`, data);
  const lines = [...canonicalDump(base, { strict: true, onProblems: () => undefined })];
  expect(lines.at(-1)).toContain(`"records":${RECORDS}`);
  if (!PCP) return;
  const { stdout } = spawnSync('pmdumplog', [base], { encoding: 'utf8' });
  expect(stdout.match(/ metric/g)).toHaveLength(RECORDS);
});
