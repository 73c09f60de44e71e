// A store that can only be read, as another user's, or on a file system that is read only: list, show, status and explain work on it.

import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SCHEMAS } from '../../src/catalog/embedded-store.ts';
import { explainCommand } from '../../src/cli/commands/explain.ts';
import { listCommand } from '../../src/cli/commands/list.ts';
import { pruneCommand } from '../../src/cli/commands/prune.ts';
import { showCommand } from '../../src/cli/commands/show.ts';
import { statusCommand } from '../../src/cli/commands/status.ts';
import { Store } from '../../src/databases/index.ts';

import { countDocuments, SqliteSink } from '../../src/sinks/index.ts';
import { CLUSTER, jobsum } from '../support/cli.ts';
import { commandHere } from '../support/in-process.ts';
import { haveSmallDisks, mountReadOnly } from '../support/small-disk.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const [here, there] = [join(dir, 'here'), join(dir, 'there')];
for (const at of [here, there]) mkdirSync(at);
const can = haveSmallDisks('stores that can only be read');
if (can) mountReadOnly(here, there);
const store = ['--store', join(there, 'jobsum.db')];

describe.skipIf(!can)('a store that can only be read', () => {
  it('is looked at', async () => {
    // By a process that ends: what is open in this one may stay so.
    const output = ['--output', `sqlite:${join(here, 'jobsum.db')}`, '--job', '1004', '1010'];
    await jobsum(['summarize', ...CLUSTER, ...output, '--quiet'], { cwd: here });
    expect(readdirSync(here)).toEqual(['jobsum.db']);
    expect(await commandHere(listCommand, store)).toEqual({ code: 0, stderr: '' });
    expect(await commandHere(statusCommand, store)).toEqual({ code: 0, stderr: '' });
    for (const words of [store, ['1004', ...store]])
      expect(await commandHere(showCommand, words)).toEqual({ code: 0, stderr: '' });
    for (const job of ['1004', '1010'])
      expect(await commandHere(explainCommand, [job, ...store])).toEqual({ code: 0, stderr: '' });
    expect(await commandHere(pruneCommand, ['--older-than', '1d', ...store])).toMatchObject({ code: 73 });
    expect(readdirSync(here)).toEqual(['jobsum.db']);
  });

  it('has what a run has committed to it so far', async () => {
    const writer = new Store(join(here, 'jobsum.db'), SCHEMAS);
    const known = countDocuments(writer);
    await new SqliteSink(writer).write([{ _id: '7-7', acct: { id: '7', end_time: 7 }, timeseries: {} }] as never);
    const reader = Store.toRead(join(there, 'jobsum.db'), SCHEMAS);
    expect([reader.readOnly, countDocuments(reader)]).toEqual([true, known + 1]);
    reader.close();
    writer.close();
  });
});
