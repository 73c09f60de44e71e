// Whose an archive is: labels that name the node win, per window; localhost names nobody; what is left out is named.

import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ofOneHost } from '../../src/pcp/index.ts';
import { haveShared } from '../oracle/shared.ts';
import { documentOf, documents, type FieldDocument, field } from '../support/field.ts';
import { smallArchive } from '../support/small-archive.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
let places = 0;
const place = (): string => {
  const path = join(dir, `p${places++}`);
  mkdirSync(path);
  return path;
};
const ENGINES = ['wasm', 'ts'] as const;

describe('of the labels', () => {
  const used = (node: string, ...hosts: string[]): string[] =>
    ofOneHost(
      node,
      hosts.map((host, i) => ({ host, path: String(i) })),
    ).own.map((a) => a.host);

  it.each<[string, string, string[], string[]]>([
    ['the node’s own wins over an earlier other one', 'n3', ['n9', 'n3'], ['n3']],
    ['case does not matter', 'N3', ['n3', 'n4'], ['n3']],
    ['a short name and the only whole one are one host', 'n3', ['n3', 'n3.a.org', 'n4'], ['n3', 'n3.a.org']],
    ['of two domains the first', 'n3', ['n3.a.org', 'n3.b.org', 'n3.a.org'], ['n3.a.org', 'n3.a.org']],
    ['the domain asked for wins', 'n3.b.org', ['n3.a.org', 'n3.b.org'], ['n3.b.org']],
    ['… and a short name goes with it', 'n3.b.org', ['n3', 'n3.a.org', 'n3.b.org'], ['n3', 'n3.b.org']],
    ['a short name between two domains wins if it is the one asked for', 'n3', ['n3.a.org', 'n3', 'n3.b.org'], ['n3']],
    ['a domain asked for that no label has', 'n3.c.org', ['n3.a.org', 'n3'], ['n3']],
    ['where none matches the first counts', 'n3', ['x.a.org', 'y.a.org', 'x'], ['x.a.org', 'x']],
    [
      'localhost is nobody',
      'n3',
      ['localhost', 'n3', 'localhost4.localdomain4', 'n4'],
      ['localhost', 'n3', 'localhost4.localdomain4'],
    ],
    [
      '… nor are others of that kind',
      'n3',
      ['', 'localhost.localdomain', 'LocalHost6', 'ip6-localhost'],
      ['', 'localhost.localdomain', 'LocalHost6', 'ip6-localhost'],
    ],
    ['… and what only begins so is somebody', 'n3', ['localhoster', 'n3'], ['n3']],
    ['without a node the first', '', ['n1', 'n2', 'n1.a.org'], ['n1', 'n1.a.org']],
  ])('%s', (_, node, hosts, expected) => {
    expect(used(node, ...hosts)).toEqual(expected);
  });

  it.each<[string, string, string[], string[]]>([
    ['of two domains', 'n3', ['n3.a.org', 'n3.b.org', 'n3.b.org'], ['n3.b.org', 'n3.b.org']],
    ['where none matches', 'n3', ['x', 'x.a.org', 'y', 'localhost', 'Y'], ['x', 'x.a.org', 'localhost']],
    ['but a better name wins', 'n3', ['n4', 'n3', 'n4', 'n4'], ['n3']],
    ['and a whole name asked for', 'n3.a.org', ['n3.b.org', 'n3.b.org', 'n3.a.org'], ['n3.a.org']],
  ])('of equally good ones those with most data count: %s', (_, node, hosts, expected) => {
    const archives = hosts.map((host, i) => ({ host, path: String(i) }));
    expect(ofOneHost(node, archives, (own) => own.length).own.map((a) => a.host)).toEqual(expected);
  });

  it('says of each that is left out whose it is', () => {
    const { problems } = ofOneHost('n3', [
      { host: 'n4', path: 'a' },
      { host: 'n3', path: 'b' },
    ]);
    expect(problems).toMatchObject([{ code: 'E_ARCHIVE_HOST', file: 'a', expected: 'n3', found: 'n4' }]);
  });
});

describe('a node renamed in the middle of a job', () => {
  it.each(ENGINES)('has the data of the name that covers more of the job, and is not complete (%s)', async (engine) => {
    const root = place();
    // More records, but of less time.
    smallArchive(join(root, 'n1/a'), { host: 'n1.b.org', start: 1000, end: 1290, records: 100 });
    smallArchive(join(root, 'n1/b'), { host: 'n1.a.org', start: 1300, end: 2000, records: 71 });
    const jobs = [
      '{"job_id":"1","start":1000,"end":2000,"nodes":["n1"]}',
      '{"job_id":"2","start":1000,"end":1500,"nodes":["n1"]}',
      '{"job_id":"3","start":1400,"end":1900,"nodes":["n1"]}',
    ].join('\n');
    const found = await documents(jobs, root, { cwd: place(), engine });
    const of = (id: string): FieldDocument => [...found].find(([key]) => key.startsWith(`${id}-`))![1];
    expect(of('1')).toMatchObject({ coverage: { records: 71 }, summarization: { complete: false } });
    expect(of('2')).toMatchObject({ coverage: { records: 100 }, summarization: { complete: false } });
    for (const id of ['1', '2'])
      expect(of(id).errors!.job).toEqual([expect.stringMatching(/^E_ARCHIVE_HOST: archive of another host, left out/)]);
    expect(of('3')).toMatchObject({ coverage: { full: 1 }, summarization: { complete: true } });
  });
});

