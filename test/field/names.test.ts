// Names that mean something to JavaScript, BSON or SQL and nothing to us: of nodes, jobs, users, instances, commands, and as members of
// accounting records. Each is a name like any other, in every output; what cannot be stored costs its own job.

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ArchiveWriter, indomId, type MetricSpec, pmid, UNITS } from '../../src/pcp/index.ts';
import { haveShared } from '../oracle/shared.ts';
import { documentsOf, jobsum, type Ran } from '../support/cli.ts';
import { field } from '../support/field.ts';
import { testMongo } from '../support/mongo.ts';
import { tempDir } from '../support/temp.ts';

const NAMES = ['constructor', 'toString', '__proto__', '_bsontype', 'hasOwnProperty', 'valueOf'];
const START = 1_772_409_600;
const N = 12;
const END = START + 30 * (N - 1);
const cwd = tempDir();
const tree = join(cwd, 'tree');

const MODES = ['user', 'nice', 'sys', 'idle', 'wait.total', 'intr', 'irq.soft', 'irq.hard'];
const counter = { type: 'u64', semantics: 'counter' } as const;
const text = { type: 'string', semantics: 'discrete', units: UNITS.none } as const;
/** By the serial number of the domain that their instances are of. */
const METRICS: readonly (Omit<MetricSpec, 'pmid' | 'indom'> & { readonly serial: number; readonly value: unknown })[] =
  [
    ...['in', 'out'].map((way) => ({
      ...{ name: `network.interface.${way}.bytes`, serial: 3, value: 1000, units: UNITS.byte, ...counter },
    })),
    ...MODES.map((mode) => ({
      ...{ name: `kernel.percpu.cpu.${mode}`, serial: 4, value: 3000, units: UNITS.millisecond, ...counter },
    })),
    { name: 'proc.psinfo.cpusallowed', serial: 9, value: '0-3', ...text },
    { name: 'proc.id.uid_nm', serial: 9, value: null, ...text },
    { name: 'proc.psinfo.cgroups', serial: 9, value: 'cpuset:/user.slice', ...text },
  ];

/** An archive of a node whose interfaces, CPUs and processes have these names. */
function poisoned(node: string): void {
  mkdirSync(join(tree, node), { recursive: true });
  const ns = (i: number): bigint => BigInt(START + 30 * i) * 1_000_000_000n;
  const w = new ArchiveWriter(join(tree, node, '20260302'), { version: 3, host: node, startNs: ns(0) });
  const idOf = (item: number): number => pmid(60, 0, item);
  for (const [item, { serial, value: _, ...m }] of METRICS.entries())
    w.metric({ ...m, pmid: idOf(item), indom: indomId(60, serial) });
  for (const serial of [3, 4])
    w.indom(
      indomId(60, serial),
      ns(0),
      NAMES.map((name, id) => ({ id, name })),
    );
  w.indom(
    indomId(60, 9),
    ns(0),
    NAMES.map((name, id) => ({ id, name: `00000${id} ${name}` })),
  );
  const ids = NAMES.map((_, id) => id);
  for (let i = 0; i < N; i++)
    w.record(
      ns(i),
      METRICS.map(({ type, value }, item) => {
        const values = ids.map(() => (typeof value === 'number' ? value * i : String(value ?? node)));
        return { pmid: idOf(item), type, ids, values };
      }),
    );
  w.close();
}

/** A job that is called so, of a user and on a node that are, with such a member of its accounting record, too. */
const line = (name: string, more: object = {}): string => {
  const user = { user: name, uid: 1, resource_manager: 'slurm', resource_id: 9 };
  const acct = Object.fromEntries([...Object.entries(user), [name, { [name]: name }]]);
  return JSON.stringify({ job_id: name, start: START, end: END, nodes: [name], acct, ...more });
};

