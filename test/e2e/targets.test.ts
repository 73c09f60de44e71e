// Where `ndjson:` writes: devices, pipes and links are written to as such and stay what they are; a file appears whole, and leaves nothing beside it.

import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { partialName } from '../../src/kernel/index.ts';
import { CLUSTER, documentsOf, jobsum } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';

const JOBS = 9;
const dir = tempDir();
let places = 0;
const place = (): string => {
  const path = join(dir, String(places++));
  mkdirSync(path);
  return path;
};
const run = (cwd: string, output: string, shell?: string) =>
  jobsum(['summarize', ...CLUSTER, '--again', '--output', output], { cwd, ...(shell === undefined ? {} : { shell }) });
const line = (output: string): string => `jobsum summarize ${CLUSTER.join(' ')} --again --output ${output}`;
const text = (path: string): string => readFileSync(path, 'utf8');

describe('ndjson: to', () => {
  it('a symbolic link: the link stays, the file that it leads to is replaced where it is', async () => {
    const cwd = place();
    mkdirSync(join(cwd, 'far'));
    writeFileSync(join(cwd, 'far', 'docs'), '', { mode: 0o600 });
    symlinkSync('far', join(cwd, 'near'));
    symlinkSync('near/docs', join(cwd, 'link'));
    expect((await run(cwd, 'ndjson:link')).code).toBe(1);
    expect(readlinkSync(join(cwd, 'link'))).toBe('near/docs');
    expect(documentsOf(text(join(cwd, 'far', 'docs'))).size).toBe(JOBS);
    expect(readdirSync(join(cwd, 'far'))).toEqual(['docs']);
    // No wider than the file was.
    expect(statSync(join(cwd, 'far', 'docs')).mode & 0o777).toBe(0o600);
  });

  it('a link that leads to no file yet: the file is made there', async () => {
    const cwd = place();
    symlinkSync('later', join(cwd, 'link'));
    await run(cwd, 'ndjson:link');
    expect(lstatSync(join(cwd, 'link')).isSymbolicLink()).toBe(true);
    expect(documentsOf(text(join(cwd, 'later'))).size).toBe(JOBS);
  });

  it('a named pipe, for whose reader it waits', async () => {
    const cwd = place();
    execFileSync('mkfifo', [join(cwd, 'pipe')]);
    let out = '';
    let reader: ReturnType<typeof spawn> | undefined;
    const ran = await jobsum(['summarize', ...CLUSTER, '--output', 'ndjson:pipe'], {
      cwd,
      started: () => {
        reader = spawn('cat', [join(cwd, 'pipe')]);
        reader.stdout!.setEncoding('utf8').on('data', (more: string) => {
          out += more;
        });
      },
    });
    if (reader!.exitCode === null) await new Promise((done) => reader!.once('close', done));
    expect(ran.code).toBe(1);
    expect(documentsOf(out).size).toBe(JOBS);
    expect(lstatSync(join(cwd, 'pipe')).isFIFO()).toBe(true);
    expect(readdirSync(cwd).sort()).toEqual(['jobsum.db', 'pipe']);
  });

  it('a named pipe that nobody reads: an error when patience is over', async () => {
    const cwd = place();
    execFileSync('mkfifo', [join(cwd, 'pipe')]);
    const ran = await jobsum(['summarize', ...CLUSTER, '--output', 'ndjson:pipe', '--patience', '0'], { cwd });
    expect(ran.code).toBe(74);
    expect(ran.stderr).toContain('nobody reads the pipe');
    expect(ran.stderr).toContain('"event":"run.summary"');
  });

  it('/dev/null, /dev/full and a link to one', async () => {
    const cwd = place();
    symlinkSync('/dev/null', join(cwd, 'nothing'));
    for (const path of ['/dev/null', 'nothing']) expect((await run(cwd, `ndjson:${path}`)).code).toBe(1);
    const full = await run(cwd, 'ndjson:/dev/full');
    expect(full.code).toBe(74);
    expect(full.stderr).toMatch(/\/dev\/full.*ENOSPC/);
    for (const path of ['/dev/null', '/dev/full']) expect(statSync(path).isCharacterDevice()).toBe(true);
    expect(readlinkSync(join(cwd, 'nothing'))).toBe('/dev/null');
  });

  it.each([
    ['/dev/stdout', '| cat', ''],
    ['/dev/stdout', '>> out', 'out'],
    ['/dev/fd/1', '>> out', 'out'],
    ['/dev/fd/7', '7>> out', 'out'],
    ['link', '>> out', 'out'],
  ])('%s %s', async (path, redirection, file) => {
    const cwd = place();
    symlinkSync('/dev/stdout', join(cwd, 'link'));
    if (file !== '') writeFileSync(join(cwd, file), '{"_id":"0-0"}\n');
    const ran = await run(cwd, '', `${line(`ndjson:${path}`)} ${redirection}`);
    const lines = (file === '' ? ran.stdout : text(join(cwd, file))).trimEnd().split('\n');
    expect(lines).toHaveLength(file === '' ? JOBS : JOBS + 1);
    if (file !== '') expect(lines.shift()).toBe('{"_id":"0-0"}');
    expect(documentsOf(lines.join('\n')).size).toBe(JOBS);
    expect(readlinkSync('/dev/stdout')).toBe('/proc/self/fd/1');
  });

  it.each(['022', '077', '002'])('a file of the mode that umask %s gives', async (umask) => {
    const cwd = place();
    await run(cwd, '', `umask ${umask}; ${line('ndjson:docs')}`);
    expect(statSync(join(cwd, 'docs')).mode & 0o777).toBe(0o666 & ~Number.parseInt(umask, 8));
  });

  it('a file beside which a killed run left its beginning: that is removed, and what others write stays', async () => {
    const cwd = place();
    const docs = join(cwd, 'docs');
    // Of a process that had the number of this one, and began at another time.
    const mine = partialName(docs);
    const dead = mine.replace(/-(\d+)\.([0-9a-f]{16})\.partial$/, '-1.$2.partial');
    const other = mine.replace('.docs.', '.docs2.');
    // Of another host of the same name, whose processes are not known here: one at work, and one that was long ago.
    const [far, old] = ['12345678', '87654321'].map((boot) => dead.replace(/-[0-9a-f]{8}\./, `-${boot}.`)) as [
      string,
      string,
    ];
    for (const path of [mine, dead, other, far, old]) writeFileSync(path, '');
    utimesSync(old, 1_700_000_000, 1_700_000_000);
    await run(cwd, 'ndjson:docs');
    expect([mine, dead, other, far, old].map((path) => existsSync(path))).toEqual([true, false, true, true, false]);
    expect(documentsOf(text(docs)).size).toBe(JOBS);
  });

  it('a directory: an error', async () => {
    const cwd = place();
    mkdirSync(join(cwd, 'docs'));
    const ran = await run(cwd, 'ndjson:docs');
    expect(ran.code).toBe(74);
    expect(readdirSync(join(cwd, 'docs'))).toEqual([]);
  });
});