describe('an archive below the node that is labelled as another host', () => {
  it.each(ENGINES)('is used if there is no other, and the document says so (%s)', async (engine) => {
    const root = place();
    smallArchive(join(root, 'n1/a'), { host: 'x9.site.org', start: 1000, end: 1060 });
    const jobs = '{"job_id":"1","start":1000,"end":1100,"nodes":["n1"],"archives":{"n1":["n1/a"]}}\n';
    const document = [...(await documents(jobs, root, { cwd: place(), engine })).values()][0]!;
    expect(document.coverage).toMatchObject({ records: 2, archives: 1 });
    expect(document.errors!.job).toContainEqual(
      expect.stringMatching(
        /^E_ARCHIVE_HOST: archive labelled as another host, used .*expected n1; found x9\.site\.org/,
      ),
    );
  });
});

describe('localhost in the label', () => {
  it.each([
    '2026/03/n1/2026-03-02/a',
    'n1/2026/03/02/a',
    'n1/202603/a',
    'n1/a',
    'n1/20260302/a',
    'cluster/racks/n1/a',
    'pcp/n1/2026-03/02/a',
  ])('is the node of the path %s', async (base) => {
    const root = place();
    smallArchive(join(root, base), { host: 'localhost.localdomain', start: 1000, end: 1060 });
    smallArchive(join(root, 'n2/other'), { host: 'localhost', start: 1000, end: 1060 });
    const jobs = '{"job_id":"1","start":1000,"end":1100,"nodes":["n1"]}\n';
    for (const engine of ENGINES) {
      const document = [...(await documents(jobs, root, { cwd: place(), engine })).values()][0]!;
      expect(document.coverage).toMatchObject({ records: 2, archives: 1 });
      expect(document.errors?.job).toBeUndefined();
    }
  });
});

describe.runIf(haveShared('hosts of the field'))('of the field', () => {
  it.each(ENGINES)('two domains: one is used whole, the other named (%s)', async (engine) => {
    const document = await documentOf(field('two-domains'), place(), engine);
    expect(document.errors!.job).toEqual([expect.stringMatching(/^E_ARCHIVE_HOST: .*n3\.site[AB]\.org/)]);
    expect(document.block).toMatchObject({ sda: { read: { avg: 24_000 } } });
    expect(document.coverage).toMatchObject({ records: 81, archives: 1, full: 1 });
  });

  const jobs = (name: string): string => readFileSync(field('host-label', name), 'utf8');

  it.each(ENGINES)(
    'localhost at boot: both archives are the node’s, alone and beside other jobs (%s)',
    async (engine) => {
      const options = { cwd: place(), engine };
      const beside = await documents(jobs('j3.nd'), field('host-label', 'tr3'), options);
      const alone = await documents(jobs('j101.nd'), field('host-label', 'tr3'), options);
      expect(beside.size).toBe(3);
      const id = '101-1772410700';
      expect(beside.get(id)).toEqual(alone.get(id));
      expect(alone.get(id)!.coverage.records).toBe(33);
      expect(beside.get('100-1772410600')!.coverage).toMatchObject({ records: 34, archives: 2 });
      // Counters of the second archive begin at 0 again.
      for (const document of beside.values())
        expect((document.errors?.job ?? []).filter((e) => !e.startsWith('E_COUNTER_RESET'))).toEqual([]);
    },
  );

  it.each(ENGINES)('another real host in its place is left out and named (%s)', async (engine) => {
    const root = join(place(), 'tree');
    cpSync(field('host-label', 'tr3'), root, { recursive: true });
    const at = join(root, '2026/03/node00/2026-03-02');
    for (const f of readdirSync(at).filter((f) => f.startsWith('20260302.00.00'))) {
      const bytes = readFileSync(join(at, f));
      bytes.fill(0, 24, 24 + 64);
      bytes.write('node77.cluster', 24);
      writeFileSync(join(at, f), bytes);
    }
    const found = await documents(jobs('j3.nd').replaceAll('1772410700', '1772410900'), root, { cwd: place(), engine });
    const long = found.get('100-1772410600')!;
    expect(long.errors!.job).toEqual([
      expect.stringMatching(/^E_ARCHIVE_HOST: .*expected node00.*found node77\.cluster/),
    ]);
    expect(long.coverage.archives).toBe(1);
    expect(found.get('101-1772410900')!.coverage.records).toBe(36);
    // Only the wrong one is there in its time: it is all there is.
    expect(found.get('99-1772409690')!.coverage.records).toBe(4);
  });
});
