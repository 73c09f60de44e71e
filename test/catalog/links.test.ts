// What a scan makes of symbolic links: to directories, to the files of archives, to nothing.

import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lookupNode } from '../../src/catalog/index.ts';
import { smallArchive } from '../support/small-archive.ts';
import { basesOf, catalogOf, job, T0, treesIn } from '../support/small-tree.ts';
import { tempDir } from '../support/temp.ts';

const treeOf = treesIn(tempDir());

describe('symbolic links to directories', () => {
  it('are followed, each directory once, however they lead', async () => {
    const elsewhere = treeOf('n3/a', 'n4/a');
    const root = treeOf('n1/a', 'n2/a');
    const link = (target: string, path: string): void => symlinkSync(target, join(root, path));
    link(join(elsewhere, 'n3'), 'n3');
    link(join(elsewhere, 'n3'), 'other-n3');
    link(elsewhere, 'z-all');
    link(root, 'n1/root');
    link('..', 'up');
    link('n1', 'current');
    link('nowhere', 'broken');
    link('round', 'round');
    symlinkSync(elsewhere, join(elsewhere, 'n4/loop'));
    const catalog = catalogOf(root);
    expect(await catalog.refresh()).toMatchObject({ archives: 4, unread: [] });
    expect(['n1', 'n2', 'n3', 'n4'].flatMap((host) => basesOf(catalog, host))).toEqual([
      ...['n1/a', 'n2/a', 'n3/a', 'z-all/n4/a'],
    ]);
  });

  it('have the host in their name, as a directory there would', async () => {
    const elsewhere = treeOf('any/2026/03/02/a');
    const root = treeOf();
    symlinkSync(join(elsewhere, 'any'), join(root, 'n7'));
    const catalog = catalogOf(root);
    await catalog.refresh();
    expect(basesOf(catalog, 'n7')).toEqual(['n7/2026/03/02/a']);
  });
});

describe('a link to a directory that leads nowhere', () => {
  it.each([
    ['the file system behind it is not mounted', 'gone'],
    ['it leads to itself', 'n2'],
  ])('is one that cannot be read, if archives are known below: %s', async (_, target) => {
    const elsewhere = treeOf('n2/a');
    const root = treeOf('n1/a');
    symlinkSync(join(elsewhere, 'n2'), join(root, 'n2'));
    const catalog = catalogOf(root);
    await catalog.refresh();
    rmSync(join(root, 'n2'));
    symlinkSync(target, join(root, 'n2'));
    symlinkSync(target, join(root, 'never'));
    for (let scan = 0; scan < 2; scan++) {
      const { unread, vanished } = await catalog.refresh();
      expect([unread.map((p) => p.file), vanished]).toEqual([[join(root, 'n2')], 0]);
      expect([basesOf(catalog, 'n2'), catalog.hidden('n2').length]).toEqual([['n2/a'], 1]);
    }
  });
});

describe('an archive whose files are symbolic links', () => {
  const MEMBERS = ['meta', '0', 'index'];
  /** A tree in which these files of `n1/20260302.00.00` are links to a place of their own. */
  function linkedTree(members: readonly string[], target = (real: string) => real) {
    const elsewhere = treeOf('n1/kept');
    const root = treeOf('n1/20260302.00.00');
    for (const m of members) {
      const file = join(root, `n1/20260302.00.00.${m}`);
      rmSync(file);
      symlinkSync(target(join(elsewhere, `n1/kept.${m}`)), file);
    }
    return { elsewhere, root };
  }

  it.each([[MEMBERS], [['0']], [['meta']], [['index']]])('is found, with its sizes: %s', async (members) => {
    const { elsewhere, root } = linkedTree(members);
    const catalog = catalogOf(root);
    expect(await catalog.refresh()).toMatchObject({ archives: 1, unread: [], problems: [] });
    const [before] = catalog.overlapping('n1', 0n, 2n ** 62n);
    expect(before).toMatchObject({ base: 'n1/20260302.00.00' });
    expect(await catalog.refresh()).toMatchObject({ archives: 1, opened: 0 });
    // What the links lead to grows.
    smallArchive(join(elsewhere, 'n1/kept'), { host: 'n1', start: T0, end: T0 + 3600, records: 9 });
    expect(await catalog.refresh()).toMatchObject({ archives: 1, opened: 1 });
    const [after] = catalog.overlapping('n1', 0n, 2n ** 62n);
    expect(after!.bytes > before!.bytes).toBe(members.includes('0'));
  });

  it.each([
    ['away', '../away'],
    ['itself', '20260302.00.00.0'],
  ])('that lead to %s is named, stays known and costs nothing beside it', async (_, target) => {
    const { elsewhere, root } = linkedTree(MEMBERS);
    smallArchive(join(root, 'n1/other'), { host: 'n1', start: T0, end: T0 + 60 });
    const catalog = catalogOf(root);
    await catalog.refresh();
    const file = join(root, 'n1/20260302.00.00.0');
    rmSync(file);
    symlinkSync(target, file);
    for (let scan = 0; scan < 2; scan++) {
      expect(await catalog.refresh()).toMatchObject({ vanished: 0, unread: [], problems: [{ code: 'E_IO', file }] });
      expect(basesOf(catalog, 'n1')).toEqual(['n1/20260302.00.00', 'n1/other']);
    }
    rmSync(file);
    symlinkSync(join(elsewhere, 'n1/kept.0'), file);
    expect(await catalog.refresh()).toMatchObject({ archives: 2, problems: [] });
    expect(lookupNode(catalog, job(), 'n1').damaged).toEqual([]);
  });

  it('that were never there is named to the jobs it may belong to', async () => {
    const { root } = linkedTree(MEMBERS, (real) => `${real}.gone`);
    const catalog = catalogOf(root);
    expect(await catalog.refresh()).toMatchObject({ archives: 1, young: 0, problems: [{ code: 'E_IO' }] });
    expect(lookupNode(catalog, job(), 'n1').damaged).toMatchObject([{ base: 'n1/20260302.00.00' }]);
  });

  it('is read once where what they lead to is in the tree, too', async () => {
    const root = treeOf('n1/a');
    for (const m of MEMBERS) symlinkSync(`a.${m}`, join(root, `n1/b.${m}`));
    const catalog = catalogOf(root);
    expect(await catalog.refresh()).toMatchObject({ archives: 2, problems: [] });
  });
});
