// Owns a generated site: a cluster's archives, its jobs in a warehouse, and configurations that put them together.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Allocation, type ClusterOptions, writeCluster } from '../../fixtures/generate/cluster.ts';
import { Mysql } from '../../src/databases/index.ts';
import { setupLedger } from '../../src/ledger/index.ts';
import type { TestServer } from './mariadb.ts';
import { addJobs, createWarehouse, type WarehouseJob } from './warehouse.ts';

export const RESOURCE = 7;

export interface Site {
  readonly root: string;
  readonly archives: string;
  readonly jobs: string;
  readonly count: number;
  /** Nothing was ever processed. */
  forget(): Promise<void>;
  /** Writes a configuration with this section `outputdatabase` and these keys, of the whole and of the resource; its path. */
  config(name: string, output: object, more?: object, ofResource?: object): string;
}

export function warehouseJob({ resident: r, nodes }: Allocation): WarehouseJob {
  return {
    ...{
      resourceId: RESOURCE,
      localId: Number(r.jobId),
      start: r.start,
      end: r.end,
      hosts: nodes,
      user: r.user,
      uid: r.uid,
    },
    ...{ cpus: r.cpus.length * nodes.length, name: r.command, queue: 'whole' },
  };
}

/** Archives below `root` and a fresh warehouse on the server. */
export async function generateSite(options: ClusterOptions, server: TestServer): Promise<Site> {
  const { root } = options;
  const { jobs, archives, allocations } = writeCluster(options);
  const warehouse = await Mysql.connect(server.settings);
  await createWarehouse(warehouse);
  await setupLedger(warehouse);
  await addJobs(warehouse, allocations.map(warehouseJob));
  await warehouse.close();
  const { host, port, user, password } = server.settings;
  return {
    ...{ root, archives, jobs, count: allocations.length },
    forget: async () => {
      const clearing = await Mysql.connect(server.settings);
      for (const table of ['process', 'jobsum_job', 'jobsum_lease'])
        await clearing.run(`DELETE FROM modw_supremm.${table}`);
      await clearing.close();
    },
    config: (name, output, more = {}, ofResource = {}) => {
      const directory = join(root, name);
      mkdirSync(directory, { recursive: true });
      const resource = { resource_id: RESOURCE, batch_system: 'XDMoD', hostname_mode: 'hostname', datasource: 'pcp' };
      const config = {
        datawarehouse: { host, port, user, pass: password },
        outputdatabase: output,
        state: 'state/jobsum.db',
        resources: { hpc: { ...resource, pcp_log_dir: archives, ...ofResource } },
        ...more,
      };
      writeFileSync(join(directory, 'config.json'), `// generated\n${JSON.stringify(config, null, 2)}\n`);
      return directory;
    },
  };
}
