// Small files that describe millions of things: each costs itself, within bounds of memory, and is named; what is beside it is used.

import { appendFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { toProblem } from '../../src/kernel/index.ts';
import {
  ArchiveWriter,
  archiveInfo,
  checkArchive,
  indomId,
  MAX_METADATA_BYTES,
  NO_INDOM,
  peakMemory,
  pmid,
  setBounds,
  UNITS,
} from '../../src/pcp/index.ts';
import { jobsum } from '../support/cli.ts';
import { cases } from '../support/effort.ts';
import { tempDir } from '../support/temp.ts';

const NS = 1_000_000_000n;
const START = 1_764_115_200n * NS;
/** In the short form all is a hundredth: what is described, and what it may take. */
const SCALE = cases(1, 100);
const ROOM = Math.floor(MAX_METADATA_BYTES / 100) * SCALE;
const dir = tempDir();
const DOMAIN = indomId(60, 1);
const LOAD = pmid(60, 2, 0);

function bomb(name: string, fill: (w: ArchiveWriter) => void): string {
  mkdirSync(join(dir, name, 'n1'), { recursive: true });
  const base = join(dir, name, 'n1', 'a');
  const w = new ArchiveWriter(base, { version: 3, host: 'n1', startNs: START });
  w.metric({ name: 'a.b', pmid: LOAD, type: 'u32', indom: NO_INDOM, semantics: 'instant', units: UNITS.none });
  fill(w);
  for (let i = 0n; i < 20n; i++) w.record(START + i * 30n * NS, [{ pmid: LOAD, type: 'u32', ids: [-1], values: [1] }]);
  w.close();
  return base;
}

const times = (n: number, make: (i: number) => void): void => {
  for (let i = 0; i < n * SCALE; i++) make(i);
};
const members = (n: number, name: (i: number) => string) =>
  Array.from({ length: n * SCALE }, (_, id) => ({ id, name: name(id) }));

const TOO_MUCH: Record<string, (w: ArchiveWriter) => void> = {
  '4 million metrics': (w) =>
    times(40_000, (i) =>
      w.describe({
        ...{ nameBytes: Buffer.from(`m${i}`), pmid: i, type: 1, semantics: 3, indom: NO_INDOM, units: 0 },
      }),
    ),
  '4 million names of a metric': (w) =>
    times(40_000, (i) =>
      w.describe({
        ...{ nameBytes: Buffer.from(`m${i}`), pmid: 77, type: 1, semantics: 3, indom: NO_INDOM, units: 0 },
      }),
    ),
  'names of 60 MB': (w) =>
    w.describe({
      ...{
        nameBytes: Buffer.alloc(3_000_000 + 600_000 * SCALE, 97),
        pmid: 1,
        type: 1,
        semantics: 3,
        indom: NO_INDOM,
        units: 0,
      },
    }),
  '2 million instances': (w) =>
    w.indom(
      DOMAIN,
      START,
      members(20_000, (i) => `i${i}`),
    ),
  '2 million instances of one name': (w) =>
    w.indom(
      DOMAIN,
      START,
      members(20_000, () => ''),
    ),
  'changes of a large domain, again and again': (w) => {
    w.indom(
      DOMAIN,
      START,
      members(2_000, (i) => `i${i}`),
    );
    for (let k = 1; k <= 10_000; k++) w.indomDelta(DOMAIN, START + BigInt(k), [{ id: 1_000_000 + k, name: 'n' }], []);
  },
  'instance domains without end': (w) => {
    for (let i = 0; i < 20_000; i++) w.indom(i, START, [{ id: 1, name: 'x' }]);
  },
};

afterEach(() => setBounds({}));

describe.each(Object.entries(TOO_MUCH))('%s', (name, fill) => {
  it('end with the limit, and nothing of them is kept', () => {
    const base = bomb(name, fill);
    setBounds({ maxMetadataBytes: ROOM });
    const before = peakMemory();
    let found: unknown = null;
    try {
      archiveInfo(base);
    } catch (error) {
      found = toProblem(error);
    }
    expect(found).toMatchObject({ code: 'E_ARCHIVE_LIMIT', file: `${base}.meta`, expected: `at most ${ROOM} bytes` });
    // What is read at a time, the window, and blocks of powers of two.
    expect(peakMemory()).toBeLessThan(Math.max(before, 2 * ROOM + 32 * 2 ** 20));
    expect(checkArchive(base).findings.map((f) => f.code)).toEqual(['E_ARCHIVE_LIMIT']);
  });
});

it('a hole of a tebibyte in the metadata: the size of the file is enough', () => {
  const base = bomb('hole', () => undefined);
  truncateSync(`${base}.meta`, 2 ** 40);
  expect(() => archiveInfo(base)).toThrow(/metadata take more memory/);
  expect(checkArchive(base).findings.map((f) => f.code)).toEqual(['E_ARCHIVE_LIMIT']);
  truncateSync(`${base}.meta`, 2 ** 20);
  expect(checkArchive(base)).toMatchObject({ opened: true, records: 20 });
});

describe('what is large and may be', () => {
  it('100,000 versions against the order of time are put in order', () => {
    const base = bomb('reversed', (w) =>
      times(1_000, (i) => w.indom(DOMAIN, START - BigInt(i) * NS, [{ id: i, name: 'x' }])),
    );
    setBounds({ maxMetadataBytes: ROOM });
    const { indoms, domains } = archiveInfo(base, { domains: true });
    expect(indoms[0]).toMatchObject({ versions: 1_000 * SCALE, instances: 1_000 * SCALE });
    const stamps = domains![0]!.versions.map((v) => BigInt(v.ns));
    expect(stamps.every((ns, i) => i === 0 || ns > stamps[i - 1]!)).toBe(true);
  });

  it.each([
    [
      'label sets',
      (w: ArchiveWriter) => times(5_000, (i) => w.labels(START + BigInt(i), 'context', 0xffffffff, [LABELS])),
    ],
    ['help texts', (w: ArchiveWriter) => times(200, (i) => w.text('help', 'metric', i, TEXT))],
  ])('%s end with the limit only where they are asked for', (name, fill) => {
    const base = bomb(name, fill);
    setBounds({ maxMetadataBytes: ROOM });
    expect(archiveInfo(base).metrics).toHaveLength(1);
    expect(() => archiveInfo(base, { labels: true, texts: true })).toThrow(/metadata take more memory/);
  });

  it('an index of more entries than there can be is not used, and the archive is read without it', () => {
    const base = bomb('index', () => undefined);
    appendFileSync(`${base}.index`, Buffer.alloc(32 * 500_001));
    const { problems, end } = archiveInfo(base);
    expect(problems.map((p) => [p.code, p.message])).toEqual([
      ['E_ARCHIVE_INDEX', 'the temporal index has more entries than are read'],
    ]);
    expect(end).toBe(Number(START / NS) + 19 * 30);
  });
});

const LABELS = { instance: -1, labels: { a: 'b', c: 'd', e: 'f' } };
const TEXT = Buffer.alloc(60_000, 97);

it('a job has what is beside such an archive; its document and the log name it', async () => {
  const base = bomb('beside', TOO_MUCH['2 million instances']!);
  const w = new ArchiveWriter(join(dir, 'beside/n1/b'), { version: 3, host: 'n1', startNs: START });
  w.metric({ name: 'a.b', pmid: LOAD, type: 'u32', indom: NO_INDOM, semantics: 'instant', units: UNITS.none });
  for (let i = 0n; i <= 20n; i++) w.record(START + i * 30n * NS, [{ pmid: LOAD, type: 'u32', ids: [-1], values: [1] }]);
  w.close();
  const start = Number(START / NS);
  const job = { job_id: '7', start, end: start + 600, nodes: ['n1'] };
  const room = ['--max-metadata-bytes', String(ROOM)];
  const args = ['summarize', '--jobs', '-', '--archives', join(dir, 'beside'), '--output', 'ndjson:-', ...room];
  const ran = await jobsum([...args, '--output', 'sqlite:a.db'], { cwd: dir, input: `${JSON.stringify(job)}\n` });
  expect(ran.code).toBe(0);
  expect(JSON.parse(ran.stdout)).toMatchObject({
    errors: { job: [expect.stringMatching(/^E_ARCHIVE_LIMIT: the metadata take more memory/)] },
    summarization: { complete: true },
  });
  expect(ran.stderr).toContain(`${base}.meta`);
  // Whole, as it is opened where a glance at it does not tell.
  writeFileSync(`${base}.meta.gz`, gzipSync(readFileSync(`${base}.meta`), { level: 1 }));
  rmSync(`${base}.meta`);
  const indexed = await jobsum(['index', '--archives', join(dir, 'beside'), '--store', 'i.db', ...room], { cwd: dir });
  expect(indexed.stderr).toMatch(/E_ARCHIVE_LIMIT/);
  const free = await jobsum(['index', '--archives', join(dir, 'beside'), '--store', 'j.db'], { cwd: dir });
  expect(free.stderr.includes('E_ARCHIVE_LIMIT')).toBe(SCALE === 100);
});
