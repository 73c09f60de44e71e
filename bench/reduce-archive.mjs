// Owns what is compared with PCP's tools as a whole process: count, mean, minimum and maximum of each instance of each metric of an
// archive, as a program has them in memory: not their text. Arguments: the archive, and a file with the names of the metrics.

import { readFileSync } from 'node:fs';
import { openArchive } from '../dist/pcp/index.js';

const [base, list] = process.argv.slice(2);
const names = readFileSync(list, 'utf8').trim().split('\n');
const archive = openArchive(base);
const changing = new Set(archive.metrics.filter((m) => /^hotproc\./.test(m.name)).map((m) => m.name));
const { consumers } = archive.reduce(
  names.map((name) => ({
    metrics: [name],
    mode: 'all',
    empty: 'skip',
    // Where instances come and go they are told apart by their number.
    ...(changing.has(name) ? { columns: 'follow', labels: 0 } : {}),
    reducers: [{ kind: 'ROLL', lane: { fold: 'each', rows: [{ metric: 0 }] } }],
  })),
);
let results = 0;
for (const { reducers } of consumers) results += reducers[0].mean.length;
console.log(results);
