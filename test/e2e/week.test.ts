// A week of nightly runs from cron on generated data, by a clock that the test moves: archives that come a day late, a broken one each
// day, a dead node, a frozen database, a full disk. Mail is what a run says on standard error.

import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SACCT_HEADER, sacctLine } from '../../fixtures/generate/cluster.ts';
import { writeNode } from '../../fixtures/generate/node.ts';
import { status } from '../../src/answers/index.ts';
import { SCHEMAS } from '../../src/catalog/embedded-store.ts';
import { Mongo, Store } from '../../src/databases/index.ts';

import { settled } from '../support/cli.ts';
import { type Said, summarizeHere } from '../support/in-process.ts';
import { testMongo } from '../support/mongo.ts';
import { haveSmallDisks, mountSmallDisk } from '../support/small-disk.ts';
import { tempDir } from '../support/temp.ts';

/** 2026-03-02T00:00:00Z. */
const MONDAY = 1_772_409_600;
const HOUR = 3600;
const DAY = 24 * HOUR;
const INTERVAL = 600;
const DAYS = 7;
/** Data are waited for for two days. */
const NIGHTS = DAYS + 2;
const JOBS = 10;

const dir = tempDir();
const tree = join(dir, 'tree');
const disk = join(dir, 'disk');
mkdirSync(disk);
const full = haveSmallDisks('the full disk in a week of cron');
if (full) mountSmallDisk(2048, disk);
const server = await testMongo('a week of cron');

/** Path of the archive of a node's day. */
const archive = (node: string, day: number): string =>
  join(tree, node, `${new Date((MONDAY + day * DAY) * 1000).toISOString().slice(0, 10).replaceAll('-', '')}.00.10`);

const FILES = ['.0', '.meta', '.index'];

/** Files are as old as they are by the clock. */
function aged(base: string, time: number, files = FILES): void {
  for (const suffix of files) utimesSync(base + suffix, time, time);
}

/** What a node's logger wrote in a day, `hours` of it. */
function logged(node: string, day: number, hours = 24): void {
  const from = MONDAY + day * DAY;
  mkdirSync(dirname(archive(node, day)), { recursive: true });
  writeNode({
    ...{ base: archive(node, day), host: node, version: 3, seed: `day ${day}`, core: true, cpus: 2 },
    ...{ start: from, interval: INTERVAL, samples: (hours * HOUR) / INTERVAL },
  });
  aged(archive(node, day), from + hours * HOUR);
}

/** Something that cannot be an archive, beside one that can: what a copy that was cut off leaves. */
function leftover(day: number, files: Readonly<Record<string, Buffer | string>>): void {
  const base = archive('n1', day).replace(/00\.10$/, '00.20');
  mkdirSync(dirname(base), { recursive: true });
  for (const [suffix, content] of Object.entries(files)) writeFileSync(base + suffix, content);
  aged(base, MONDAY + (day + 1) * DAY, Object.keys(files));
}

/** One archive of each day is broken, each in its own way; on Wednesday the only one that n1 has. */
const BROKEN: readonly (() => void)[] = [
  () => leftover(0, { '.0': readFileSync(`${archive('n1', 0)}.0`), '.meta': 'cut off' }),
  () => truncateSync(`${archive('n1', 1)}.0`, readFileSync(`${archive('n1', 1)}.0`).length - 7),
  () => writeFileSync(`${archive('n1', 2)}.0`, 'no label'),
  () => leftover(3, { '.0': readFileSync(`${archive('n1', 3)}.0`) }),
  () => leftover(4, { '.0': '', '.meta': '' }),
  () => leftover(5, { '.0': Buffer.alloc(5000, 255), '.meta': Buffer.alloc(500, 255) }),
  () => writeFileSync(`${archive('n1', 6)}.index`, 'no index'),
];

/**
 * Jobs of 50 minutes one after the other, on the nodes in turn; each fifth on two. The last ends before 10:00: the time in a name is that of
 * some zone, so that an archive that cannot be read is named in documents of up to 14 hours before.
 */
function accounted(day: number): string[] {
  return Array.from({ length: JOBS }, (_, i) => {
    const start = MONDAY + day * DAY + HOUR + i * 3200;
    const nodes = i % 5 === 4 ? ['n1', 'n2'] : [`n${1 + (i % 3)}`];
    const resident = {
      ...{ jobId: `${1000 + day * 100 + i}`, uid: 1000, user: 'ada', start, end: start + 3000 },
      ...{ cpus: [0, 1], command: 'solver', load: 1 },
    };
    return sacctLine({ resident, nodes }, 2);
  });
}

/** A configuration with a store and a database of its own. */
function site(name: string, state: string, database: string): string {
  const place = join(dir, name);
  mkdirSync(place);
  const options = 'serverSelectionTimeoutMS=500&socketTimeoutMS=1000&connectTimeoutMS=1000';
  const config = {
    ...{
      state,
      patience: 1,
      outputdatabase: { db_engine: 'mongodb', uri: `${server!.uri}?${options}`, dbname: database },
    },
    resources: {
      hpc: {
        ...{ resource_id: 7, batch_system: 'slurm', sacct: join(dir, 'sacct'), hostname_mode: 'hostname' },
        ...{ datasource: 'pcp', pcp_log_dir: tree },
      },
    },
  };
  writeFileSync(join(place, 'config.json'), JSON.stringify(config));
  return place;
}

