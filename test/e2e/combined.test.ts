// Two and three faults at once, as they come in the field, each on a node of its own whose interfaces work at known rates: the numbers are right
// in both engines, and each fault is named.

import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { documents, type FieldDocument } from '../support/field.ts';
import { again, type NodeArchive, nodeArchive } from '../support/node-archives.ts';
import { tempDir } from '../support/temp.ts';

const START = 1_795_654_800; // 2026-11-26 01:00 UTC
const END = START + 3600;
const MIDDLE = START + 1800;
const STEP = 30;
const RATES = { eth0: 10, ib0: 1000 };
const dir = tempDir();
const root = join(dir, 'tree');

const span = (from: number, to: number, step = STEP): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
const WHOLE = span(START - 60, END + 60);
const FIRST = span(START - 60, MIDDLE - STEP);
const SECOND = span(MIDDLE, END + 60);
const long = (): number => START - 100_000;
/** Started again between the halves. */
const REBOOT = (t: number): number => (t < MIDDLE ? START - 100_000 : MIDDLE - 15);
/** The other way round than before. */
const swapped = (name: string): number => (name === 'eth0' ? 1 : 0);
const swappedAt =
  (when: (t: number) => boolean) =>
  (name: string, t: number): number =>
    when(t) ? swapped(name) : 1 - swapped(name);

type More = Partial<NodeArchive>;
interface Job {
  readonly id?: string;
  readonly start?: number;
  readonly end?: number;
  readonly acct?: object;
}
interface Case {
  readonly make: (node: Node) => void;
  readonly jobs?: readonly Job[];
  /** Bytes that eth0 received, by job; of ib0 a hundred times as many. */
  readonly bytes: readonly number[];
  /** What the document of the first job names, and nothing else. */
  readonly named: readonly RegExp[];
}

class Node {
  readonly name: string;
  readonly #elsewhere: string;

  constructor(name: string) {
    this.name = name;
    this.#elsewhere = join(dir, 'elsewhere', name);
  }

