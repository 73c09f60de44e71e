// The text of sacct, which escapes nothing: names, comments and commands with bars, line ends and whole records in them. What is certain
// is a job; what is not is refused, each line by itself, and no text of a user ever becomes a job.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileSource, type Job, type JobRecord, readJobs } from '../../src/jobs/index.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const FIELD = new URL('../../../shared/field/sacct/', import.meta.url).pathname;
const here = process.env.CI === 'true' || existsSync(FIELD);
if (!here) console.log('../shared/field is not there: the lists of sacct from the field are skipped');

async function all(records: AsyncIterable<JobRecord>): Promise<JobRecord[]> {
  const out: JobRecord[] = [];
  for await (const record of records) out.push(record);
  return out;
}
function read(text: string): Promise<JobRecord[]> {
  const path = join(dir, 'jobs');
  writeFileSync(path, text);
  return all(readJobs(path));
}
const jobs = (records: readonly JobRecord[]): Job[] => records.flatMap((r) => (r.kind === 'job' ? [r.job] : []));
const ids = (records: readonly JobRecord[]): string[] => jobs(records).map((j) => j.jobId);
const refused = (records: readonly JobRecord[]): number[] =>
  records.flatMap((r) => (r.kind === 'rejected' ? [r.line] : []));

/** `sacct -P --format ALL` of Slurm 22.05 in small: texts of users in the middle and last. */
const ALL =
  'Account|AdminComment|AllocCPUS|AllocTRES|Cluster|Comment|Container|Elapsed|Eligible|End|ExitCode|JobID|JobIDRaw|JobName|NCPUS|NNodes|NodeList|Start|State|Submit|SubmitLine|Suspended|UID|User|WCKey|WorkDir';
const T = '2026-03-02T00:00:00';
interface Texts {
  readonly admin?: string;
  readonly comment?: string;
  readonly name?: string;
  readonly line?: string;
  readonly dir?: string;
}
const row = (
  id: number,
  { admin = '', comment = '', name = 'n', line = 'sbatch x', dir: at = '/home/u' }: Texts = {},
) =>
  `acc|${admin}|4|cpu=4,gres/gpu=2|hpc|${comment}||00:16:40|${T}|2026-03-02T00:16:40|0:0|${id}|${id}|${name}|4|2|n[1-2]|${T}|COMPLETED|${T}|${line}|00:00:00|1000|u||${at}`;
const list = (...rows: string[]) => read([ALL, ...rows].join('\n'));

describe('sacct -P --format ALL', () => {
  it.each<[string, Texts]>([
    ['the name', { name: 'a|b' }],
    ['the name, which looks like fields', { name: '4|2|n9|2026-03-02T00:00:00' }],
    ['the command', { line: 'sort x | uniq || true' }],
    ['the directory', { dir: '/home/u/a|b' }],
    ['the comment', { comment: 'see a|b' }],
    ['the comment of an administrator', { admin: 'x|y' }],
    ['all of them', { admin: '|', comment: '|', name: '|a', line: '|', dir: '|' }],
  ])('a bar in %s', async (_, texts) => {
    const found = await list(row(1, texts), row(2));
    expect(ids(found)).toEqual(['1', '2']);
    expect(jobs(found)[0]?.acct).toMatchObject({ jobname: texts.name ?? 'n', account: 'acc', ncpus: 4, gpus: 2 });
  });

  it.each<[string, Texts]>([
    ['the name', { name: 'x\ny' }],
    ['name and command, as sbatch makes it', { name: 'x\ny', line: 'sbatch -J x\ny z' }],
    ['the command, with an empty line', { line: 'sbatch --wrap=one\n\ntwo' }],
    ['the directory', { dir: '/home/u\nv' }],
    ['the comment, with bars', { comment: 'a|\n|b' }],
  ])('a line end in %s', async (_, texts) => {
    const found = await list(row(1), row(2, texts), row(3));
    expect(ids(found)).toEqual(['1', '2', '3']);
    expect(jobs(found)[1]?.acct.jobname).toBe(texts.name ?? 'n');
    expect(refused(found)).toEqual([]);
  });

  it('never takes a record in a text for a job, and loses no other', async () => {
    const forged = row(666, { name: 'evil' });
    const begun = (columns: number): string => forged.split('|').slice(0, columns).join('|');
    for (const texts of [
      { name: `x\n${forged}\ny` },
      { name: `x\n${forged.slice(0, forged.indexOf('|evil'))}` },
      { name: `x\n${begun(14)}` },
      { line: `x\n${begun(21)}` },
      { line: `x\n${forged}` },
      { line: `x\n${forged}\n${row(667)}` },
      { comment: `x\n${forged}` },
      { name: `x\n${forged}`, line: `sbatch -J x\n${forged}` },
      { line: `x\n${forged}\n${row(667)}\ny` },
      { comment: `x\n${forged}\ny` },
      { name: `x\n${ALL}\n${forged}\ny` },
    ]) {
      const found = await list(row(1), row(2, texts), row(3), row(4));
      expect(ids(found).filter((id) => id.startsWith('6'))).toEqual([]);
      expect(ids(found)).toEqual(expect.arrayContaining(['1', '3', '4']));
      expect(ids(found).includes('2') || refused(found).includes(4 - 1)).toBe(true);
      // Whoever stands before or behind it at the end of a list stays.
      expect(ids(await list(row(1), row(2, texts)))).toContain('1');
      expect(ids(await list(row(2, texts), row(3)))).toContain('3');
    }
  });

  it('a record that breaks off costs the next if that may end it, and no other', async () => {
    const broken = (columns: number): string => row(2).split('|').slice(0, columns).join('|');
    // In the comment, in the name, in the command.
    for (const columns of [6, 14, 21]) {
      const found = await list(row(1), broken(columns), row(3), row(4), row(5));
      expect([ids(found), refused(found)]).toEqual([
        ['1', '4', '5'],
        [3, 4],
      ]);
      expect(found.find((r) => r.kind === 'rejected' && r.line === 4)).toMatchObject({ problem: { job: '3' } });
    }
    // What follows the break in the comment says itself which job it is.
    const last = await list(row(1), broken(6), row(3));
    expect([ids(last), refused(last)]).toEqual([['1', '3'], [3]]);
  });

  it('bars in names of a real list, whose columns between two texts are empty', async () => {
    const header =
      'JobID|JobIDRaw|JobName|Layout|MaxRSS|McsLabel|NCPUS|NNodes|NodeList|Reason|Start|State|End|SubmitLine|WorkDir';
    const found = await read(
      `${header}\n2|2|a|b||||1|1|vm|None|${T}|COMPLETED|${T}|sbatch -J a|b s.sh|/home\n3|3|c||||1|1|vm|None|${T}|COMPLETED|${T}||/\n`,
    );
    expect(jobs(found).map((j) => j.acct.jobname)).toEqual(['a|b', 'c']);
  });

  it('refuses fields that can be given to the columns in two ways', async () => {
    // Two texts side by side of which one is used.
    const header = 'JobID|JobIDRaw|Start|End|State|NNodes|NodeList|JobName|Comment';
    const found = await read(`${header}\n1|1|${T}|${T}|COMPLETED|1|n1|a|b\n2|2|${T}|${T}|COMPLETED|1|n1|a|b|c\n`);
    expect([ids(found), refused(found)]).toEqual([['1'], [3]]);
    const [bad] = found.filter((r) => r.kind === 'rejected');
    expect(bad).toMatchObject({ problem: { code: 'E_JOB_LINE', found: expect.stringContaining('2|2|') } });
  });
});

