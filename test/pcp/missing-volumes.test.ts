// Volumes that are not there: named to the windows that they may have had records of, by all who read the archive.

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
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const NS = 1_000_000_000n;
const T0 = 1_772_409_600n;
const ID = pmid(60, 0, 1);
const ALL = [0, 1, 2, 3];
let made = 0;

/** An hour of a record a minute in four volumes, of which some are removed. */
function archive(missing: readonly number[], index = true): string {
  const base = join(dir, `v${made++}`);
  const w = new ArchiveWriter(base, { version: 3, host: 'n1', startNs: T0 * NS });
  w.metric({ name: 'a.b', pmid: ID, type: 'u32', indom: NO_INDOM, semantics: 'instant', units: UNITS.none });
  for (let i = 0; i < 60; i++) {
    if (i > 0 && i % 15 === 0) w.nextVolume();
    w.record((T0 + BigInt(i * 60)) * NS, [{ pmid: ID, type: 'u32', ids: [-1], values: [i] }]);
  }
  w.close();
  for (const volume of missing) rmSync(`${base}.${volume}`);
  if (!index) rmSync(`${base}.index`);
  return base;
}

/** Per quarter of the hour what both engines name there, and how many records it has. */
function quarters(base: string): { records: number; missing: string[] }[] {
  const windows = ALL.map((q) => {
    const [startNs, endNs] = [T0 + BigInt(q * 900), T0 + BigInt(q * 900 + 840)].map((s) => s * NS) as [bigint, bigint];
    return { startNs, endNs, walltime: 840, archives: [0], declare: () => [] };
  });
  const [wasm, rows] = [decodeNode, decodeNodeByRows].map((decode) =>
    decode(new Wasm(), { archives: [base], wanted: ['a.b'], windows }).windows.map(({ coverage, problems }) => ({
      records: coverage.records,
      missing: problems.filter((p) => p.code === 'E_ARCHIVE_VOLUME').map((p) => p.message),
    })),
  );
  expect(rows).toEqual(wasm);
  return wasm!;
}

const named = (base: string): number[] => ALL.filter((q) => quarters(base)[q]!.missing.length > 0);

describe('a volume that is missing', () => {
  it.each([
    [[0], 'volume 0 is missing', [0]],
    [[1], 'volume 1 is missing', [1]],
    [[1, 2], 'volumes 1 to 2 are missing', [1, 2]],
    [[3], 'volume 3 is missing', [3]],
  ])('%j is named to the windows of its time', (missing, message, concerned) => {
    const base = archive(missing);
    expect(named(base)).toEqual(concerned);
    for (const [q, { records, missing: texts }] of quarters(base).entries()) {
      expect([q, records]).toEqual([q, missing.includes(q) ? 0 : 15]);
      expect(texts).toEqual(concerned.includes(q) ? [message] : []);
    }
    const { findings } = checkArchive(base);
    expect(findings).toContainEqual(expect.objectContaining({ code: 'E_ARCHIVE_VOLUME', message, severity: 'error' }));
    // Once: neither the index nor the pause is anything of its own.
    expect(findings.map((f) => f.code)).toEqual(['E_ARCHIVE_VOLUME']);
    const opened = openArchive(base);
    expect([...opened.records()].length).toBe(60 - 15 * missing.length);
    expect(opened.problems.map((p) => p.code)).toContain('E_ARCHIVE_VOLUME');
  });

  it('is named to all where no index tells its time, and the last one to nobody', () => {
    expect(named(archive([1], false))).toEqual(ALL);
    expect(named(archive([3], false))).toEqual([]);
    expect(named(archive([]))).toEqual([]);
  });
});