type Found = Readonly<Record<string, unknown>> & {
  readonly acct: { readonly id: string };
  readonly network: object;
  readonly cpucategories: { readonly dutycycles: object };
  readonly procDump: { readonly unconstrained: readonly string[] };
};
function check(found: Found): void {
  const name = found.acct.id;
  expect(Object.keys(found.network).sort()).toEqual([...NAMES].sort());
  expect(Object.keys(found.cpucategories.dutycycles)).toEqual([name]);
  expect([...found.procDump.unconstrained].sort()).toEqual([...NAMES].sort());
  const own = Object.entries(found.acct).find(([key]) => key === name)![1] as unknown as object;
  expect(Object.entries(own)).toEqual([[name, name]]);
}
const run = (args: readonly string[], input: string, env: NodeJS.ProcessEnv = {}): Promise<Ran> =>
  jobsum(['summarize', '--jobs', '-', '--archives', tree, ...args], { cwd, input, env });

describe('names of our own', () => {
  beforeAll(() => {
    for (const name of NAMES) poisoned(name);
  });

  it('are names like others in files and in the store, and for those who read it', async () => {
    const store = `sqlite:${join(cwd, 's.db')}`;
    for (const engine of ['wasm', 'ts']) {
      const args = ['--output', 'ndjson:-', '--output', store, '--engine', engine, '--again'];
      const ran = await run(args, NAMES.map((name) => line(name)).join('\n'));
      expect(ran.code, ran.stderr).toBe(0);
      const all = [...documentsOf(ran.stdout).values()] as Found[];
      expect(all.map((d) => d.acct.id).sort()).toEqual([...NAMES].sort());
      for (const document of all) check(document);
    }
    for (const name of NAMES) {
      const shown = await jobsum(['show', name, '--json', '--store', join(cwd, 's.db')], { cwd });
      check(JSON.parse(shown.stdout) as Found);
      for (const args of [
        ['show', name],
        ['explain', name],
      ]) {
        const ran = await jobsum([...args, '--store', join(cwd, 's.db')], { cwd });
        expect([ran.code, ran.stderr], args.join(' ')).toEqual([0, '']);
      }
    }
  });

  it('of the nodes of a list of archives are looked up in that list alone', async () => {
    const bases = Object.fromEntries([['__proto__', ['__proto__/20260302']]]);
    const jobs = [line('constructor', { archives: {} }), line('__proto__', { archives: bases })];
    const ran = await run(['--output', 'ndjson:-', '--again'], jobs.join('\n'));
    expect(ran.code, ran.stderr).toBe(0);
    for (const document of documentsOf(ran.stdout).values()) check(document as Found);
  });

  it('are columns of CSV and of sacct, and members of any list', async () => {
    const csv = `id,start,end,nodelist,${NAMES.join(',')}\n1,${START},${END},valueOf,${NAMES.join(',')}\n`;
    const sacct = `JobID|Start|End|State|NodeList|constructor|valueOf\n2|${START}|${END}|COMPLETED|valueOf|a|b\n`;
    for (const text of [csv, sacct]) {
      const ran = await run(['--output', 'ndjson:-', '--again'], text);
      expect(ran.code, ran.stderr).toBe(0);
      const { acct } = JSON.parse(ran.stdout) as Found;
      const members = NAMES.map((name) => [name.toLowerCase(), name]);
      if (text === csv) expect(Object.entries(acct)).toEqual(expect.arrayContaining(members));
    }
  });

  it('cost the job by whose record it cannot be identified, and objects in each other more than 100 deep', async () => {
    const deep = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);
    const acct = (more: object): object => ({ acct: { resource_id: 9, ...more } });
    const bad = [
      { id: { toString: 1 } },
      { local_job_id: { toString: 1 } },
      { end_time: [] },
      { uid: {} },
      { x: deep(101) },
    ];
    const lines = [line('valueOf', acct({ x: deep(100) })), ...bad.map((more) => line('valueOf', acct(more)))];
    const endless = `{"job_id":"z","start":1,"end":2,"nodes":[],"acct":{"x":${'['.repeat(2e5)}${']'.repeat(2e5)}}}`;
    const ran = await run(['--output', 'ndjson:-', '--again'], [...lines, endless, line('toString')].join('\n'));
    expect(ran.code).toBe(1);
    const done = [...documentsOf(ran.stdout).values()].map((d) => (d as Found).acct.id);
    expect(done.sort()).toEqual(['toString', 'valueOf']);
    const refused = ran.stderr.split('\n').flatMap((l) => (l.includes('job.rejected') ? [JSON.parse(l)] : []));
    expect(refused.map((r) => [r.line, r.err.code])).toEqual([2, 3, 4, 5, 6, 7].map((n) => [n, 'E_JOB_LINE']));
  });
});