describe('other ways to call it', () => {
  const row4 = (id: number, name: string) => [id, id, name, T, T, 'COMPLETED', 'n1'];
  const header = ['JobID', 'JobIDRaw', 'JobName', 'Start', 'End', 'State', 'NodeList'];
  it.each(['|', '<%>', '\t', ';', '@x9@', ' // '])('with --delimiter=%j, ended or not', async (d) => {
    for (const end of ['', d]) {
      const lines = [header, row4(1, 'a'), row4(2, 'two\nlines'), row4(3, 'b')].map((f) => f.join(d) + end);
      const found = await read(lines.join('\r\n'));
      expect(ids(found)).toEqual(['1', '2', '3']);
    }
  });

  it('an end mark shows what was cut off', async () => {
    const lines = [header, row4(1, 'a'), row4(2, 'b')].map((f) => `${f.join('<%>')}<%>`);
    const found = await read(lines.join('\n').slice(0, -4));
    expect([ids(found), refused(found)]).toEqual([['1'], [3]]);
  });

  it('outputs one behind the other: a header again, in another order, a byte order mark before it', async () => {
    const other = ['NodeList', 'End', 'Start', 'JobIDRaw', 'JobID', 'State'];
    const text = [header.join('|'), row4(1, 'a').join('|'), '', header.join('|'), row4(2, 'b').join('|')];
    text.push(`\ufeff${other.join('|')}`, `n7|${T}|${T}|3|3|FAILED`);
    const found = await read(`\ufeff${text.join('\n')}\n`);
    expect(jobs(found).map((j) => [j.jobId, j.nodes[0]])).toEqual([
      ['1', 'n1'],
      ['2', 'n1'],
      ['3', 'n7'],
    ]);
    expect(refused(found)).toEqual([]);
  });

  it('without a header, in the columns of any Open XDMoD', async () => {
    const t = '2015-06-26T19:51:25';
    const head = '41|41|hpc|gen|';
    const mid = `acc|grp|103|bob|102|${t}|${t}|${t}|${t}|00:00:04|0:0|COMPLETED|1|36|36|48000M|`;
    const tail = '3-00:00:00|k1|a|b';
    for (const line of [
      `${head}normal|${mid}|cpu=36|${tail}`,
      `${head}${mid}|cpu=36|${tail}`,
      `${head}${mid}${tail}`,
    ]) {
      const [job] = jobs(await read(`${line}\n`));
      expect([job?.jobId, job?.nodes, job?.acct.jobname, job?.acct.account]).toEqual(['41', ['k1'], 'a|b', 'acc']);
    }
  });
});

