// The README tells the truth about what can be checked: error table, exit codes, commands, folder order.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../src/kernel/index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

describe('README', () => {
  it('has the table of errors', () => {
    const rows = Object.entries(ERRORS).map(
      ([code, k]) => `| \`${code}\` | ${k.class} | ${k.exit} | ${k.retryable ? 'yes' : 'no'} | ${k.advice} |`,
    );
    const found = readme
      .split('\n')
      .filter((line) => line.startsWith('| `E_'))
      .map((line) => line.replace(/ +/g, ' '));
    expect(found).toEqual(rows);
  });

  it('explains every exit code', () => {
    const table = readme.slice(readme.indexOf('## Exit codes'), readme.indexOf('## Errors'));
    const explained = new Set(table.match(/\d+/g)?.map(Number));
    for (const { exit } of Object.values(ERRORS)) expect(explained).toContain(exit);
  });

  it('names the folders in their order', () => {
    const order = /^kernel → .*$/m.exec(readme)![0].split(' → ');
    const src = readdirSync(new URL('../src', import.meta.url), { withFileTypes: true });
    for (const folder of src) if (folder.isDirectory()) expect(order).toContain(folder.name);
  });
});
