// Owns the command line of the generator: tsx bench/generate/main.ts node-day|cluster …

import { parseArgs } from 'node:util';
import { EPOCH, writeCluster } from './cluster.ts';
import { writeNode } from './node.ts';

/** A big node's day: every metric of the catalogue, samples every 30 s. 1,000 MB are ten days with the same metadata. */
export function generateNodeDay(base: string, megabytes: number, version: 2 | 3 = 3, seed = 'node-day') {
  const cpus = Array.from({ length: 32 }, (_, i) => i);
  const resident = {
    jobId: '5000',
    uid: 1001,
    user: 'user1',
    start: EPOCH,
    end: EPOCH + 864_000,
    cpus: cpus.slice(0, 8),
  };
  return writeNode({
    ...{ base, host: 'cpn-001.example.org', version, seed, start: EPOCH, interval: 30, bytes: megabytes * 1e6 },
    ...{ cpus: 32, gpus: 4, residents: [{ ...resident, command: 'solver', load: 0.9 }] },
  });
}

/** The same node with a new job every 90 s, each of eight processes: some 7,700 instances a day, of which eight are there at a time. */
export function generateChurnDay(base: string, megabytes: number, version: 2 | 3 = 3, seed = 'churn-day') {
  const residents = Array.from({ length: 960 }, (_, i) => ({
    ...{ jobId: String(5000 + i), uid: 1000 + (i % 7), user: `user${i % 7}`, command: `solver${i % 5}`, load: 0.9 },
    ...{ start: EPOCH + 90 * i, end: EPOCH + 90 * i + 89, cpus: Array.from({ length: 8 }, (_, c) => c) },
  }));
  return writeNode({
    ...{ base, host: 'cpn-001.example.org', version, seed, start: EPOCH, interval: 30, bytes: megabytes * 1e6 },
    ...{ cpus: 32, gpus: 4, residents },
  });
}

if (process.argv[1] === import.meta.filename) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      megabytes: { type: 'string', default: '100' },
      version: { type: 'string', default: '3' },
      jobs: { type: 'string', default: '200' },
      nodes: { type: 'string', default: '10' },
      hours: { type: 'string', default: '12' },
      interval: { type: 'string', default: '30' },
    },
  });
  const [what, path] = positionals;
  if ((what === 'node-day' || what === 'churn-day') && path) {
    const generate = what === 'node-day' ? generateNodeDay : generateChurnDay;
    console.log(generate(path, Number(values.megabytes), values.version === '2' ? 2 : 3));
  } else if (what === 'cluster' && path) {
    const { jobs, nodes, hours, interval } = values;
    const { allocations, ...rest } = writeCluster({
      root: path,
      jobs: +jobs,
      nodes: +nodes,
      hours: +hours,
      interval: +interval,
    });
    console.log({ ...rest, jobs: allocations.length });
  } else {
    console.error(
      'usage: generate node-day|churn-day BASE [--megabytes N] [--version 2|3]\n       generate cluster DIR [--jobs N --nodes N --hours H --interval S]',
    );
    process.exitCode = 64;
  }
}
