// README and manual tell the truth about what can be checked: errors, exit codes, commands, topics, folder order.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../src/cli/commands.ts';
import { topicPage, topics, topicText } from '../src/cli/manual.ts';
import { ERRORS, packageFile } from '../src/kernel/index.ts';
import { FIXTURES, jobsum } from './support/cli.ts';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const readme = read('README.md');
const errors = read('src/manual/errors.md');

describe('the manual', () => {
  it('has the table of errors', () => {
    const rows = Object.entries(ERRORS).map(
      ([code, k]) =>
        `| \`${code}\` | ${k.class} | ${k.exit} | ${k.retryable ? 'yes' : 'no'} | ${k.effect} | ${k.advice} |`,
    );
    const found = errors
      .split('\n')
      .filter((line) => line.startsWith('| `E_'))
      .map((line) => line.replace(/ +/g, ' '));
    expect(found).toEqual(rows);
  });

  it('explains every exit code', () => {
    const table = errors.slice(errors.indexOf('## Exit codes'), errors.indexOf('## Errors'));
    const explained = new Set(table.match(/\d+/g)?.map(Number));
    for (const { exit } of Object.values(ERRORS)) expect(explained).toContain(exit);
  });

  it('has each topic in the README, under a heading of its name', () => {
    for (const topic of topics()) {
      expect(readme).toContain(`[${topic}](src/manual/${topic}.md)`);
      const heading = topic.replace('-', ' ');
      expect(topicPage(topic)).toMatch(new RegExp(`^# ${heading[0]!.toUpperCase()}${heading.slice(1)}: \\S`));
    }
  });

  it('names no command that there is not, and each that there is', () => {
    const text = [readme, ...topics().map((topic) => topicPage(topic)!)].join('\n');
    const named = new Set([...text.matchAll(/(?:^(?: {4})?|`)jobsum ([a-z]+)/gm)].map((m) => m[1]!));
    for (const command of named) expect([...Object.keys(COMMANDS), 'completion', 'help']).toContain(command);
    for (const command of Object.keys(COMMANDS)) if (command !== 'demo') expect([...named], command).toContain(command);
  });

  it('is printed by help, and made into man pages with the help of each command', async () => {
    expect(await jobsum(['help', 'outputs'], { cwd: FIXTURES })).toMatchObject({
      code: 0,
      stdout: topicText('outputs'),
    });
    expect(topicText('summarizing')).toContain('(`jobsum help job-lists`)');
    const unknown = await jobsum(['help', 'outptus'], { cwd: FIXTURES });
    expect(unknown).toMatchObject({ code: 64, stderr: expect.stringContaining('topics are archives, ') });
    expect((await jobsum(['help'], { cwd: FIXTURES })).stdout).toMatch(/own-analytics,\s+site,\s+summarizing/);
    execFileSync(process.execPath, [packageFile('src/manual/man-pages.mjs')]);
    const pages = readdirSync(packageFile('dist/man'));
    const names = Object.keys(COMMANDS).map((command) => `jobsum-${command}.1`);
    expect(pages).toEqual(['jobsum.1', ...names, ...topics().map((topic) => `jobsum-${topic}.7`)].sort());
    for (const page of pages) expect(read(`dist/man/${page}`)).toMatch(/^\.TH "JOBSUM(?!.*&(quot|lt|gt|amp);)/s);
    expect(JSON.parse(read('package.json')).man).toEqual(pages.map((page) => `dist/man/${page}`).sort());
  });

  it('is short where it begins', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(150);
  });

  it('names the folders in their order', () => {
    const order = /^kernel → .*$/m.exec(read('src/README.md'))![0].split(' → ');
    const src = readdirSync(new URL('../src', import.meta.url), { withFileTypes: true });
    for (const folder of src) if (folder.isDirectory()) expect(order).toContain(folder.name);
  });
});
