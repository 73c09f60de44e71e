// A row that the embedded store refuses for what it holds costs that row: it is named, and the others of its transaction are stored.

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CATALOG_SCHEMA, Catalog } from '../../src/catalog/index.ts';
import { Store } from '../../src/databases/index.ts';
import { DOCUMENT_SCHEMA, findDocuments, SqliteSink } from '../../src/sinks/index.ts';
import { smallArchive } from '../support/small-archive.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
/** A store that takes no row of a table in which a column has a value. */
function choosy(table: string, column: string, value: string): Store {
  const sql = `CREATE TRIGGER IF NOT EXISTS no BEFORE INSERT ON ${table} WHEN NEW.${column} = '${value}'
    BEGIN SELECT RAISE(ABORT, 'not this one'); END;`;
  return new Store(join(dir, `${table}.db`), [CATALOG_SCHEMA, DOCUMENT_SCHEMA, { sql }]);
}

it('an archive that the catalogue cannot hold is named, the others are found', async () => {
  const root = join(dir, 'tree');
  for (const host of ['n1', 'n2', 'n3']) smallArchive(join(root, host, 'a'), { host, start: 1000, end: 2000 });
  const catalog = new Catalog(choosy('archive', 'base', 'n2/a'), root);
  const { problems } = await catalog.refresh();
  expect(problems).toEqual([
    {
      code: 'E_STORE',
      message: expect.any(String),
      file: join(root, 'n2/a'),
      found: expect.stringContaining('not this'),
    },
  ]);
  const found = ['n1', 'n2', 'n3'].map((host) => catalog.overlapping(host, 0n, 2n ** 62n).map((a) => a.base));
  expect(found).toEqual([['n1/a'], [], ['n3/a']]);
});

it('a document that the store cannot hold is refused whole, the others are stored', async () => {
  const store = choosy('summary', 'id', '2-9');
  const sink = new SqliteSink(store);
  const documents = ['1', '2', '3'].map((id) => ({ _id: `${id}-9`, acct: { id }, timeseries: { version: 4 } }));
  expect(await sink.write(documents as never)).toEqual([
    { id: '2-9', problem: expect.objectContaining({ code: 'E_DOCUMENT', found: expect.stringContaining('not this') }) },
  ]);
  expect(['1', '2', '3'].map((id) => findDocuments(store, id).length)).toEqual([1, 0, 1]);
  expect(store.prepare('SELECT id FROM timeseries ORDER BY id').all()).toEqual([{ id: '1-9' }, { id: '3-9' }]);
});
