// Proves the WASM decoder against libpcp's own dumps: golden/decode.tsv, decode_jobs.tsv and bad.tsv, compressed ones included.

import { afterEach, describe, expect, it } from 'vitest';
import { dumpSum, limits } from '../../src/pcp/index.ts';
import { haveShared, shared } from '../oracle/shared.ts';
import { goldenSums, sumText } from '../oracle/sums.ts';

/** As `archive dump` reads without --salvage: what PCP refuses is refused, with a code. */
function attempt(base: string): string {
  try {
    return sumText(dumpSum(base, { strict: true }));
  } catch (error) {
    return `refused: ${(error as { code: string }).code}`;
  }
}

afterEach(() => {
  limits.packagedOnly = false;
});

describe.runIf(haveShared('decoder against golden/decode.tsv and bad.tsv'))('decoder: canonical dump', () => {
  it.each([
    ['decode.tsv', false],
    ['decode.tsv', true],
    ['decode_jobs.tsv', false],
  ])('equals %s (packaged decompression: %s)', (file, packaged) => {
    limits.packagedOnly = packaged;
    const rows = goldenSums(file);
    expect(rows.length).toBeGreaterThan(50);
    const wrong = rows
      .map((row) => ({ archive: row.archive, ours: attempt(shared('archives', row.archive)), golden: sumText(row) }))
      .filter(({ ours, golden }) => ours !== golden);
    expect(wrong).toEqual([]);
  });

  it('equals bad.tsv, and refuses what PCP refuses with a code that says why', () => {
    const found = goldenSums('bad.tsv').map((row) => {
      const ours = attempt(shared('archives', 'bad', row.archive));
      const golden = row.opens === 'ok' ? sumText({ ...row, status: row.end }) : 'refused';
      return { archive: row.archive, ours, golden };
    });
    const differ = found.filter(({ ours, golden }) =>
      golden === 'refused' ? !ours.startsWith('refused: E_ARCHIVE_') : ours !== golden,
    );
    // Its index points into the label; PCP follows it and fails, we read the records without it.
    expect(differ.map((d) => d.archive)).toEqual(['badti-4']);
    expect(differ[0]?.ours).toMatch(/^2 9 0 123 eof /);
    const reasons = Object.fromEntries(found.filter((f) => f.golden === 'refused').map((f) => [f.archive, f.ours]));
    expect(reasons).toMatchObject({
      bug: 'refused: E_ARCHIVE_VERSION',
      empty: 'refused: E_ARCHIVE_EMPTY',
      'badlabel-2': 'refused: E_ARCHIVE_INDEX',
      'badlen-5': 'refused: E_ARCHIVE_LABEL',
      'badlen-9': 'refused: E_ARCHIVE_META',
      'badmeta-4': 'refused: E_ARCHIVE_META',
    });
  });
});
