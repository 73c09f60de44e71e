// Owns a Slurm for one test file: munged, slurmdbd over a MariaDB of its own, slurmctld and slurmds, on ports, sockets and directories
// of their own, with a prolog and an epilog. Where control groups of version 1 are mounted each job has its own, as on clusters.
//
//   const slurm = await testSlurm('what would be skipped', dir, { nodes, prolog, epilog });    // null: not installed, or not root
//   slurm.ask('sbatch', ['--parsable'], script)

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { freePort, testMariadb } from './mariadb.ts';
import { ended } from './pmcd.ts';
import { absent, havePrograms } from './programs.ts';
import { until } from './until.ts';

const CGROUPS = '/sys/fs/cgroup';

export interface TestSlurm {
  /** Whether jobs have control groups, by which Slurm accounts their CPU time. */
  readonly cgroups: boolean;
  /** Environment of its clients. */
  readonly env: NodeJS.ProcessEnv;
  /** Output of a client; `input`: a batch script. */
  ask(client: string, args: readonly string[], input?: string): string;
}

export interface SlurmSettings {
  readonly nodes: readonly string[];
  readonly prolog: string;
  readonly epilog: string;
}

/** Null, and a line that says so, where Slurm is not installed or may not be started; under CI that is an error. */
export async function testSlurm(what: string, dir: string, settings: SlurmSettings): Promise<TestSlurm | null> {
  if (!havePrograms(what, 'slurmctld', 'slurmd', 'slurmdbd', 'munged', 'sbatch', 'sacct', 'sacctmgr')) return null;
  if (process.getuid?.() !== 0) return absent(what, 'not root, and slurmd is started as root') || null;
  const mariadb = await testMariadb(what);
  if (!mariadb) return null;
  for (const d of ['state', 'spool', 'run', 'log', 'munge']) mkdirSync(join(dir, d));
  chmodSync(join(dir, 'munge'), 0o755);
  const env = { ...process.env, SLURM_CONF: join(dir, 'slurm.conf') };
  const [dbdPort, ctldPort, ...slurmdPorts] = await Promise.all([0, 0, ...settings.nodes].map(() => freePort()));
  const socket = join(dir, 'munge/socket');
  const authentication = ['AuthType=auth/munge', `AuthInfo=socket=${socket},cred_expire=5`];
  const { host, port, user } = mariadb.settings;
  const conf = (name: string, lines: readonly string[]): void =>
    writeFileSync(join(dir, name), `${lines.join('\n')}\n`, { mode: 0o600 });
  conf('slurmdbd.conf', [
    ...['AuthType=auth/munge', `AuthInfo=socket=${socket}`, 'SlurmUser=root'],
    ...['DbdHost=localhost', 'DbdAddr=127.0.0.1', `DbdPort=${dbdPort}`],
    ...['StorageType=accounting_storage/mysql', `StorageHost=${host}`, `StoragePort=${port}`, `StorageUser=${user}`],
    ...['StorageLoc=slurm_acct_db', `LogFile=${dir}/log/slurmdbd`, `PidFile=${dir}/run/slurmdbd.pid`],
  ]);
  const cgroups = ['freezer', 'cpuacct', 'memory'].every((name) => existsSync(join(CGROUPS, name)));
  conf('cgroup.conf', ['CgroupPlugin=cgroup/v1', `CgroupMountpoint=${CGROUPS}`]);
  conf('slurm.conf', [
    ...['ClusterName=alpha', `SlurmctldHost=${hostname().split('.')[0]}(127.0.0.1)`, ...authentication],
    ...['SlurmUser=root', 'SlurmdUser=root', `SlurmctldPort=${ctldPort}`, 'ReturnToService=2', 'MpiDefault=none'],
    ...(cgroups
      ? ['ProctrackType=proctrack/cgroup', 'TaskPlugin=task/cgroup', 'JobAcctGatherType=jobacct_gather/cgroup']
      : ['ProctrackType=proctrack/linuxproc', 'TaskPlugin=task/none', 'JobAcctGatherType=jobacct_gather/linux']),
    ...['SelectType=select/cons_tres', 'SelectTypeParameters=CR_CPU', 'SlurmdParameters=config_overrides'],
    ...['JobAcctGatherFrequency=1', 'SchedulerParameters=sched_interval=2,bf_interval=2', 'JobRequeue=1'],
    ...['AccountingStorageType=accounting_storage/slurmdbd', 'AccountingStorageHost=127.0.0.1'],
    ...[`AccountingStoragePort=${dbdPort}`, `AccountingStoragePass=${socket}`, `StateSaveLocation=${dir}/state`],
    ...[`SlurmdSpoolDir=${dir}/spool/%n`, `SlurmctldPidFile=${dir}/run/slurmctld.pid`, 'PrologFlags=Alloc'],
    ...[`SlurmdPidFile=${dir}/run/%n.pid`, `SlurmctldLogFile=${dir}/log/slurmctld`, `SlurmdLogFile=${dir}/log/%n`],
    ...[`Prolog=${settings.prolog}`, `Epilog=${settings.epilog}`],
    ...settings.nodes.map(
      (n, i) => `NodeName=${n} NodeHostname=localhost NodeAddr=127.0.0.1 Port=${slurmdPorts[i]} CPUs=64`,
    ),
    'PartitionName=main Nodes=ALL Default=YES State=UP OverSubscribe=FORCE:8 OverTimeLimit=0',
  ]);

  const children: ChildProcess[] = [];
  // Slurm's own order backwards. A test that has failed leaves jobs, whose slurmstepds end with their signal.
  afterAll(async () => {
    for (const child of children.reverse()) await ended(child);
    if (cgroups) for (const node of settings.nodes) removeGroups(`slurm_${node}`);
  });
  const start = (program: string, ...args: string[]): void => {
    children.push(spawn(program, args, { env, cwd: dir, stdio: 'ignore' }));
  };
  const ask = (client: string, args: readonly string[], input = ''): string =>
    execFileSync(client, args, { env, cwd: dir, input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] }).trim();

  writeFileSync(join(dir, 'munge/key'), randomBytes(128), { mode: 0o600 });
  const munge = ['socket', 'key-file', 'log-file', 'pid-file', 'seed-file'];
  const path = (option: string): string => join(dir, 'munge', option.split('-')[0]!);
  start('munged', '--foreground', '--force', ...munge.map((option) => `--${option}=${path(option)}`));
  await until('munged', () => ask('munge', ['-n', '-S', socket]));
  start('slurmdbd', '-D');
  await until('slurmdbd', () => ask('sacctmgr', ['-n', 'show', 'cluster']) !== undefined && true);
  ask('sacctmgr', ['-i', 'add', 'cluster', 'alpha']);
  start('slurmctld', '-D');
  for (const node of settings.nodes) start('slurmd', '-D', '-N', node);
  await until('idle nodes', () => {
    const states = ask('sinfo', ['-hN', '-o', '%t']).split('\n');
    return states.length === settings.nodes.length && states.every((s) => s === 'idle');
  });
  return { cgroups, env, ask };
}

/** Removes the control groups that Slurm leaves behind: those without processes, the innermost first. */
function removeGroups(name: string): void {
  const remove = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true }))
      if (entry.isDirectory()) remove(join(path, entry.name));
    rmdirSync(path);
  };
  for (const hierarchy of readdirSync(CGROUPS)) {
    const path = join(CGROUPS, hierarchy, name);
    try {
      if (existsSync(path)) remove(path);
    } catch {
      // A process of a job is still in it.
    }
  }
}
