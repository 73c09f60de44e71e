// Owns trees of small archives and their catalogues, for tests of scans.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOG_SCHEMA, Catalog, type FileSystem, type OpenArchive, ownScanner } from '../../src/catalog/index.ts';
import { MEMORY, Store } from '../../src/databases/index.ts';
import type { Job } from '../../src/jobs/index.ts';
import { smallArchive } from './small-archive.ts';

export const T0 = 1_772_409_600; // 2026-03-02 00:00 UTC
const NS = 1_000_000_000n;

/** Makes trees below a directory, of small archives of T0 to T0 + 60, each of the host that its first directory names. */
export function treesIn(directory: string): (...bases: string[]) => string {
  let places = 0;
  return (...bases) => {
    const root = join(directory, `tree${places++}`);
    mkdirSync(root);
    for (const base of bases) smallArchive(join(root, base), { host: base.split('/')[0]!, start: T0, end: T0 + 60 });
    return root;
  };
}

export function catalogOf(root: string, files?: FileSystem, probe?: OpenArchive, store?: Store): Catalog {
  const scanner = ownScanner(files, probe);
  return new Catalog(store ?? new Store(MEMORY, [CATALOG_SCHEMA]), root, { scanner });
}

/** Archives of a host with data of T0 to T0 + 60. */
export const basesOf = (catalog: Catalog, host: string): string[] =>
  catalog.overlapping(host, BigInt(T0) * NS, BigInt(T0 + 60) * NS).map((a) => a.base);

export const job = (more: object = {}): Job => ({
  ...{ jobId: '7', start: T0, end: T0 + 60, nodes: ['n1'], nodeCount: 1, walltime: 60 },
  acct: { id: '7', local_job_id: '7', start_time: T0, end_time: T0 + 60 },
  ...more,
});
