// Proves the WASM decoder against libpcp's own dumps: golden/decode.tsv and golden/decode_jobs.tsv.

import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dumpSum } from '../../src/decode/index.ts';
import { haveShared, shared } from '../oracle/shared.ts';
import { goldenSums, sumText } from '../oracle/sums.ts';

describe.runIf(haveShared('decoder against golden/decode.tsv'))('decoder: canonical dump', () => {
  it.each(['decode.tsv', 'decode_jobs.tsv'])('equals %s', (file) => {
    const wrong: string[] = [];
    let compared = 0;
    for (const row of goldenSums(file)) {
      const base = shared('archives', row.archive);
      // Compressed members come with a later version.
      if (!existsSync(`${base}.meta`) || !existsSync(`${base}.0`)) continue;
      const ours = sumText(dumpSum(base));
      if (ours !== sumText(row)) wrong.push(`${row.archive}: ${ours}, golden ${sumText(row)}`);
      compared++;
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(50);
  });
});