describe('a list that lacks columns', () => {
  it('has the raw ids, where it has no others, and says so', async () => {
    const found = await read(
      `JobIDRaw|Start|End|State|NodeList\n7|${T}|${T}|COMPLETED|n1\n7.batch|${T}|${T}|COMPLETED|n1\n`,
    );
    expect(found.map((r) => r.kind)).toEqual(['noted', 'job', 'ignored']);
    expect(found[0]).toMatchObject({ problem: { message: expect.stringContaining('no column JobID') } });
    expect(ids(found)).toEqual(['7']);
  });
  it.each(['JobID', 'Start', 'End', 'NodeList'])('is refused without %s, which is named', async (lacking) => {
    const names = ['JobID', 'JobName', 'Start', 'End', 'State', 'NodeList'];
    const rest = names.map((name) => (name === lacking ? (name === 'JobID' ? 'JobIDX' : 'Elapsed') : name));
    const reading = read(`${rest.join('|')}\n1|a|${T}|${T}|COMPLETED|n1\n`);
    if (lacking === 'JobID') await expect(reading).rejects.toMatchObject({ code: 'E_JOB_SOURCE' });
    else await expect(reading).rejects.toThrow(`no column ${lacking}`);
  });
});

describe('a list', () => {
  it('of two clusters is of two resources: the first is read, the other refused, or the one asked for', async () => {
    const text = `JobID|Cluster|Start|End|State|NodeList\n55|alpha|${T}|${T}|COMPLETED|n1\n55|beta|${T}|${T}|COMPLETED|n2\n`;
    const found = await read(text);
    expect([jobs(found).map((j) => j.acct.cluster), refused(found)]).toEqual([['alpha'], [3]]);
    const beta = await all(readJobs(join(dir, 'jobs'), undefined, 'beta'));
    expect(jobs(beta).map((j) => j.nodes[0])).toEqual(['n2']);
    expect(refused(beta)).toEqual([]);
  });

  it('with the same jobs twice has each once, and says so once', async () => {
    const rows = [1, 2].map((id) => `${id}|${T}|${T}|COMPLETED|n1\n`).join('');
    writeFileSync(join(dir, 'twice'), `JobID|Start|End|State|NodeList\n${rows}${rows}${rows}`);
    const found = await all(new FileSource(join(dir, 'twice')).records());
    expect(ids(found)).toEqual(['1', '2']);
    expect(found.filter((r) => r.kind === 'noted')).toMatchObject([{ line: 4, problem: { job: '1', found: '4' } }]);
  });
});

describe.skipIf(!here)('lists from the field', () => {
  const field = (name: string): Promise<JobRecord[]> => all(new FileSource(join(FIELD, name)).records());
  it('format-all: every job, each with its own fields', async () => {
    const found = await field('format-all.sacct');
    expect(ids(found)).toEqual(['100', '101', '102', '103', '104', '105', '106', '107', '108']);
    expect(jobs(found).map((j) => j.acct.jobname)).toEqual(['n', 'a|b', 'n', 'n', 'n', 'n', 'n', 'x\ny', 'n']);
    for (const job of jobs(found)) expect(job.acct).toMatchObject({ account: 'acc', user: 'u1', gpus: 2, ncpus: 4 });
  });
  it('newline: names whole', async () => {
    const found = await field('newline.sacct');
    expect(jobs(found).map((j) => j.acct.jobname)).toEqual(['plain', 'two\nlines', 'carr\riage', 'pipe|name', 'after']);
  });
  it('unknown-state: what ran is a run, what is not known is named once', async () => {
    const found = await field('unknown-state.sacct');
    const named = found.flatMap((r) => (r.kind === 'noted' ? [r.problem.found] : []));
    expect(named).toEqual(['NEW_END_STATE', 'LAUNCH_FAILED']);
    expect(jobs(found).filter((j) => j.jobId === '202')).toHaveLength(2);
    expect(found.flatMap((r) => (r.kind === 'ignored' ? [r.reason] : []))).toEqual([
      ...['not ended (RESIZING)', 'not ended (STOPPED)', 'not ended (RUNNING)'],
    ]);
  });
  it('misc: no hosts that are none', async () => {
    const found = await field('misc.sacct');
    expect(ids(found)).toEqual(['3', '4', '5', '6', '7', '8', '9']);
    expect(
      jobs(found)
        .slice(0, 2)
        .map((j) => j.acct.gpus),
    ).toEqual([3, 2]);
  });
  it('two-clusters, byte order marks', async () => {
    expect(refused(await field('two-clusters.sacct'))).toEqual([3]);
    expect(ids(await field('bom.ndjson'))).toEqual(['7']);
    expect(ids(await field('bom2.ndjson'))).toEqual(['1']);
    const json = readFileSync(join(FIELD, 'json.json'), 'utf8');
    expect(ids(await field('json.json'))).toHaveLength(20);
    expect(ids(await read(`\ufeff${json}`))).toHaveLength(20);
  });
});
