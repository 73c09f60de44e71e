// Proves the oracle against libpcp's own dumps: golden/decode.tsv and golden/decode_jobs.tsv.

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeArchive } from './archive.ts';
import { dumpSum } from './dump.ts';
import { haveShared, shared } from './shared.ts';

interface GoldenSum {
  archive: string;
  [column: string]: string;
}

function table(file: string): GoldenSum[] {
  const [head, ...lines] = readFileSync(shared('golden', file), 'utf8').trimEnd().split('\n');
  const columns = head!.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    return Object.fromEntries(columns.map((c, i) => [c, cells[i] ?? ''])) as GoldenSum;
  });
}

const present = haveShared('oracle against golden/decode.tsv');

describe.runIf(present)('oracle: canonical dump', () => {
  for (const file of ['decode.tsv', 'decode_jobs.tsv']) {
    it(`equals ${file}`, () => {
      const rows = table(file).filter((row) => existsSync(`${shared('archives', row.archive)}.meta`));
      expect(rows.length).toBeGreaterThan(50);
      const wrong: string[] = [];
      let compared = 0;
      for (const row of rows) {
        if (!existsSync(`${shared('archives', row.archive)}.0`)) continue;
        const sum = dumpSum(decodeArchive(shared('archives', row.archive)));
        const ours = [sum.version, sum.records, sum.marks, sum.values, sum.status, sum.sha256].join(' ');
        const golden = [row.version, row.records, row.marks, row.values, row.status, row.sha256].join(' ');
        if (ours !== golden) wrong.push(`${row.archive}: ${ours}, golden ${golden}`);
        compared++;
      }
      expect(wrong).toEqual([]);
      expect(compared).toBeGreaterThan(50);
    });
  }
});
