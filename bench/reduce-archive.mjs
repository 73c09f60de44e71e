// Owns what is compared with PCP's tools as a whole process: count, mean, minimum and maximum of each instance of each metric of
// archives, as a program has them in memory: not their text. Arguments: a file with the names of the metrics, and the archives.

import { readFileSync } from 'node:fs';
import { openArchive } from '../dist/pcp/library/index.js';

const [list, ...bases] = process.argv.slice(2);
const names = readFileSync(list, 'utf8').trim().split('\n');
let results = 0;
for (const base of bases) {
  const archive = openArchive(base);
  const { consumers } = archive.reduce(
    names.map((name) => ({
      metrics: [name],
      mode: 'all',
      empty: 'skip',
      // Where instances come and go they are told apart by their number.
      ...(name.startsWith('hotproc.') ? { columns: 'follow', labels: 0 } : {}),
      reducers: [{ kind: 'ROLL', lane: { fold: 'each', rows: [{ metric: 0 }] } }],
    })),
  );
  for (const { reducers } of consumers) results += reducers[0].mean.length;
}
console.log(results);
