// What a scan makes of a tree that is not in order: directories that cannot be read, archives that are only half there.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CATALOG_SCHEMA, FILES, type FileSystem, lookupNode, type OpenArchive } from '../../src/catalog/index.ts';
import { MEMORY, Store } from '../../src/databases/index.ts';
import type { Job } from '../../src/jobs/index.ts';
import { JobsumError } from '../../src/kernel/index.ts';
import { probeArchive } from '../../src/pcp/index.ts';
import { smallArchive } from '../support/small-archive.ts';
import { basesOf, catalogOf, job, T0, treesIn } from '../support/small-tree.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const NS = 1_000_000_000n;
const treeOf = treesIn(dir);

const failure = (code: string): Error => Object.assign(new Error(`${code}: no luck`), { code, syscall: 'scandir' });

/** A file system on which a path, and with it all that is below, gives an error. */
const failing = (path: string, code: string, at: 'list' | 'stat' = 'list'): FileSystem => {
  const ask = (asked: string): void => {
    if (asked === path || asked.startsWith(`${path}/`)) throw failure(code);
  };
  return {
    ...FILES,
    list: (directory) => {
      if (at === 'list') ask(directory);
      return FILES.list(directory);
    },
    stat: (file) => {
      if (at === 'stat') ask(file);
      return FILES.stat(file);
    },
  };
};

describe('a directory that cannot be read', () => {
  it.each(['EACCES', 'EIO', 'ESTALE'])(
    'is named with its reason, and nothing below it is forgotten (%s)',
    async (code) => {
      const root = treeOf('n1/a', 'n1/sub/b', 'n2/a');
      const store = new Store(MEMORY, [CATALOG_SCHEMA]);
      await catalogOf(root, FILES, undefined, store).refresh();
      rmSync(join(root, 'n2/a.meta'));
      for (const f of ['0', 'index']) rmSync(join(root, `n2/a.${f}`));
      smallArchive(join(root, 'n2/b'), { host: 'n2', start: T0, end: T0 + 60 });
      const catalog = catalogOf(root, failing(join(root, 'n1'), code), undefined, store);
      const report = await catalog.refresh();
      expect(report.unread).toEqual([
        { code: 'E_IO', message: 'cannot read the directory', file: join(root, 'n1'), found: `${code}: no luck` },
      ]);
      expect(report).toMatchObject({ archives: 1, vanished: 1 });
      expect([basesOf(catalog, 'n1'), basesOf(catalog, 'n2')]).toEqual([['n1/a', 'n1/sub/b'], ['n2/b']]);
      expect([catalog.hidden('n1').length, catalog.hidden('n1.x.edu').length, catalog.hidden('n2').length]).toEqual([
        1, 1, 0,
      ]);
      const again = catalogOf(root, FILES, undefined, store);
      expect(await again.refresh()).toMatchObject({ opened: 0, vanished: 0, unread: [] });
      expect(again.hidden('n1')).toEqual([]);
    },
  );

  it('is one whose files cannot be looked at', async () => {
    const root = treeOf('n1/a', 'n2/a');
    const report = await catalogOf(root, failing(join(root, 'n1'), 'EACCES', 'stat')).refresh();
    expect(report).toMatchObject({ archives: 1, unread: [{ file: join(root, 'n1') }] });
  });

  it('that has gone while the tree is walked was not there', async () => {
    const root = treeOf('n1/a', 'n2/a');
    expect(await catalogOf(root, failing(join(root, 'n1'), 'ENOENT')).refresh()).toMatchObject({
      archives: 1,
      unread: [],
    });
  });

  it('may be of any host where it is of dates only', async () => {
    const root = treeOf('2026/03/n1/2026-03-02/a', 'n2/a');
    const catalog = catalogOf(root, failing(join(root, '2026/03'), 'EIO'));
    await catalog.refresh();
    expect([catalog.hidden('n1').length, catalog.hidden('n9').length]).toEqual([1, 1]);
  });

  it('and is the root ends it; what was known is kept', async () => {
    const root = treeOf('n1/a');
    const store = new Store(MEMORY, [CATALOG_SCHEMA]);
    const catalog = catalogOf(root, FILES, undefined, store);
    await catalog.refresh();
    await expect(catalogOf(root, failing(root, 'ESTALE'), undefined, store).refresh()).rejects.toMatchObject({
      code: 'E_IO',
      detail: { file: root, found: 'ESTALE: no luck' },
    });
    await expect(catalogOf(join(root, 'none')).refresh()).rejects.toMatchObject({ code: 'E_INPUT_MISSING' });
    expect(basesOf(catalog, 'n1')).toEqual(['n1/a']);
  });
});

describe('an archive in the directory of a node', () => {
  const found = async (label: string, base: string, asked = 'n1'): Promise<string[]> => {
    const root = treeOf();
    smallArchive(join(root, base), { host: label, start: T0, end: T0 + 60 });
    const catalog = catalogOf(root);
    await catalog.refresh();
    return basesOf(catalog, asked);
  };

  it.each([
    ...['localhost', 'localhost4', 'localhost-live', 'localhost.localdomain', '(none)', '10.0.0.1', 'fe80::1'].map(
      (label) => [...[label, 'n1/a']],
    ),
    ['localhost', 'n1/daily/a'],
    ['localhost', 'n1/archive/2026/a'],
    ['localhost', 'cluster/n1/a'],
    ['x9', 'n1/a'],
    ['x9', 'cluster/n1.x.edu/2026-03-02/a'],
  ])('is looked at for it, labelled %s, at %s', async (label, base) => {
    expect(await found(label!, base!)).toEqual([base]);
  });

  it('is one of the host of its label, too, and of no other', async () => {
    expect([await found('x9', 'n1/a', 'x9'), await found('x9', 'n1/a', 'n2')]).toEqual([['n1/a'], []]);
    expect([await found('n1.b.edu', 'n2/a', 'n1.a.edu'), await found('n1', 'all/a', 'all')]).toEqual([[], ['all/a']]);
  });
});

