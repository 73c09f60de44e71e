// A worker that dies costs its task only: retried once, then the job is marked and the others go on.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { SHIPPED } from '../../src/analytics/index.ts';
import { CATALOG_SCHEMA, Catalog } from '../../src/catalog/index.ts';
import { Store } from '../../src/databases/index.ts';
import type { Job } from '../../src/jobs/index.ts';
import { systemClock } from '../../src/kernel/index.ts';
import { runBatch } from '../../src/run/batch.ts';
import type { JobOutcome } from '../../src/run/outcome.ts';
import { Pool } from '../../src/run/pool.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const file = fileURLToPath(new URL('./mortal-worker.mjs', import.meta.url));
const pool = new Pool(2, { file });
afterAll(() => pool.close());

const mortal = (name: string, deaths: number): string => {
  const path = join(dir, name);
  writeFileSync(path, String(deaths));
  return path;
};
const work = (archive: string) => ({
  node: 'n1',
  archives: [archive],
  windows: [],
  normalization: {},
  analytics: [],
  engine: 'wasm' as const,
  probe: false,
  asReference: false,
  bounds: { maxVolumeBytes: 1, maxMetadataBytes: 1 },
});

describe('a worker that dies', () => {
  it('once is not noticed', async () => {
    await expect(pool.run(work(mortal('once', 1)))).resolves.toMatchObject({ bytes: 1 });
  });

  it('twice is an error of its task only', async () => {
    const others = Array.from({ length: 20 }, (_, i) => pool.run(work(`plain${i}`)));
    await expect(pool.run(work(mortal('twice', 2)))).rejects.toMatchObject({ code: 'E_WORKER' });
    expect(await Promise.all(others)).toHaveLength(20);
  });

  it('by the end of a failed run ends the tasks that are left behind, none of them a second time', async () => {
    const left = new Pool(2, { file });
    const tasks = Array.from({ length: 200 }, (_, i) => left.run(work(i === 50 ? 'stuck' : `left${i}`)));
    const ends = Promise.allSettled(tasks);
    await tasks[0];
    await left.close();
    const failed = (await ends).flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
    expect(failed.length).toBeGreaterThan(0);
    for (const reason of failed) expect(reason).toMatchObject({ code: 'E_INTERRUPTED' });
  });

  it('but an error of the task itself is not retried', async () => {
    await expect(pool.run(work('refuse'))).rejects.toMatchObject({ code: 'E_ARCHIVE_LIMIT', detail: { file: 'x' } });
  });

  it('marks its job; the job next to it is as it would be', async () => {
    const store = new Store(join(dir, 'store.db'), [CATALOG_SCHEMA]);
    const deadly = mortal('deadly', 9);
    const put = store.prepare(
      'INSERT INTO archive (root, base, host, host_name, start_ns, end_ns, bytes, signature, fast) VALUES (?, ?, ?, ?, 0, 100000000000, 1, ?, 0)',
    );
    // The catalogue's root is /, so that the bases are the files' own paths.
    const catalog = new Catalog(store, '/');
    put.run('/', deadly.slice(1), 'n1', 'n1', 's');
    put.run('/', mortal('well', 0).slice(1), 'n2', 'n2', 's');
    const job = (id: string, node: string): Job => ({
      ...{ jobId: id, start: 10, end: 20, nodes: [node], nodeCount: 1, walltime: 10 },
      acct: { id, end_time: 20 },
    });
    const outcomes: JobOutcome[] = [];
    const analytics = { files: [], set: SHIPPED, listsFor: () => null };
    const context = {
      catalog,
      pool,
      workers: 2,
      minNodeFraction: 0.95,
      normalization: {},
      signal: undefined,
      analytics,
      clock: systemClock,
    };
    for await (const o of runBatch({ ...context, onTask: () => undefined }, [job('1', 'n1'), job('2', 'n2')])) {
      outcomes.push(o);
    }
    const [first, second] = outcomes.sort((a, b) => (a.job.jobId < b.job.jobId ? -1 : 1));
    expect(first?.failure).toMatchObject({ code: 'E_WORKER', node: 'n1' });
    expect(JSON.stringify(first?.document?.errors)).toContain('E_WORKER');
    expect(second?.failure).toBeUndefined();
    store.close();
  });
});

describe('a worker that is stuck', () => {
  it('is left behind when the run is stopped; what others have in hand is finished', async () => {
    const stop = new AbortController();
    const threads = new Pool(2, { file, signal: stop.signal, graceMs: 2000 });
    const stuck = expect(threads.run(work('stuck'))).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    const plain = () => Promise.all(Array.from({ length: 5 }, (_, i) => threads.run(work(`plain${i}`))));
    expect(await plain()).toHaveLength(5);
    stop.abort();
    expect(await plain()).toHaveLength(5);
    await stuck;
    await expect(threads.run(work('plain'))).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    await threads.close();
  });
});
