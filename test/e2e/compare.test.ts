// `jobsum compare` as a user runs it: verdicts as exit codes, options, what cannot be read.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FIXTURES, jobsum } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';

const cwd = tempDir();
const GOLDEN = `${FIXTURES}expected/1004.json`;

type Doc = Record<string, Record<string, Record<string, Record<string, number>>>>;

/** A copy of the document with a change. */
function changed(name: string, change: (document: Doc) => void): string {
  const document = JSON.parse(readFileSync(GOLDEN, 'utf8')) as Doc;
  change(document);
  const file = join(cwd, name);
  writeFileSync(file, JSON.stringify(document));
  return file;
}

const compare = (...args: string[]) => jobsum(['compare', GOLDEN, ...args], { cwd });

describe('compare', () => {
  it('finds a document equal to itself, from a file and from standard input', async () => {
    const { code, stdout } = await compare(GOLDEN);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d{3,} values compared, 0 differences\n$/);
    const piped = await jobsum(['compare', GOLDEN, '-'], { cwd, input: readFileSync(GOLDEN, 'utf8') });
    expect(piped.code).toBe(0);
  });

  it('names what differs, as text and as JSON', async () => {
    const ours = changed('load.json', (d) => {
      const { mean } = d.load1 as unknown as { mean: { avg: number } };
      mean.avg *= 1.5;
      delete d.memory;
    });
    const { code, stdout } = await compare(ours);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^\/load1\/mean\/avg: golden [\d.]+, ours [\d.]+ \(relative 0\.333\)$/m);
    expect(stdout).toMatch(/^\/memory: golden .*, ours \(absent\)$/m);
    const json = await compare(ours, '--json');
    expect(json.code).toBe(1);
    const { differences } = JSON.parse(json.stdout) as { differences: { path: string }[] };
    expect(differences.map((d) => d.path)).toEqual(['/load1/mean/avg', '/memory']);
    expect((await compare(ours, '--rel', '0.5', '--only', 'load1')).code).toBe(0);
    expect((await compare(ours, '--only', 'cpu,load1')).code).toBe(1);
    expect((await compare(ours, '--max', '1')).stdout).toContain('... and 1 more');
  });

  it('leaves out what differs on purpose, unless asked not to', async () => {
    const ours = changed('network.json', (d) => {
      for (const device of Object.values(d.network!)) delete device['in-packets'];
    });
    expect((await compare(ours)).code).toBe(0);
    expect((await compare(ours, '--no-deviations')).code).toBe(1);
    const list = join(cwd, 'own.json');
    writeFileSync(list, JSON.stringify([{ path: 'network' }]));
    expect((await compare(ours, '--deviations', list)).code).toBe(0);
  });

  it('says what cannot be read', async () => {
    const broken = join(cwd, 'broken.json');
    writeFileSync(broken, '{"a":');
    expect(await compare(broken)).toMatchObject({ code: 65, stderr: expect.stringContaining('E_NO_DOCUMENT') });
    expect(await compare('absent.json')).toMatchObject({
      code: 66,
      stderr: expect.stringContaining('E_INPUT_MISSING'),
    });
    expect((await jobsum(['compare', GOLDEN], { cwd })).code).toBe(64);
  });
});