  path(base: string, elsewhere = false): string {
    return join(elsewhere ? this.#elsewhere : join(root, this.name), base);
  }

  write(base: string, times: readonly number[], more: More = {}, elsewhere = false): void {
    const of = { host: this.name, times, booted: long, rates: RATES, ...more };
    nodeArchive(this.path(base, elsewhere), of);
  }

  /** Two archives, before and behind a reboot, after which the interfaces have other numbers. */
  reboot(more: More = {}, before: More = {}, elsewhere = false): void {
    this.write('20261126.00.59', FIRST, before, elsewhere);
    this.write('20261126.01.30', SECOND, { booted: REBOOT, number: swapped, ...more }, elsewhere);
  }

  link(base: string): void {
    mkdirSync(join(root, this.name), { recursive: true });
    again(this.path(base, true), this.path(base), 'link');
  }

  /** Of a file, behind a share of it: cut off, or ones in place of eight bytes. */
  damage(file: string, share: number, how: 'cut' | 'ones'): void {
    const fd = openSync(this.path(file), 'r+');
    const at = Math.floor(statSync(this.path(file)).size * share);
    if (how === 'cut') ftruncateSync(fd, at);
    else writeSync(fd, Buffer.alloc(8, 0xff), 0, 8, at);
    closeSync(fd);
  }
}

const RESTART = /^E_COUNTER_RESET/;
const CLOCK = /^E_ARCHIVE_CLOCK/;
const HOST = /^E_ARCHIVE_HOST/;
const VOLUME = /^E_ARCHIVE_VOLUME/;
const RECORD = /^E_ARCHIVE_(RECORD|FRAME|TRUNCATED)/;
/** The interval in which the counters were restarted is lost. */
const REBOOTED = [10 * 3600 - 10 * STEP];
const ALL = [10 * 3600];
const BEGIN = span(START + 2, START + 32, 10);
const element = (raw: number): Job => ({
  ...{ id: `${raw}`, end: START + 60 },
  acct: { local_job_id: '500', local_job_array_index: 3, local_job_id_raw: raw },
});
const runs = (id: string): Job[] => [
  { id, start: START, end: START + 8 },
  { id, start: START + 25, end: START + 600 },
];
const VOLUMES = { volumes: [START + 900, START + 1800, START + 2700] };

const CASES: Readonly<Record<string, Case>> = {
  'a reboot, other numbers, a copy of the second archive': {
    make: (n) => {
      n.reboot();
      again(n.path('20261126.01.30'), n.path('copy'));
    },
    ...{ bytes: REBOOTED, named: [RESTART] },
  },
  'a reboot, other numbers, files that are links': {
    make: (n) => {
      n.reboot({}, {}, true);
      for (const base of ['20261126.00.59', '20261126.01.30']) n.link(base);
    },
    ...{ bytes: REBOOTED, named: [RESTART] },
  },
  'a reboot within an archive, a mark, other numbers, a copy': {
    make: (n) => {
      n.write('a', WHOLE, { booted: REBOOT, marks: [MIDDLE], number: swappedAt((t) => t >= MIDDLE) });
      again(n.path('a'), n.path('b'));
    },
    ...{ bytes: REBOOTED, named: [RESTART] },
  },
  'a reboot, other numbers, a label without a host': {
    make: (n) => n.reboot({}, { host: 'localhost' }),
    ...{ bytes: REBOOTED, named: [RESTART] },
  },
  'a reboot, one record two hours ahead, a copy': {
    make: (n) => {
      n.reboot({ stamp: (t) => (t === START + 2700 ? t + 7200 : t) });
      again(n.path('20261126.01.30'), n.path('copy'));
    },
    ...{ bytes: REBOOTED, named: [CLOCK, CLOCK, RESTART] },
  },
  'a reboot, the first records in 1970, a label without a host': {
    make: (n) => n.reboot({ stamp: (t, i) => (i < 3 ? 100 + STEP * i : t), host: 'localhost' }),
    ...{ bytes: [10 * 3600 - 10 * 4 * STEP], named: [CLOCK, RESTART] },
  },
  'narrow counters, a reboot, other numbers': {
    make: (n) => n.reboot({ narrow: true }, { narrow: true }),
    ...{ bytes: REBOOTED, named: [RESTART] },
  },
  'narrow counters that wrap, halves that overlap, other numbers': {
    make: (n) => {
      const fast = { narrow: true, rates: { eth0: 600_000, ib0: 60_000_000 } };
      n.write('a', span(START - 60, START + 2010), fast);
      n.write('b', span(START + 1500, END + 60), { ...fast, number: swapped });
    },
    ...{ bytes: [600_000 * 3600], named: [] },
  },
  'narrow counters that wrap, two loggers between each other, other numbers': {
    make: (n) => {
      const fast = { narrow: true, rates: { eth0: 10_000, ib0: 1_000_000 } };
      n.write('a', WHOLE, fast);
      n.write(
        'b',
        WHOLE.map((t) => t + 13),
        { ...fast, number: swapped },
      );
    },
    ...{ bytes: [10_000 * 3600], named: [] },
  },
  'marks, other numbers behind each, an archive that overlaps': {
    make: (n) => {
      const marks = span(START + 300, START + 1500, 300);
      const number = swappedAt((t) => Math.floor((t - START) / 300) % 2 === 1);
      n.write('a', span(START - 60, START + 2010), { marks, number });
      n.write('b', span(START + 1500, END + 60), { version: 2 });
    },
    ...{ bytes: ALL, named: [] },
  },
  "another host's archive, a volume that is missing in the middle": {
    make: (n) => {
      n.write('x', WHOLE, { host: 'x9', booted: () => START - 5e4 });
      n.write('a', WHOLE, VOLUMES);
      rmSync(n.path('a.1'));
    },
    ...{ bytes: ALL, named: [VOLUME, HOST] },
  },
  "another host's archive, the first volume missing, an archive of the beginning": {
    make: (n) => {
      n.write('x', WHOLE, { host: 'x9', booted: () => START - 5e4 });
      n.write('a', WHOLE, VOLUMES);
      rmSync(n.path('a.0'));
      n.write('early', span(START - 60, START + 1200));
    },
    ...{ bytes: ALL, named: [VOLUME, HOST] },
  },
  'the first volume missing, a copy of the whole, other numbers': {
    make: (n) => {
      n.write('a', WHOLE, VOLUMES);
      rmSync(n.path('a.0'));
      n.write('b', WHOLE, { number: swapped });
    },
    ...{ bytes: ALL, named: [VOLUME] },
  },
  "an end that is cut, other numbers behind it, another host's copy": {
    make: (n) => {
      n.write('a', FIRST);
      n.damage('a.0', 0.97, 'cut');
      n.write('b', SECOND, { number: swapped });
      n.write('c', SECOND, { host: 'x9', booted: () => START - 7e4 });
    },
    ...{ bytes: ALL, named: [RECORD, HOST] },
  },
  'damage in the middle, a copy of the whole in version 2': {
    make: (n) => {
      n.write('a', WHOLE);
      n.damage('a.0', 0.5, 'ones');
      n.write('b', WHOLE, { version: 2, number: swapped });
    },
    ...{ bytes: ALL, named: [RECORD] },
  },
  'damage in an archive whose files are links, one that overlaps, other numbers': {
    make: (n) => {
      n.write('a', WHOLE, {}, true);
      n.link('a');
      n.damage('a.0', 0.5, 'ones');
      n.write('b', span(START + 900, START + 2700), { number: swapped });
    },
    ...{ bytes: ALL, named: [RECORD] },
  },
  'the last record in 1970, other numbers in the next archive': {
    make: (n) => {
      n.write('a', FIRST, { stamp: (t) => (t === MIDDLE - STEP ? 5 : t) });
      n.write('b', SECOND, { number: swapped });
    },
    ...{ bytes: ALL, named: [CLOCK] },
  },
  "an element's begin archive by array and index, another host's end archive": {
    make: (n) => {
      n.write('job-500_3-begin-20261126.01.00.02', BEGIN);
      n.write('job-500_3-end-20261126.01.01.01', [START + 61, START + 62], { host: 'x9' });
    },
    jobs: [element(512)],
    ...{ bytes: [300], named: [HOST] },
  },
  "an element's begin archive by its raw id, an end archive without half of its metadata, no host": {
    make: (n) => {
      n.write('job-513-begin-20261126.01.00.02', BEGIN, { host: 'localhost' });
      n.write('job-513-end-20261126.01.01.01', [START + 61, START + 62], { host: 'localhost' });
      n.damage('job-513-end-20261126.01.01.01.meta', 0.5, 'cut');
      n.write('node', WHOLE, { host: 'localhost', number: swapped });
    },
    jobs: [element(513)],
    ...{ bytes: [10 * (60 - 2)], named: [/^E_ARCHIVE_LABEL/] },
  },
  'a job that was requeued at once, other numbers in its second run': {
    make: (n) => {
      n.write('job-70-begin-20261126.01.00.01', span(START + 1, START + 31, 10));
      n.write('job-70-end-20261126.01.00.09', [START + 9]);
      n.write('job-70-begin-20261126.01.00.26', span(START + 26, START + 56, 10), { number: swapped });
      n.write('job-70-end-20261126.01.10.01', [START + 601], { number: swapped });
      n.write('node', span(START - 60, START + 900));
    },
    jobs: runs('70'),
    ...{ bytes: [80, 10 * 575], named: [] },
  },
  "a job that was requeued at once, the first end lost, another host's second begin": {
    make: (n) => {
      n.write('job-80-begin-20261126.01.00.01', span(START + 1, START + 31, 10));
      n.write('job-80-begin-20261126.01.00.26', span(START + 26, START + 56, 10), { host: 'x9' });
      n.write('node', span(START - 60, START + 900));
    },
    jobs: runs('80'),
    ...{ bytes: [0, 10 * 570], named: [HOST] },
  },
};

const names = Object.keys(CASES);
const nodeOf = (title: string): string => (title.includes('no host') ? '1001' : `n${names.indexOf(title)}`);

describe('faults at once', () => {
  const made: Record<'wasm' | 'ts', ReadonlyMap<string, FieldDocument>> = { wasm: new Map(), ts: new Map() };
  const idsOf = (title: string): string[] =>
    (CASES[title]!.jobs ?? [{}]).map(({ id = `${names.indexOf(title)}`, end = END }) => `${id}-${end}`);

  beforeAll(async () => {
    const jobs = names.flatMap((title) => {
      const node = new Node(nodeOf(title));
      CASES[title]!.make(node);
      return (CASES[title]!.jobs ?? [{}]).map(
        ({ id = `${names.indexOf(title)}`, start = START, end = END, acct = {} }) =>
          JSON.stringify({ job_id: id, start, end, nodes: [node.name], acct }),
      );
    });
    for (const engine of ['wasm', 'ts'] as const)
      made[engine] = await documents(jobs.join('\n'), root, { cwd: dir, engine });
  });

  it.each(names)('%s', (title) => {
    const { bytes, named } = CASES[title]!;
    idsOf(title).forEach((id, i) => {
      const document = made.wasm.get(id)!;
      const { network, errors } = document as FieldDocument & {
        network?: Record<string, Record<string, { avg: number }>>;
      };
      const received = (device: string): number => network?.[device]?.['in-bytes']?.avg ?? 0;
      expect([received('eth0'), received('ib0')]).toEqual([bytes[i], 100 * bytes[i]!]);
      if (i === 0) {
        const texts = [...(errors?.job ?? [])];
        for (const pattern of named) {
          const at = texts.findIndex((text) => pattern.test(text));
          expect([pattern, texts, at >= 0]).toEqual([pattern, texts, true]);
          texts.splice(at, 1);
        }
        expect(texts).toEqual([]);
      }
      const plain = ({ summarization, created, ...rest }: FieldDocument): unknown => rest;
      expect(plain(made.ts.get(id)!)).toEqual(plain(document));
    });
  });
});
