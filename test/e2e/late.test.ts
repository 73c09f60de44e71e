// Data that come late: a job that lacks some is stored and kept open, done again when there is more, and once at the end.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { SCHEMAS } from '../../src/catalog/embedded-store.ts';
import { Store } from '../../src/databases/index.ts';

import { haveShared } from '../oracle/shared.ts';
import { jobsum } from '../support/cli.ts';
import { field } from '../support/field.ts';
import { GrowingArchive, wholeArchive } from '../support/growing-archive.ts';
import { tempDir } from '../support/temp.ts';

const NOW = Math.floor(Date.now() / 1000);
/** Of the jobs: they ended an hour ago. */
const START = NOW - 7200;
const END = NOW - 3600;
const ALWAYS = ['--timeout', String(50 * 365 * 86_400)];

const dir = tempDir();

/** A tree, a store and jobs in a directory of their own; names in the tree are relative. */
class Place {
  readonly cwd = mkdtempSync(join(dir, 'p'));
  readonly tree = join(this.cwd, 'tree');
  readonly #jobs: string;

  constructor(jobs: readonly object[]) {
    this.#jobs = jobs.map((j) => `${JSON.stringify(j)}\n`).join('');
  }

  grows(base: string, start: number, end: number): GrowingArchive {
    return new GrowingArchive(join(this.tree, base), base.split('/')[0]!, start).to(end);
  }

  whole(base: string, start: number, end: number): void {
    wholeArchive(join(this.tree, base), base.split('/')[0]!, start, end);
  }

