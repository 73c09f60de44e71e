// Owns `npm run bench:large`: time and peak memory of a job of thousands of nodes, and of a job of a month beside one of an hour.

import { rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { longJob, wideJob } from '../fixtures/generate/large.ts';
import { machine } from './measure.ts';
import { run } from './process.ts';

const { values: o } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    nodes: { type: 'string', default: '4096' },
    cpus: { type: 'string', default: '128' },
    /** Series of jobs have at most 100 points, of 120 samples and more. */
    samples: { type: 'string', default: '121' },
    days: { type: 'string', default: '30' },
    workers: { type: 'string', default: '2' },
    work: { type: 'string', default: join(tmpdir(), 'jobsum-bench-large') },
  },
});

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const MIB = 2 ** 20;

async function measure(name: string, root: string, args: readonly string[], bytes: number) {
  say(`${name}: ${(bytes / 1e6).toFixed(0)} MB of archives …`);
  const out = join(root, 'documents.ndjson');
  const began = performance.now();
  const { peak } = await run([...args, '--workers', o.workers, '--output', `ndjson:${out}`], root);
  const seconds = (performance.now() - began) / 1000;
  return { name, seconds, peakMiB: peak, megabytes: bytes / 1e6, documentMiB: statSync(out).size / MIB };
}

const results = [];
try {
  const wide = join(o.work, 'wide');
  const job = wideJob(wide, +o.nodes, +o.cpus, +o.samples);
  results.push(await measure(`${o.nodes} nodes of ${o.cpus} CPUs, ${o.samples} samples`, wide, job.args, job.bytes));
  rmSync(wide, { recursive: true, force: true });
  for (const days of [1 / 24, +o.days]) {
    const root = join(o.work, 'long');
    const long = longJob(root, days, 8);
    results.push(await measure(`one node, ${days < 1 ? 'one hour' : `${days} days`}`, root, long.args, long.bytes));
  }
} finally {
  rmSync(o.work, { recursive: true, force: true });
}
if (o.json) console.log(JSON.stringify({ machine: machine(), results }));
else {
  for (const r of results) {
    console.log(
      `${r.name.padEnd(45)} ${r.peakMiB.toFixed(0).padStart(5)} MiB at most, ${r.seconds.toFixed(1)} s, ${(r.megabytes / r.seconds).toFixed(0)} MB/s, document ${r.documentMiB.toFixed(1)} MiB`,
    );
  }
}