/** As cron runs it, at an hour of the clock: what it says is the mail. */
const cron = (config: string, now: number, ...words: string[]): Promise<Said> =>
  summarizeHere(['--config', config, '--quiet', '--workers', '1', ...words], () => now);

/** Summaries and series by id. */
async function stored(database: string): Promise<Map<string, unknown>> {
  const mongo = await Mongo.connect({ uri: server!.uri, database });
  try {
    const names = ['resource_7', 'timeseries-resource_7'];
    const all = await Promise.all(names.map((n) => mongo.db.collection<{ _id: string }>(n).find().toArray()));
    const entries = all.flatMap((found, i) =>
      found.map((d) => [`${names[i]} ${d._id}`, settled(JSON.parse(JSON.stringify(d)))] as const),
    );
    return new Map(entries);
  } finally {
    await mongo.close();
  }
}

describe.skipIf(!server)('a week of cron', () => {
  const nights: Said[] = [];
  const databases = [server?.database() ?? '', server?.database() ?? ''] as const;
  const state = join(disk, 'state.db');

  /** What happened in a day, and how the night's run went. */
  async function dayAndNight(config: string, day: number, lines: string[]): Promise<Said> {
    if (day < DAYS) {
      lines.push(...accounted(day));
      writeFileSync(join(dir, 'jobs'), `${lines.join('\n')}\n`);
      logged('n1', day);
      // It dies on Tuesday at eight, and is back on Wednesday.
      logged('n3', day, day === 1 ? 8 : 24);
      BROKEN[day]!();
    }
    // The archives of n2 come a day late.
    if (day > 0 && day <= DAYS) logged('n2', day - 1);
    // What was broken on Wednesday somebody has put right on Thursday.
    if (day === 3) logged('n1', 2);
    if (day === 4) await server!.kill('SIGSTOP');
    const filler = join(disk, 'filler');
    if (day === 5 && full) fill(filler);
    const patience = day === 4 ? ['--patience', '1'] : [];
    const night = await cron(config, MONDAY + (day + 1) * DAY + 4 * HOUR, ...patience);
    if (day === 4) await server!.kill('SIGCONT');
    if (day === 5) rmSync(filler, { force: true });
    return night;
  }

  beforeAll(async () => {
    const lines = [SACCT_HEADER];
    const answer = `for a; do case $a in --delimiter=*) d=\${a#--delimiter=};; esac; done; sed "s/|/$d/g; s/$/$d/" '${dir}/jobs'`;
    writeFileSync(join(dir, 'sacct'), `#!/bin/sh\n${answer}\n`, { mode: 0o755 });
    const config = site('week', state, databases[0]);
    for (let day = 0; day < NIGHTS; day++) nights.push(await dayAndNight(config, day, lines));
  }, 300_000);
  afterAll(() => server!.kill('SIGCONT'));

  it('has mail on the days that need somebody, and on no other', () => {
    const wednesday = `${archive('n1', 2)}.0`;
    const last = 'jobs: ';
    const expected: readonly (readonly [code: number, ...lines: string[]])[] = [
      [0],
      [0],
      // What n1 wrote cannot be read.
      [1, ...[1200, 1203, 1204, 1206, 1209].map((id) => `error: job ${id}: .* E_ARCHIVE_LABEL: .*${wednesday}`), last],
      // What n3 did not live to write is not waited for any more.
      [1, 'error: job 1108: .* not tried again: none of its nodes has an archive', last],
      [69, 'error: the resource could not be summarised.* E_SERVICE: MongoDB is not available', last],
      full
        ? [
            74,
            `jobsum: E_IO: .*${state}.*full`,
            ' *What could not be read is not used; nothing half written is left. Check the file',
          ]
        : [0],
      [0],
      [0],
      [0],
    ];
    expect(nights.map(({ code, stderr }) => [code, ...stderr.split('\n').slice(0, -1)])).toEqual(
      expected.map(([code, ...lines]) => [code, ...lines.map((line) => expect.stringMatching(`^${line}`))]),
    );
  });

  it('has nothing left to do at its end', async () => {
    const store = new Store(state, SCHEMAS);
    const { ledgers } = await status(store, 0);
    store.close();
    expect(ledgers.map((l) => l.backlog.jobs)).toEqual([0]);
    expect(ledgers[0]!.jobs).toMatchObject({ done: DAYS * JOBS, poison: 0 });
  });

  it('has left every document as one run over all makes it', async () => {
    const once = site('once', join(dir, 'once.db'), databases[1]);
    expect(await cron(once, MONDAY + (NIGHTS + 1) * DAY, '--from', '2026-03-02')).toMatchObject({ code: 1 });
    const made = await stored(databases[0]);
    expect([...made.keys()].filter((key) => key.startsWith('resource_7 '))).toHaveLength(DAYS * JOBS);
    expect(made).toEqual(await stored(databases[1]));
  });
});

/** Takes all the room that a file system has. */
function fill(file: string): void {
  const fd = openSync(file, 'w');
  try {
    for (;;) writeSync(fd, Buffer.alloc(4096));
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  } finally {
    closeSync(fd);
  }
}