describe('an archive that cannot be read for a while', () => {
  it('keeps what is known of it, and is opened again by the next scan', async () => {
    const root = treeOf('n1/a', 'n2/a');
    const store = new Store(MEMORY, [CATALOG_SCHEMA]);
    let away = false;
    const probe: OpenArchive = (path, members) => {
      if (away && path.includes('/n1/')) throw new JobsumError('E_IO', 'cannot open the file', { file: path });
      return probeArchive(path, members);
    };
    const catalog = catalogOf(root, FILES, probe, store);
    await catalog.refresh();
    away = true;
    smallArchive(join(root, 'n1/a'), { host: 'n1', start: T0, end: T0 + 3600 });
    smallArchive(join(root, 'n1/new'), { host: 'n1', start: T0, end: T0 + 3600 });
    expect((await catalog.refresh()).problems).toHaveLength(2);
    expect(basesOf(catalog, 'n1')).toEqual(['n1/a']);
    expect(lookupNode(catalog, job(), 'n1').damaged).toMatchObject([{ base: 'n1/new', problem: { code: 'E_IO' } }]);
    away = false;
    expect(await catalog.refresh()).toMatchObject({ opened: 2, problems: [] });
    expect(basesOf(catalog, 'n1')).toEqual(['n1/a', 'n1/new']);
  });
});

describe('an archive that cannot be read belongs to a job', () => {
  const damagedOf = async (name: string, of: Job = job()): Promise<string[]> => {
    const root = treeOf('n1/good');
    mkdirSync(join(root, name, '..'), { recursive: true });
    for (const f of ['meta', '0']) writeFileSync(join(root, `${name}.${f}`), 'this is none');
    const catalog = catalogOf(root);
    await catalog.refresh();
    return lookupNode(catalog, of, 'n1').damaged.map((d) => d.base);
  };
  it.each([
    ['of the node at about that time', 'n1/20260302.00.10', true],
    ['of the node since the day before', 'n1/20260301.00.10', true],
    ['of the node with a name without a date', 'n1/odd', true],
    ['of the node by its whole name', 'n1.x.edu/20260302', true],
    ['of another node', 'n2/20260302.00.10', false],
    ['of a node whose name begins so', 'n10/20260302.00.10', false],
    ['of the month before', 'n1/20260202.00.10', false],
    ['of the day after tomorrow', 'n1/20260304.00.10', false],
    ['by the job’s id, in the node’s directory', 'n1/job-7-begin-20260302.00.00.00', true],
    ['by the job’s id alone', 'job-7-end-20260302.00.00.00', true],
    ['by the job’s id, of another node', 'n2/job-7-end-20260302.00.00.00', false],
    ['by the id of another job', 'n1/job-8-begin-20260302.00.00.00', false],
  ])('%s', async (_, name, expected) => {
    expect(await damagedOf(name)).toEqual(expected ? [name] : []);
  });

  it('that it names itself', async () => {
    const named = job({ archives: { n1: ['n1/good', 'n1/bad', 'n1/none'] } });
    expect(await damagedOf('n1/bad', named)).toEqual(['n1/bad', 'n1/none']);
  });

  it('whose metadata are lost, and not any file whose name ends in a number', async () => {
    const root = treeOf('n1/a', 'n1/20260302.00.10');
    rmSync(join(root, 'n1/a.meta'));
    rmSync(join(root, 'n1/20260302.00.10.meta'));
    rmSync(join(root, 'n1/20260302.00.10.index'));
    writeFileSync(join(root, 'n1/messages.1'), 'a log');
    const catalog = catalogOf(root);
    expect(await catalog.refresh()).toMatchObject({
      ...{ archives: 2, young: 1, problems: [{ file: join(root, 'n1/20260302.00.10') }] },
    });
    const touching = (startNs: bigint, endNs: bigint): string[] =>
      catalog.touching({ node: 'n1', job: { raw: 7, local: 7, index: -1 }, startNs, endNs }).map((a) => a.base);
    const now = BigInt(Date.now()) * 1_000_000n;
    // `a` may have only begun: that leaves it nothing of a time before, where it is a copy that is not whole.
    expect(touching(now - 60n * NS, now)).toEqual([]);
    expect(touching(BigInt(T0) * NS, BigInt(T0 + 3600) * NS)).toEqual(['n1/20260302.00.10', 'n1/a']);
  });
});

describe('times that cannot be', () => {
  it('cost the archive its end, or itself, and are named', async () => {
    const root = treeOf('n1/end', 'n1/start', 'n1/good');
    const wild: OpenArchive = (path, members) => {
      const found = probeArchive(path, members);
      if (path.endsWith('/end')) return { ...found, endNs: 2n ** 63n + 5n };
      return path.endsWith('/start') ? { ...found, startNs: -(2n ** 70n) } : found;
    };
    const catalog = catalogOf(root, FILES, wild);
    const { problems, odd } = await catalog.refresh();
    const named = (list: typeof odd) => list.map((p) => [p.code, p.file?.slice(root.length)]);
    expect(named(odd)).toEqual([['E_ARCHIVE_RECORD', '/n1/end']]);
    expect(named(problems)).toEqual([['E_ARCHIVE_LABEL', '/n1/start']]);
    expect(basesOf(catalog, 'n1')).toEqual(['n1/end', 'n1/good']);
  });
});
