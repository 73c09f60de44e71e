// Owns a server that speaks MongoDB's protocol for one test file: JOBSUM_TEST_MONGODB_URL, else `mongod` on the path, else
// mongo-java-server from Maven (a real, separate server with documents on disk, of another make; README "Tests").
//
//   const server = await testMongo('what would be skipped');     // at the top of the file; null: none can be had
//   describe.skipIf(!server)(…, () => { const mongo = await Mongo.connect({ uri: server!.uri, database }); … });
//
// Stopped by SIGTERM and removed when the test file ends. A server given by URL is shared: name databases by `server.database()`.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';
import { freePort, stopped } from './mariadb.ts';
import { absent, onPath } from './programs.ts';

const run = promisify(execFile);
const RECIPE = fileURLToPath(new URL('./mongo-server/', import.meta.url));
/** A server's start on a busy machine. */
const PATIENCE_MS = 60_000;
/** Wire version of MongoDB 5.0. */
const WIRE_VERSION = 13;

export interface MongoServer {
  readonly uri: string;
  readonly port: number;
  readonly kind: 'given' | 'mongod' | 'mongo-java-server';
  /** A database name of this process's own, another at each call. */
  database(): string;
  /** SIGSTOP, SIGCONT or SIGTERM. Not SIGKILL: mongo-java-server then loses writes that it has acknowledged. */
  kill(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export interface MongoOptions {
  /** Of the protocol; mongo-java-server only. */
  readonly wireVersion?: number;
  /** Of the Java server; 256m holds what the tests store. */
  readonly heap?: string;
  /** Files of a key (PKCS#8 DER) and a certificate (PEM); mongo-java-server only. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

let databases = 0;
const database = (): string => `jobsum_test_${process.pid}_${Date.now().toString(36)}_${databases++}`;

class Spawned implements MongoServer {
  readonly uri: string;
  readonly port: number;
  readonly kind: MongoServer['kind'];
  readonly database = database;
  readonly #command: readonly string[];
  #child: ChildProcess | null = null;

  constructor(kind: MongoServer['kind'], port: number, command: readonly string[]) {
    this.kind = kind;
    this.port = port;
    this.uri = `mongodb://127.0.0.1:${port}/`;
    this.#command = command;
  }

  async start(): Promise<void> {
    const [program, ...args] = this.#command;
    const child = spawn(program!, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2000);
    });
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    const until = Date.now() + PATIENCE_MS;
    while (!(await listens(this.port))) {
      if (Date.now() > until || child.exitCode !== null) throw new Error(`${this.kind} does not start: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async kill(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = signal === 'SIGTERM' ? new Promise((resolve) => child.once('exit', resolve)) : null;
    child.kill(signal);
    if (signal === 'SIGSTOP') await stopped(child.pid!);
    await gone;
  }

  async stop(): Promise<void> {
    await this.kill('SIGCONT');
    await this.kill('SIGTERM');
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** Jars and class of the server, fetched and compiled once: a directory named by what it is made from, outside the tree. */
async function javaServer(): Promise<string> {
  const recipe = ['pom.xml', 'Server.java'].map((f) => readFileSync(join(RECIPE, f)));
  const hash = createHash('sha256').update(Buffer.concat(recipe)).digest('hex').slice(0, 12);
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const place = join(cache, 'jobsum-test', `mongo-java-server-${hash}`);
  if (existsSync(place)) return place;
  mkdirSync(join(cache, 'jobsum-test'), { recursive: true });
  // Made aside and renamed: other test files may be doing the same.
  const aside = mkdtempSync(join(cache, 'jobsum-test', 'making-'));
  cpSync(RECIPE, aside, { recursive: true });
  const lib = join(aside, 'lib');
  await run('mvn', [
    '-q',
    '-B',
    '-f',
    join(aside, 'pom.xml'),
    'dependency:copy-dependencies',
    `-DoutputDirectory=${lib}`,
  ]);
  await run('javac', ['-cp', `${lib}/*`, '-d', aside, join(aside, 'Server.java')]);
  try {
    renameSync(aside, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
    rmSync(aside, { recursive: true });
  }
  return place;
}

async function command(port: number, dir: string, options: MongoOptions): Promise<Spawned | null> {
  const plain = options.wireVersion === undefined && options.tls === undefined;
  if (plain && onPath('mongod')) {
    mkdirSync(join(dir, 'data'), { recursive: true });
    const args = ['--dbpath', join(dir, 'data'), '--port', String(port), '--bind_ip', '127.0.0.1'];
    return new Spawned('mongod', port, ['mongod', ...args]);
  }
  if (!onPath('javac') || !onPath('mvn')) return null;
  const place = await javaServer();
  const java = [
    'java',
    `-Xmx${options.heap ?? '256m'}`,
    '-XX:TieredStopAtLevel=1',
    '-cp',
    `${place}/lib/*:${place}`,
    'Server',
  ];
  const { wireVersion = WIRE_VERSION, tls } = options;
  const args = [String(port), join(dir, 'store.mv'), String(wireVersion), ...(tls ? [tls.key, tls.cert] : [])];
  return new Spawned('mongo-java-server', port, [...java, ...args]);
}

/** Call at the top of a test file. Null, and a line that says so, where there is no server; under CI that is an error. */
export async function testMongo(what: string, options: MongoOptions = {}): Promise<MongoServer | null> {
  const url = process.env.JOBSUM_TEST_MONGODB_URL;
  const special = options.wireVersion !== undefined || options.tls !== undefined;
  if (url && !special) {
    console.log(`against the server of JOBSUM_TEST_MONGODB_URL: ${what}`);
    const refuse = (): Promise<void> => Promise.reject(new Error('the server given by URL is not ours to stop'));
    return { uri: url, port: 0, kind: 'given', database, kill: refuse, stop: refuse, start: refuse };
  }
  const dir = mkdtempSync(join(tmpdir(), 'jobsum-mongo-'));
  const server = await command(await freePort(), dir, options);
  if (!server) {
    rmSync(dir, { recursive: true });
    absent(what, 'no mongod, and no JDK and Maven for mongo-java-server');
    return null;
  }
  afterAll(async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  });
  await server.start();
  console.log(`against ${server.kind}: ${what}`);
  return server;
}
