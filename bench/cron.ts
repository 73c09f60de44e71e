// Owns the cost of a cron run with nothing to do: npx tsx bench/cron.ts [--jobs N --turns N]. A MariaDB of its own with a warehouse whose
// jobs are all done; whole processes from spawn to exit, each beside `node -e 0`. MongoDB is configured and, with nothing to write, not asked.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EPOCH } from '../fixtures/generate/cluster.ts';
import { Mysql } from '../src/databases/index.ts';
import { startMariadb } from '../test/support/mariadb.ts';
import { addJobs, createWarehouse, type WarehouseJob } from '../test/support/warehouse.ts';
import { type Spread, spread } from './measure.ts';

const CLI = fileURLToPath(new URL('../dist/cli/jobsum.js', import.meta.url));
const { values: o } = parseArgs({
  options: { jobs: { type: 'string', default: '5000' }, turns: { type: 'string', default: '21' } },
});

function timed(args: readonly string[]): number {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - began;
}

const server = await startMariadb();
const dir = mkdtempSync(join(tmpdir(), 'jobsum-cron-'));
try {
  const warehouse = await Mysql.connect(server.settings);
  await createWarehouse(warehouse);
  const job = (i: number): WarehouseJob => ({
    ...{ resourceId: 7, localId: i + 1, start: EPOCH + i, end: EPOCH + i + 3600, hosts: [`cpn-${i % 200}`] },
  });
  await addJobs(
    warehouse,
    Array.from({ length: Number(o.jobs) }, (_, i) => job(i)),
  );
  await warehouse.run('INSERT INTO modw_supremm.process (jobid, process_version) SELECT job_id, 1 FROM modw.job_tasks');
  await warehouse.close();
  const { host, port, user, password: pass } = server.settings;
  const resource = {
    resource_id: 7,
    batch_system: 'XDMoD',
    hostname_mode: 'hostname',
    datasource: 'pcp',
    pcp_log_dir: dir,
  };
  const config = {
    ...{ datawarehouse: { host, port, user, pass }, state: 'jobsum.db', resources: { hpc: resource } },
    outputdatabase: { db_engine: 'MongoDB', uri: 'mongodb://127.0.0.1/', dbname: 'supremm' },
  };
  writeFileSync(join(dir, 'config.json'), JSON.stringify(config));
  const bare: number[] = [];
  const ours: number[] = [];
  for (let turn = -1; turn < Number(o.turns); turn++) {
    const times = [timed(['-e', '0']), timed([CLI, 'summarize', '--config', dir, '--quiet'])] as const;
    if (turn < 0) continue;
    bare.push(times[0]);
    ours.push(times[1]);
  }
  const told = (s: Spread): string =>
    `${s.median.toFixed(0)} ms (${s.min.toFixed(0)} … ${s.max.toFixed(0)}, ${s.runs} runs)`;
  console.log(
    `cron run with nothing to do, ${o.jobs} jobs done: ${told(spread(ours))}; node -e 0: ${told(spread(bare))}`,
  );
} finally {
  rmSync(dir, { recursive: true, force: true });
  await server.remove();
}