describe('a store', () => {
  it('makes no directories', async () => {
    const cwd = place();
    const ran = await run(cwd, 'sqlite:not/there/a.db');
    expect(ran.code).toBe(73);
    expect(ran.stderr).toContain('not/there');
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe('standard output that is closed early', () => {
  it('is no error where nothing else was asked for, and the run still says how it ended', async () => {
    const cwd = place();
    const ran = await run(cwd, '', `${line('ndjson:-')} | head -c 1 > first; exit \${PIPESTATUS[0]}`);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain('"event":"run.summary"');
    expect(ran.stderr).not.toMatch(/\n {4}at /);
  });

  it('is an error where documents go elsewhere, too', async () => {
    const cwd = place();
    const both = `${line('ndjson:-')} --output sqlite:a.db`;
    const ran = await run(cwd, '', `${both} | true; exit \${PIPESTATUS[0]}`);
    expect(ran.code).toBe(74);
    expect(ran.stderr).toMatch(/standard output.*EPIPE/);
    const next = await run(cwd, '', both.replace('--again', ''));
    expect(documentsOf(next.stdout).size).toBe(JOBS);
  });

  it('is no error of a command that only shows', async () => {
    const cwd = place();
    await run(cwd, 'sqlite:jobsum.db');
    const ran = await run(cwd, '', `jobsum show --json | true; exit \${PIPESTATUS[0]}`);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
  });
});
