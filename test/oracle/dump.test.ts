// Proves the oracle against libpcp's own dumps: golden/decode.tsv and golden/decode_jobs.tsv.

import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeArchive } from './archive.ts';
import { dumpSum } from './dump.ts';
import { haveShared, shared } from './shared.ts';
import { goldenSums, sumText } from './sums.ts';

const present = haveShared('oracle against golden/decode.tsv');

describe.runIf(present)('oracle: canonical dump', () => {
  for (const file of ['decode.tsv', 'decode_jobs.tsv']) {
    it(`equals ${file}`, () => {
      const wrong: string[] = [];
      let compared = 0;
      for (const row of goldenSums(file)) {
        const base = shared('archives', row.archive);
        if (!existsSync(`${base}.meta`) || !existsSync(`${base}.0`)) continue;
        const ours = sumText(dumpSum(decodeArchive(base)));
        if (ours !== sumText(row)) wrong.push(`${row.archive}: ${ours}, golden ${sumText(row)}`);
        compared++;
      }
      expect(wrong).toEqual([]);
      expect(compared).toBeGreaterThan(50);
    });
  }
});
