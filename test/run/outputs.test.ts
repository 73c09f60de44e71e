// Which ledger the jobs of a run are in: that of its outputs, however their paths are spelled.

import { mkdirSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { ledgerScope, type Output } from '../../src/run/outputs.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
mkdirSync(join(dir, 'real'));
symlinkSync('real', join(dir, 'link'));
const store = join(dir, 'real/a.db');
const scope = (...outputs: Output[]): string => ledgerScope(outputs, store);
const sqlite = (path: string): Output => ({ kind: 'sqlite', path });

it('a file is the same by any of its paths', () => {
  const here = relative(process.cwd(), join(dir, 'real'));
  const paths = [store, join(dir, 'link/a.db'), `${dir}/real/./../real//a.db`, `${here}/a.db`, `./${here}/a.db`];
  for (const path of paths) expect(scope(sqlite(path))).toBe('sqlite:a.db');
  for (const path of paths) expect(ledgerScope([sqlite(store)], path)).toBe('sqlite:a.db');
});

it('another file is another, also of the same name', () => {
  expect(scope(sqlite(store), { kind: 'ndjson', path: join(dir, 'link/b') })).toBe('ndjson:b sqlite:a.db');
  expect(scope({ kind: 'ndjson', path: join(dir, 'a.db') })).toBe(`ndjson:${join(dir, 'a.db')}`);
  expect(scope({ kind: 'ndjson', path: join(dir, 'absent/a.db') })).toBe(`ndjson:${join(dir, 'absent/a.db')}`);
});

it('standard output makes no difference', () => {
  expect(scope(sqlite(store), { kind: 'ndjson', path: '-' })).toBe('sqlite:a.db');
});
