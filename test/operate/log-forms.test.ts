// The forms of a run's log: text for people, NDJSON for machines, as asked for or as it goes to; each job with --verbose.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { summarizeHere } from '../support/in-process.ts';
import { smallArchive } from '../support/small-archive.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const START = 1_772_409_600;
smallArchive(join(dir, 'tree/n1/a'), { host: 'n1', start: START, end: START + 600, records: 11 });
const job = (id: string, node: string): string =>
  `${JSON.stringify({ job_id: id, start: START, end: START + 600, nodes: [node] })}\n`;
writeFileSync(join(dir, 'jobs'), `${job('1', 'n1')}${job('2', 'nowhere')}no record\n`);
let stores = 0;
const run = (...words: string[]) =>
  summarizeHere([
    ...['--jobs', join(dir, 'jobs'), '--archives', join(dir, 'tree'), '--workers', '1'],
    ...['--output', `sqlite:${join(dir, `${stores++}.db`)}`, ...words],
  ]);
const events = (text: string): string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => String(JSON.parse(line).event));
const WORTH_A_LOOK = ['job.rejected', 'job.without-data'];

it.each([
  ['', WORTH_A_LOOK],
  ['--log json', WORTH_A_LOOK],
  ['--log json --quiet', WORTH_A_LOOK],
  ['--log json --verbose', [...WORTH_A_LOOK.slice(0, 1), 'job.done', ...WORTH_A_LOOK.slice(1)]],
])('NDJSON: %s', async (words, expected) => {
  const { code, stderr } = await run(...words.split(' ').filter((word) => word !== ''));
  expect(code).toBe(1);
  expect(events(stderr).sort()).toEqual([...expected, 'run.summary'].sort());
  for (const line of stderr.trimEnd().split('\n')) expect(JSON.parse(line)).toMatchObject({ run: expect.any(String) });
});

it.each([
  ['--log text', []],
  ['--quiet', []],
  ['--log text --verbose', [/^info: job 1: a job is through \(state=done\)$/]],
])('text: %s', async (words, more) => {
  const { code, stderr } = await run(...words.split(' '));
  expect(code).toBe(1);
  // The same everywhere; as an error only where nobody looks on, and nothing less is said.
  expect(stderr).toContain(`${words === '--quiet' ? 'error' : 'warn'}: job 2: `);
  const expected = [
    /^error: its record is not used: E_JOB_LINE: /,
    /^(warn|error): job 2: it could not be summarised, and is not tried again: none of its nodes has an archive/,
    ...more,
    /^jobs: 1 summarised, 1 without enough data/,
  ];
  const lines = stderr.trimEnd().split('\n');
  for (const line of expected) expect(lines).toContainEqual(expect.stringMatching(line));
  expect(lines).toHaveLength(expected.length);
});

it('not both quiet and verbose', async () => {
  expect(await run('--quiet', '--verbose')).toMatchObject({ code: 64, stderr: expect.stringContaining('not both') });
});
