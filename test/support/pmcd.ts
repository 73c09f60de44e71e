// Owns a pmcd for one test file: a port and a socket of its own, the process agent as compute nodes have it.
//
//   const pmcd = await testPmcd('what would be skipped', dir, hotproc);    // null: PCP is not installed
//   spawn('pmlogger', …, { env: pmcd.env })

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { freePort } from './mariadb.ts';
import { absent, havePrograms } from './programs.ts';

const PMCD = '/usr/lib/pcp/bin/pmcd';
const PMDAS = '/var/lib/pcp/pmdas';
const PATIENCE_MS = 30_000;

export interface TestPmcd {
  /** Environment of its clients. */
  readonly env: NodeJS.ProcessEnv;
  /** Output of a PCP tool that asks this pmcd. */
  ask(tool: string, ...args: string[]): string;
}

/** Installing the package ends early where there is no systemd: without a name space pmcd does not start. */
export function readyForPmcd(): void {
  if ((statSync('/var/lib/pcp/pmns/root', { throwIfNoEntry: false })?.size ?? 0) < 1000)
    spawnSync('./Rebuild', { cwd: '/var/lib/pcp/pmns', stdio: 'ignore' });
  mkdirSync('/run/pcp', { recursive: true });
}

/** Whether a pmcd can be started here; prints what is skipped if not. It is not on the PATH itself: its clients speak for it. */
export function havePmcd(what: string): boolean {
  if (!havePrograms(what, 'pmlogger', 'pminfo')) return false;
  if (!existsSync(PMCD)) return absent(what, `no ${PMCD}`);
  return process.getuid?.() === 0 || absent(what, 'not root, and pmcd is started as root');
}

/** Null, and a line that says so, where PCP is not installed or may not be started; under CI that is an error. `host`: the name that it gives itself. */
export async function testPmcd(what: string, dir: string, hotproc: string, host?: string): Promise<TestPmcd | null> {
  if (!havePmcd(what)) return null;
  readyForPmcd();
  // The process agent looks for hotproc.conf beside itself.
  const pmdas = join(dir, 'pmdas');
  cpSync(PMDAS, pmdas, { recursive: true });
  writeFileSync(join(pmdas, 'proc/hotproc.conf'), hotproc, { mode: 0o644 });
  const config = readFileSync('/etc/pcp/pmcd/pmcd.conf', 'utf8').replace(
    /\S*\/pmdaproc -d 3/,
    `${pmdas}/proc/pmdaproc -A -d 3`,
  );
  writeFileSync(join(dir, 'pmcd.conf'), config);
  const port = await freePort();
  const args = ['-f', '-c', join(dir, 'pmcd.conf'), '-p', String(port), '-s', join(dir, 'pmcd.socket')];
  const named = host === undefined ? [] : ['-H', host];
  const [program, ...before] = [...oneCgroupVersion(), PMCD];
  const child = spawn(program!, [...before, ...args, ...named, '-l', join(dir, 'pmcd.log')], {
    // Agents log where they are started.
    cwd: dir,
    env: { ...process.env, PCP_PMDAS_DIR: pmdas },
    stdio: 'ignore',
  });
  afterAll(() => ended(child));
  const env = { ...process.env, PMCD_PORT: String(port), PMCD_SOCKET: join(dir, 'pmcd.socket') };
  const ask = (tool: string, ...rest: string[]): string =>
    execFileSync(tool, rest, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  for (const until = Date.now() + PATIENCE_MS; ; ) {
    try {
      ask('pminfo', '-f', 'hotproc.nprocs');
      return { env, ask };
    } catch (error) {
      if (Date.now() > until || child.exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/**
 * Where control groups of both versions are mounted, pmdaproc (6.0) has no cgroup.cpuacct.usage and no cgroup.memory.usage: a command
 * before pmcd's, after which it sees version 1 alone, as on nodes of clusters.
 */
function oneCgroupVersion(): string[] {
  const mounts = readFileSync('/proc/mounts', 'utf8');
  const both = /^\S+ \S+ cgroup /m.test(mounts) && /^\S+ \S+ cgroup2 /m.test(mounts);
  return both ? ['unshare', '-m', 'sh', '-c', 'umount -a -t cgroup2; exec "$@"', 'sh'] : [];
}

/** Ends a pmcd. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}