  async run(...args: string[]) {
    const given = ['summarize', '--jobs', '-', '--archives', this.tree, '--json', ...args];
    const ran = await jobsum(given, { cwd: this.cwd, input: this.#jobs });
    if (ran.code !== 0 && ran.code !== 1) throw new Error(ran.stderr);
    return JSON.parse(ran.stdout);
  }

  /** State of each job, and the records that its document is of. */
  state(): Record<string, { state: string; tries: number; records: number }> {
    const store = new Store(join(this.cwd, 'jobsum.db'), SCHEMAS);
    const rows = store.prepare('SELECT id, state, attempts FROM ledger').all();
    const found = rows.map((row) => {
      const text = store.prepare('SELECT document FROM summary WHERE id = ?').get(row.id!)?.document;
      const records = text ? Number(JSON.parse(String(text)).coverage.records) : 0;
      const id = String(row.id).split('-')[0]!;
      return [id, { state: String(row.state), tries: Number(row.attempts), records }];
    });
    store.close();
    return Object.fromEntries(found);
  }

  /** As if the grace period of all jobs ended now. */
  endGrace(): void {
    const store = new Store(join(this.cwd, 'jobsum.db'), SCHEMAS);
    store.prepare('UPDATE ledger SET next_try = ? WHERE next_try IS NOT NULL').run(NOW - 1);
    store.close();
  }
}

const job = (id: string, nodes: string[], start = START, end = END): object => ({ job_id: id, start, end, nodes });

describe('a growing archive', () => {
  it('is read again when it has more of the job, and no more when the job has all', async () => {
    const place = new Place([job('1', ['n1', 'n2'])]);
    place.whole('n1/a', START - 600, NOW);
    const live = place.grows('n2/a', START - 600, START + 600);
    expect(await place.run()).toMatchObject({ jobs: { done: 1 }, exitCode: 0, backlog: { jobs: 1 } });
    const first = place.state()['1']!;
    expect(first).toMatchObject({ state: 'partial', tries: 1 });
    // Nothing new: nothing is read.
    expect(await place.run()).toMatchObject({ jobs: { done: 0, known: 1 }, nodeArchives: 0, archives: { opened: 0 } });
    live.to(END - 60);
    expect(await place.run()).toMatchObject({ jobs: { done: 1 }, archives: { opened: 1 } });
    // Less than three intervals are lacking; but the logger has not come to the end of the job yet.
    expect(place.state()['1']).toMatchObject({ state: 'partial', tries: 2 });
    live.to(END + 30);
    expect(await place.run()).toMatchObject({ jobs: { done: 1 }, backlog: { jobs: 0 } });
    const last = place.state()['1']!;
    expect(last).toMatchObject({ state: 'done', tries: 3 });
    expect(last.records).toBe(first.records + 100);
    live.to(NOW).close();
    expect(await place.run()).toMatchObject({ jobs: { done: 0, known: 1 }, nodeArchives: 0 });
  });

  it('that grows behind the job, or is compressed, is no reason to read a job again that has a gap', async () => {
    const place = new Place([job('1', ['n1'])]);
    const live = place.grows('n1/a', START - 600, START + 600);
    live.to(END + 300, START + 630, START + 1800);
    await place.run();
    expect(place.state()['1']).toMatchObject({ state: 'partial', tries: 1 });
    live.to(NOW).close();
    expect(await place.run()).toMatchObject({ jobs: { known: 1 }, nodeArchives: 0, archives: { opened: 1 } });
    for (const f of ['a.0', 'a.meta']) {
      const path = join(place.tree, 'n1', f);
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
      rmSync(path);
    }
    expect(await place.run()).toMatchObject({ jobs: { known: 1 }, nodeArchives: 0, archives: { opened: 1 } });
    // The other logger's archive fills the gap.
    place.whole('n1/b', START + 540, START + 1860);
    await place.run();
    expect(place.state()['1']).toMatchObject({ state: 'done', tries: 2 });
  });

  it('that was copied while it grew counts as replaced, whatever its span', async () => {
    const place = new Place([job('1', ['n1'])]);
    place
      .grows('n1/a', START - 600, START)
      .to(END + 300, START + 630, START + 1800)
      .close();
    await place.run();
    expect(place.state()['1']!.state).toBe('partial');
    place.whole('n1/a', START - 600, END + 300);
    await place.run();
    expect(place.state()['1']).toMatchObject({ state: 'done', tries: 2 });
  });
});

describe('a job with part of its data', () => {
  it.each<[string, (place: Place) => void, (place: Place) => void]>([
    ['begins late', (p) => p.whole('n1/b', START + 900, NOW), (p) => p.whole('n1/a', START - 60, START + 870)],
    ['has none of a node', (p) => p.whole('n2/a', START - 60, NOW), (p) => p.whole('n1/a', START - 60, NOW)],
    ['has one record', (p) => p.whole('n1/a', START - 60, START), (p) => p.whole('n1/b', START + 30, NOW)],
  ])('that %s is open, and done when the rest has come', async (_, first, rest) => {
    const place = new Place([job('1', ['n1', 'n2'])]);
    place.whole('n2/a', START - 60, NOW);
    first(place);
    const { jobs } = await place.run('--min-node-fraction', '0.4');
    expect(jobs.done).toBe(1);
    expect(place.state()['1']).toMatchObject({ state: 'partial' });
    rest(place);
    await place.run('--min-node-fraction', '0.4');
    expect(place.state()['1']).toMatchObject({ state: 'done', tries: 2 });
  });

  it('is done once more when the grace period ends, and then no more', async () => {
    const place = new Place([job('1', ['n1']), job('2', ['nowhere'])]);
    place.whole('n1/a', START, START + 600);
    await place.run();
    expect(place.state()).toMatchObject({ 1: { state: 'partial' }, 2: { state: 'waiting' } });
    expect(await place.run()).toMatchObject({ jobs: { done: 0, skipped: 0, known: 2 } });
    place.endGrace();
    expect(await place.run('--timeout', '60')).toMatchObject({ jobs: { done: 1, skipped: 1 } });
    expect(place.state()).toMatchObject({ 1: { state: 'done' }, 2: { state: 'done' } });
    place.whole('n1/b', START + 630, NOW);
    expect(await place.run()).toMatchObject({ jobs: { done: 0, known: 2 } });
  });

  it('without any is done as soon as its archives are there', async () => {
    const place = new Place([job('1', ['n1'])]);
    place.whole('n2/a', START, NOW);
    await place.run();
    expect(place.state()['1']!.state).toBe('waiting');
    place.whole('n1/a', START - 60, NOW);
    await place.run();
    expect(place.state()['1']!.state).toBe('done');
  });

  it('is shown by status and explain, and done again by --again', async () => {
    const place = new Place([job('1', ['n1'])]);
    place.whole('n1/a', START, START + 600);
    await place.run();
    const ask = async (...args: string[]) => (await jobsum(args, { cwd: place.cwd })).stdout;
    expect(await ask('status')).toContain('0 done, 1 done in part, 0 wait for archives');
    expect(JSON.parse(await ask('status', '--json')).ledgers[0].jobs).toMatchObject({ done: 0, partial: 1 });
    const text = await ask('explain', '1');
    expect(text).toMatch(/LEDGER .*: partial, 1 try, .* or when there is more of its archives/);
    expect(text).toContain('Some of its data are not there');
    expect(await place.run('--again')).toMatchObject({ jobs: { done: 1 } });
    expect(await place.run('--job', '1')).toMatchObject({ jobs: { known: 1 } });
    expect(place.state()['1']).toMatchObject({ state: 'partial', tries: 2 });
  });
});

describe('a job that ends in the future', () => {
  it('is left to a later run, whatever is asked', async () => {
    const place = new Place([job('1', ['n1'], START, NOW + 3600), job('2', ['n1'])]);
    place.whole('n1/a', START - 60, NOW);
    for (const args of [[], ['--again'], ['--job', '1']])
      expect(await place.run(...args)).toMatchObject({ lines: { ignored: 1, rejected: 0 }, exitCode: 0 });
    expect(Object.keys(place.state())).toEqual(['2']);
  });
});

describe.runIf(haveShared('late data of the field'))('late data of the field', () => {
  const record = (file: string): object => JSON.parse(readFileSync(field('late-data', file), 'utf8'));
  const mean = async (place: Place): Promise<number> => {
    const ran = await jobsum(['show', 'L', '--json'], { cwd: place.cwd });
    return JSON.parse(ran.stdout).network.eth0['in-bytes'].avg;
  };

  it('a node has ten of sixty minutes at first', async () => {
    const place = new Place([record('late.ndjson')]);
    cpSync(field('late-data'), place.tree, { recursive: true });
    // What the folder has of n2 is what arrives later: its first ten minutes are cut out of it.
    const whole = field('late-data-arrives', 'n2', '20261128.00.10');
    for (const f of readdirSync(join(place.tree, 'n2'))) rmSync(join(place.tree, 'n2', f), { force: true });
    const cut = ['archive', 'extract', whole, join(place.tree, 'n2', '20261128.00.10'), '--to', '2026-11-28T14:38:00Z'];
    await jobsum(cut, { cwd: place.cwd });
    await place.run(...ALWAYS);
    expect(place.state().L!.state).toBe('partial');
    const shown = (await jobsum(['show', 'L'], { cwd: place.cwd })).stdout;
    expect(shown).toMatch(/data +incomplete: [\s\S]*all nodes have data, 1 of them for a part of the time/);
    expect(await mean(place)).toBeCloseTo(3_600_000 * (7 / 12), -4);
    cpSync(field('late-data-arrives'), place.tree, { recursive: true });
    await place.run(...ALWAYS);
    expect(place.state().L!.state).toBe('done');
    expect(await mean(place)).toBe(3_600_000);
  });

  it('one record in an hour is not all', async () => {
    const place = new Place([record('late3.ndjson')]);
    cpSync(field('late-data'), place.tree, { recursive: true });
    await place.run(...ALWAYS);
    expect(place.state().L3!.state).toBe('partial');
    // Nothing else says that it has all either.
    const ask = async (...args: string[]) => (await jobsum(args, { cwd: place.cwd })).stdout;
    expect(JSON.parse(await ask('show', 'L3', '--json'))).toMatchObject({
      summarization: { complete: false },
      coverage: { reporting: 1, full: 0, covered: 0 },
    });
    expect(await ask('show', 'L3')).toMatch(
      /data +incomplete: [\s\S]*not complete: 1 node with nothing but a single sample/,
    );
    expect(await ask('show')).toMatch(/L3 .* incomplete: /);
    expect(await ask('explain', 'L3')).toMatch(/DOCUMENT .*: incomplete: [\s\S]*LEDGER .*: partial,/);
    expect(await ask('status')).toContain('0 done, 1 done in part');
  });
});