describe.runIf(haveShared('names of the field'))('names of the field', () => {
  it('a node called constructor has no data, and costs nothing else', async () => {
    const jobs = readFileSync(field('own-names', 'min.ndjson'), 'utf8');
    const args = ['summarize', '--jobs', '-', '--archives', field('bson-names', 'A'), '--output', 'ndjson:-'];
    const ran = await jobsum(args, { cwd, input: jobs });
    const all = [...documentsOf(ran.stdout).values()] as { acct: Found['acct']; coverage: { records: number } }[];
    expect(all.map((d) => [d.acct.id, d.coverage.records > 0])).toEqual(
      expect.arrayContaining([
        ['good', true],
        ['bad', false],
      ]),
    );
  });
});

const server = await testMongo('names in MongoDB');

describe.skipIf(!server)('names in MongoDB', () => {
  beforeAll(() => {
    for (const name of NAMES) poisoned(name);
  });
  const stored = async (database: string): Promise<Found[]> => {
    const { MongoClient } = await import('mongodb');
    const client = await MongoClient.connect(server!.uri);
    const all = await client.db(database).collection('resource_9').find().sort({ _id: 1 }).toArray();
    await client.close();
    return all as unknown as Found[];
  };

  it('are stored as they are', async () => {
    const database = server!.database();
    const env = { JOBSUM_MONGODB_URI: server!.uri };
    const ran = await run(['--output', `mongodb:${database}`], NAMES.map((name) => line(name)).join('\n'), env);
    expect(ran.code, ran.stderr).toBe(0);
    const all = await stored(database);
    expect(all.map((d) => d.acct.id).sort()).toEqual([...NAMES].sort());
    for (const document of all) check(document);
  });

  it('of any member of an accounting record are stored, or refused with their own job', async () => {
    const database = server!.database();
    const env = { JOBSUM_MONGODB_URI: server!.uri };
    const keys = ['', '.', 'a.b', '$', '$set', '$ref', 'a\0b', 'ab', '_id', 'é\u{1f680}'];
    const odd = keys.map((key, i) =>
      line('valueOf', { job_id: `k${i}`, acct: { resource_id: 9, [key]: i, x: { [key]: i } } }),
    );
    const ran = await run(
      ['--output', `mongodb:${database}`],
      [line('toString'), ...odd, line('valueOf')].join('\n'),
      env,
    );
    expect([0, 1]).toContain(ran.code);
    const all = await stored(database);
    const refused = ran.stderr.split('\n').flatMap((l) => (l.includes('document.refused') ? [JSON.parse(l).job] : []));
    expect(all.length + refused.length).toBe(keys.length + 2);
    expect(all.map((d) => d.acct.id)).toEqual(expect.arrayContaining(['toString', 'valueOf', 'k2', 'k6', 'k7']));
    const [nul, plain] = ['k6', 'k7'].map((id) => all.find((d) => d.acct.id === id)!.acct);
    expect([nul, plain]).toMatchObject([{ 'a\u2400b': 6 }, { ab: 7 }]);
  });

  it.runIf(haveShared('names of the field in MongoDB'))('of the field cost no other job', async () => {
    for (const list of ['acct.nd', 'dev.nd', 'good.nd']) {
      const database = server!.database();
      const jobs = field('bson-names', list);
      const args = ['--jobs', jobs, '--archives', field('bson-names', 'A'), '--output', `mongodb:${database}`];
      const env = { JOBSUM_MONGODB_URI: server!.uri };
      const ran = await jobsum(['summarize', ...args], { cwd, env });
      expect(ran.code, ran.stderr).toBe(0);
      const ids = (await stored(database)).map((d) => d.acct.id);
      expect(ids).toEqual(list === 'good.nd' ? ['g1', 'g2'] : ['bad', 'g1', 'g2']);
    }
  });
});
