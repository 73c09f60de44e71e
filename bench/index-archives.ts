// Owns the figures of indexing: 100,000 archives on a tree, the first run and a second that opens nothing, as a user starts them.
//
//   npx tsx bench/index-archives.ts [--archives N] [--work DIR] [--workers N]

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, linkSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine } from './measure.ts';

const CLI = fileURLToPath(new URL('../dist/cli/jobsum.js', import.meta.url));
const SEED = fileURLToPath(
  new URL('../fixtures/cluster/archives/2026/03/cpn-g01/2026-03-02/20260302.00.00', import.meta.url),
);
const MEMBERS = ['meta', 'index', '0'];
/** File systems bound the links of one file. */
const LINKS = 30_000;
const HOSTS = 500;

const { values: o } = parseArgs({
  options: {
    archives: { type: 'string', default: '100000' },
    work: { type: 'string', default: join(tmpdir(), 'jobsum-bench') },
    workers: { type: 'string', default: '4' },
  },
});

/** Layout A, a day a host, hard links of one archive. */
function tree(root: string, archives: number): void {
  mkdirSync(root, { recursive: true });
  for (let i = 0; i < archives; i++) {
    const seed = join(o.work, `seed-${Math.floor(i / LINKS)}`);
    if (i % LINKS === 0) for (const m of MEMBERS) copyFileSync(`${SEED}.${m}`, `${seed}.${m}`);
    const day = new Date(Date.UTC(2026, 0, 1 + Math.floor(i / HOSTS))).toISOString().slice(0, 10);
    const [year, month] = day.split('-') as [string, string];
    const at = join(root, year, month, `cpn-${String(i % HOSTS).padStart(3, '0')}`, day);
    mkdirSync(at, { recursive: true });
    for (const m of MEMBERS) linkSync(`${seed}.${m}`, join(at, `${day.replaceAll('-', '')}.00.10.${m}`));
  }
}

const root = join(o.work, `tree-${o.archives}`);
if (!existsSync(root)) tree(root, Number(o.archives));
const store = join(o.work, 'index.db');
for (const suffix of ['', '-wal', '-shm']) rmSync(`${store}${suffix}`, { force: true });
const { cpu, cores, node } = machine();
console.log(`${cpu}, ${cores} cores, node ${node}`);
for (const run of ['first run', 'second run']) {
  const began = performance.now();
  const args = ['index', '--archives', root, '--store', store, '--workers', o.workers, '--json'];
  const { stdout } = spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  const [r] = (JSON.parse(stdout) as { resources: { archives: number; opened: number }[] }).resources;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${run}: ${r!.archives} archives, ${r!.opened} opened, ${seconds} s`);
}
