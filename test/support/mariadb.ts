// Owns a MariaDB server for one test file: spawned on a fresh data directory, or the server of JOBSUM_TEST_MYSQL_URL.
//
//   const server = await testMariadb('what would be skipped');     // at the top of the file; null: not installed
//   describe.skipIf(!server)(…, () => { const warehouse = await Mysql.connect(server!.settings); … });
//
// Stopped and removed when the test file ends. `kill`, `stop` and `start` are there for tests of outages (spawned servers only).
// A server given by URL is shared: its user must be allowed to create databases, and one test file at a time has it.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { MysqlSettings } from '../../src/config/index.ts';
import { Mysql } from '../../src/databases/index.ts';
import { havePrograms } from './programs.ts';

const run = promisify(execFile);
/** A server's start on a busy machine. */
const PATIENCE_MS = 60_000;

export interface TestServer {
  readonly settings: Required<Pick<MysqlSettings, 'host' | 'port' | 'user' | 'password'>>;
  /** False for a server given by URL, which tests of outages must leave alone. */
  readonly own: boolean;
  /** Sends SIGSTOP, SIGCONT, SIGKILL …; after SIGKILL, `start` brings it back with its data. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Clean shutdown. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A signal takes effect a little after it was sent; where there is no /proc, by the next moment. */
export async function stopped(pid: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    if (!existsSync('/proc/self/stat') || / T /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))) return;
  }
}

/** Waits until the server answers. */
async function answers(settings: MysqlSettings, child: ChildProcess): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      await (await Mysql.connect(settings)).close();
      return;
    } catch (error) {
      if (Date.now() > until || child.exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

class Spawned implements TestServer {
  readonly own = true;
  readonly settings: TestServer['settings'];
  readonly #dir: string;
  #child: ChildProcess | null = null;

  constructor(dir: string, port: number) {
    this.#dir = dir;
    this.settings = { host: '127.0.0.1', port, user: 'root', password: '' };
  }

  async start(): Promise<void> {
    const args = [
      ...['--no-defaults', `--datadir=${this.#dir}/data`, `--socket=${this.#dir}/s`, `--pid-file=${this.#dir}/pid`],
      ...[`--port=${this.settings.port}`, '--bind-address=127.0.0.1', '--innodb-buffer-pool-size=64M'],
      // A zone other than ours: what depends on the server's zone shows.
      ...['--innodb-log-file-size=16M', '--default-time-zone=+05:30', ...AS_ROOT],
    ];
    const child = spawn('mariadbd', args, { stdio: 'ignore' });
    this.#child = child;
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    await answers(this.settings, child);
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ends = signal === 'SIGTERM' || signal === 'SIGKILL';
    const gone = ends ? new Promise((resolve) => child.once('exit', resolve)) : null;
    child.kill(signal);
    if (signal === 'SIGSTOP') await stopped(child.pid!);
    await gone;
  }

  async stop(): Promise<void> {
    await this.kill('SIGCONT');
    await this.kill('SIGTERM');
  }
}

const AS_ROOT = process.getuid?.() === 0 ? ['--user=root'] : [];

/** A server on a fresh data directory, for benches too; `remove` stops it and deletes its data. */
export async function startMariadb(): Promise<TestServer & { remove(): Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'jobsum-mariadb-'));
  const server = new Spawned(dir, await freePort());
  const args = ['--no-defaults', `--datadir=${dir}/data`, '--auth-root-authentication-method=normal', '--skip-test-db'];
  await run('mariadb-install-db', [...args, '--innodb-log-file-size=16M', ...AS_ROOT]);
  await server.start();
  const remove = async (): Promise<void> => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  return Object.assign(server, { remove });
}

/** Only tests have vitest. */
async function afterTests(body: () => Promise<void>): Promise<void> {
  (await import('vitest')).afterAll(body);
}

async function spawned(): Promise<TestServer> {
  const server = await startMariadb();
  await afterTests(() => server.remove());
  return server;
}

/** `mysql://user:password@host:port` */
async function given(url: string): Promise<TestServer> {
  const { hostname: host, port, username, password } = new URL(url);
  const settings = {
    ...{ host, port: Number(port || 3306) },
    ...{ user: decodeURIComponent(username), password: decodeURIComponent(password) },
  };
  // Test files run at the same time and use the same database names. The lock lives as long as the connection.
  const keeper = await Mysql.connect(settings, { connections: 1 });
  await keeper.rows("SELECT GET_LOCK('jobsum_test', 600)");
  await afterTests(() => keeper.close());
  const refuse = (): Promise<void> =>
    Promise.reject(new Error('the server of JOBSUM_TEST_MYSQL_URL is not ours to stop'));
  return { settings, own: false, kill: refuse, stop: refuse, start: refuse };
}

/** Call at the top of a test file. Null, and a line that says so, where there is no server; under CI that is an error. */
export async function testMariadb(what: string): Promise<TestServer | null> {
  const url = process.env.JOBSUM_TEST_MYSQL_URL;
  if (url) return given(url);
  return havePrograms(what, 'mariadbd', 'mariadb-install-db') ? spawned() : null;
}
