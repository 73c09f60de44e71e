// The same records count once: in copies, links, compressed copies, what was joined beside its parts, and in one archive that was
// joined of others that overlap.

import { spawnSync } from 'node:child_process';
import { cpSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  ArchiveWriter,
  checkArchive,
  copyArchive,
  decodeNode,
  decodeNodeByRows,
  NO_INDOM,
  openArchive,
  pmid,
  UNITS,
  Wasm,
} from '../../src/pcp/index.ts';
import { haveShared } from '../oracle/shared.ts';
import { documents, field } from '../support/field.ts';
import { havePrograms } from '../support/programs.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const NS = 1_000_000_000n;
const T0 = 1_772_409_600n;
const A = pmid(60, 0, 1);
const B = pmid(60, 0, 2);
let made = 0;

/** A record of these metrics every 30 s from record `from` on. */
function archive(from: number, n: number, metrics: readonly number[] = [A, B]): string {
  return written(every(from, n).map((i) => [i, metrics]));
}

const every = (from: number, n: number): number[] => Array.from({ length: n }, (_, k) => from + k);

/** Records: which of those every 30 s, and of which metrics; of none: a mark 1 ms behind that. */
function written(records: readonly (readonly [number, readonly number[]])[], version: 2 | 3 = 3): string {
  const base = join(dir, `d${made++}`);
  const at = (i: number): bigint => (T0 + BigInt(30 * i)) * NS;
  const w = new ArchiveWriter(base, { version, host: 'n1', startNs: at(records[0]![0]) });
  const common = { type: 'u32', indom: NO_INDOM, semantics: 'counter', units: UNITS.none } as const;
  for (const id of [A, B].filter((m) => records.some(([, metrics]) => metrics.includes(m))))
    w.metric({ name: id === A ? 'a.a' : 'a.b', pmid: id, ...common });
  for (const [i, metrics] of records)
    w.record(
      metrics.length === 0 ? at(i) + 1_000_000n : at(i),
      metrics.map((id) => ({ pmid: id, type: 'u32', ids: [-1], values: [i * (id === A ? 2 : 3)] })),
    );
  w.close();
  return base;
}

function copied(from: string, to: string, version: 2 | 3 = 3): string {
  copyArchive(from, to, { version });
  return to;
}

/** A window of some of the archives, in seconds from the start. */
function windowOf(archives: readonly number[], from = 0n, to = 86_400n) {
  return {
    ...{ startNs: (T0 + from) * NS, endNs: (T0 + to) * NS, walltime: 3600, archives },
    declare: (has: (name: string) => boolean) =>
      ['a.a', 'a.b'].filter(has).map((name) => ({
        ...{ metrics: [name], mode: 'all' as const },
        reducers: [{ kind: 'ROLL' as const, lane: { fold: 'each' as const, rows: [{ metric: 0 }] } }],
      })),
  };
}

/** The same by both engines. */
function readWindows(archives: readonly string[], windows: readonly ReturnType<typeof windowOf>[]) {
  const task = { archives, wanted: ['a.a', 'a.b'], windows };
  const [a, b] = [decodeNode, decodeNodeByRows].map((decode) =>
    decode(new Wasm(), task).windows.map(({ coverage, consumers, archives, bytes, problems }) => ({
      ...{ coverage, consumers, archives, bytes, problems },
    })),
  );
  expect(a).toEqual(b);
  return a!;
}

const read = (...archives: string[]) => readWindows(archives, [windowOf(archives.map((_, i) => i))])[0]!;

describe('records of several archives at one time', () => {
  it.each<[string, (whole: string) => string[]]>([
    ['a copy', (whole) => [whole, copied(whole, `${whole}-copy`)]],
    ['an older version', (whole) => [copied(whole, `${whole}-v2`, 2), whole]],
    ['parts beside the whole', (whole) => [whole, archive(0, 20), archive(20, 20)]],
    ['parts that overlap, and the whole', (whole) => [archive(0, 25), archive(15, 25), whole]],
    ['one metric alone beside both', (whole) => [archive(0, 40, [B]), whole]],
    ['one metric alone behind both', (whole) => [whole, archive(5, 10, [B])]],
    ['two loggers of different metrics', () => [archive(0, 40, [A]), archive(0, 40, [B])]],
  ])('%s: as of one', (_, make) => {
    const whole = archive(0, 40);
    const one = read(whole);
    expect(one.consumers.map((c) => c.records)).toEqual([40, 40]);
    const found = read(...make(whole));
    expect(found.consumers).toEqual(one.consumers);
    expect(found.problems).toEqual([]);
  });

  it('a copy and a link are no further sources', () => {
    const whole = archive(0, 40);
    copyArchive(whole, `${whole}-copy`);
    for (const f of ['meta', 'index', '0']) linkSync(`${whole}.${f}`, `${whole}-hard.${f}`);
    for (const f of ['meta', 'index', '0']) symlinkSync(`${whole}.${f}`, `${whole}-soft.${f}`);
    const one = read(whole);
    for (const twin of ['copy', 'hard', 'soft']) expect(read(whole, `${whole}-${twin}`)).toEqual(one);
  });
});

/** As pmlogextract joins records 0 to 24 with 15 to 39: the mark behind the end of the first is ahead of the second's twin of it. */
const OVERLAP = [...every(0, 15), ...every(15, 9).flatMap((i) => [i, i]), 24, 'mark', ...every(24, 16)] as const;

describe.each([2, 3] as const)('records of one archive at one time, version %i', (version) => {
  const both = (i: number) => [i, [A, B]] as const;
  it.each<[string, (readonly [number, readonly number[]])[]]>([
    ['each twice', every(0, 40).flatMap((i) => [both(i), both(i)])],
    ['joined of two that overlap', OVERLAP.map((i) => (i === 'mark' ? [24, []] : both(i)))],
    ['joined of three copies', every(0, 40).flatMap((i) => [both(i), both(i), both(i)])],
    ['each metric in a record of its own', every(0, 40).flatMap((i) => [[i, [A]] as const, [i, [B]] as const])],
    ['one metric alone before both', every(0, 40).flatMap((i) => [[i, [B]] as const, both(i)])],
    ['one metric alone behind both', every(0, 40).flatMap((i) => [both(i), [i, [A]] as const])],
    [
      'other shapes now and then',
      every(0, 40).flatMap((i) => [both(i), ...(i % 9 ? [] : [[i, [A]] as const, both(i)])]),
    ],
  ])('%s: each metric once', (_, records) => {
    const one = read(archive(0, 40));
    const base = written(records, version);
    const found = read(base);
    expect(found.consumers).toEqual(one.consumers);
    expect(found.problems).toEqual([]);
    expect(found.coverage).toEqual({ ...one.coverage, records: found.coverage.records });
    // Alone, and beside what it was joined of.
    for (const metric of [A, B]) expect(read(base, archive(0, 40, [metric])).consumers).toEqual(one.consumers);
    expect(shown(base).flatMap((r) => r.split(','))).toHaveLength(80);
    // A copy is as stored, and so is read as the archive.
    expect(shown(copied(base, `${base}-copy`, version))).toEqual(shown(base));
  });

  it('are counted, and no wrong clock', () => {
    const base = written(
      OVERLAP.map((i) => (i === 'mark' ? [24, []] : both(i))),
      version,
    );
    expect(checkArchive(base).findings).toMatchObject([
      {
        severity: 'warning',
        message: '10 records have only metrics that others have at the same time',
        lost: 'nothing',
      },
    ]);
    expect(read(base).coverage.records).toBe(40);
    for (const f of ['meta', '0']) {
      writeFileSync(`${base}.${f}.gz`, gzipSync(readFileSync(`${base}.${f}`)));
      rmSync(`${base}.${f}`);
    }
    expect(read(base)).toMatchObject({ coverage: { records: 40 }, problems: [] });
  });

  it('a mark with a wild time costs itself', () => {
    for (const at of [60, -60, 3000]) {
      const base = written([...every(0, 20).map(both), [at, []], ...every(20, 20).map(both)], version);
      const { coverage, problems } = read(base);
      expect(coverage.records).toBe(40);
      expect(problems.map((p) => p.message)).toEqual(['1 mark is left out: the time cannot be right']);
    }
  });
});

const shown = (...bases: string[]): string[] =>
  [...openArchive(bases.join(',')).records()]
    .filter((r) => !r.mark)
    .map((r) => r.sets.map((set) => `${r.ns} ${set.metric.name}`).join());

describe('records of the library, and so of dump and values', () => {
  it('are given once', () => {
    const whole = archive(0, 40);
    expect(shown(whole, copied(whole, `${whole}-copy`))).toEqual(shown(whole));
    expect(shown(whole, copied(whole, `${whole}-v2`, 2))).toEqual(shown(whole));
  });

  it('are copied once of archives that overlap', () => {
    const { records, values } = copyArchive(`${archive(0, 25)},${archive(15, 25)}`, join(dir, 'once'));
    // The end of the first is marked.
    expect([records, values]).toEqual([41, 80]);
    expect(checkArchive(join(dir, 'once')).findings).toEqual([]);
  });

  it('have from the second archive what the first does not have', () => {
    const lines = shown(archive(0, 3, [A]), archive(0, 3, [A, B]));
    const names = lines.map((line) => line.replaceAll(/\d+ /g, ''));
    expect(names).toEqual(['a.a', 'a.b', 'a.a', 'a.b', 'a.a', 'a.b']);
  });
});

describe('windows of one task', () => {
  /** Each is as it is alone. */
  function together(archives: readonly string[], windows: readonly ReturnType<typeof windowOf>[]) {
    const found = readWindows(archives, windows);
    expect(found).toEqual(windows.map((w) => readWindows(archives, [w])[0]!));
    return found.map((w) => [w.coverage.records, w.archives]);
  }

  it('each have all records of their own archives, whatever others read', () => {
    const whole = archive(0, 40);
    const archives = [whole, copied(whole, `${whole}-copy`), archive(10, 40)];
    expect(
      together(archives, [windowOf([0]), windowOf([1]), windowOf([0, 1]), windowOf([2]), windowOf([1, 2])]),
    ).toEqual([
      ...[
        [40, 1],
        [40, 1],
        [40, 1],
        [40, 1],
      ],
      [50, 2],
    ]);
  });

  it('of three archives each has what it reads, not what is in all three', () => {
    const [a, b] = [archive(0, 40), archive(0, 40, [B])];
    const c = copied(b, `${b}-copy`);
    const windows = [windowOf([0, 1, 2]), windowOf([0, 2]), windowOf([1, 2]), windowOf([0, 1]), windowOf([2])];
    expect(together([a, b, c], windows).map(([records]) => records)).toEqual([40, 40, 40, 40, 40]);
  });

  it('each count as sources what brought something new to them', () => {
    const archives = [archive(0, 20), archive(0, 40)];
    const both = [0, 1];
    expect(together(archives, [windowOf(both, 0n, 500n), windowOf(both), windowOf(both, 700n, 900n)])).toEqual([
      [17, 1],
      [40, 2],
      // The first has nothing of its time.
      [7, 2],
    ]);
  });

  it('of archives in turn are read together', () => {
    const archives = [archive(0, 20), archive(20, 20)];
    const task = {
      ...{ archives, wanted: ['a.a', 'a.b'] },
      windows: [windowOf([0], 0n, 300n), windowOf([0, 1], 0n, 900n), windowOf([1], 700n, 900n)],
    };
    // Each record once.
    expect(decodeNode(new Wasm(), task).records).toBeLessThanOrEqual(40);
    expect(together(archives, task.windows).map(([records]) => records)).toEqual([11, 31, 7]);
  });

  it('are read together though an archive between has a damaged record, which nobody gets', () => {
    const whole = archive(0, 40);
    const archives = [whole, copied(whole, `${whole}-copy`), archive(0, 40, [B])];
    for (const damaged of [0, 1, 2]) {
      const file = `${archives[damaged]}.0`;
      const good = readFileSync(file);
      const data = Buffer.from(good);
      let at = data.readInt32BE(0);
      for (let i = 0; i < 12; i++) at += data.readInt32BE(at);
      data.writeInt32BE(5000, at + 16);
      writeFileSync(file, data);
      const task = {
        ...{ archives, wanted: ['a.a', 'a.b'] },
        windows: [windowOf([0, 1, 2], 0n, 600n), windowOf([0, 1, 2]), windowOf([0, 1, 2], 500n, 900n)],
      };
      expect(decodeNode(new Wasm(), task).records).toBeLessThanOrEqual(3 * 40);
      expect(together(archives, task.windows).map(([records]) => records)).toEqual([21, 40, 14]);
      writeFileSync(file, good);
    }
  });

  it('are read together with those of the same archives where others read more, and no other archive is opened again', () => {
    const whole = archive(0, 40);
    const archives = [whole, copied(whole, `${whole}-copy`)];
    const late = [0n, 100n, 200n, 300n].map((from) => windowOf([1], from));
    const wasm = new Wasm();
    const { openReader } = wasm.x;
    let opened = 0;
    const counting = (bytes: number): number => {
      opened++;
      return openReader(bytes);
    };
    Object.defineProperty(wasm, 'x', { value: { ...wasm.x, openReader: counting } });
    const task = { archives, wanted: ['a.a', 'a.b'], windows: [windowOf([0, 1]), ...late] };
    const { records, windows } = decodeNode(wasm, task);
    expect([records, opened]).toEqual([40 + 40 + 40, 3]);
    expect(windows.map((w) => w.coverage.records)).toEqual([40, 40, 36, 33, 30]);
  });

  it('each ask for what they ask for: what another wants makes no copy new', () => {
    const archives = [archive(0, 40, [A]), archive(0, 40)];
    const both = windowOf([0, 1]);
    const one = { ...both, declare: () => both.declare((name) => name === 'a.a') };
    expect(together(archives, [one, both])).toEqual([
      [40, 1],
      [80, 2],
    ]);
  });
});

describe.runIf(haveShared('an archive twice'))('of the field', () => {
  it.each(['wasm', 'ts'] as const)('gives the document of the single one (%s)', async (engine) => {
    const jobs = readFileSync(field('duplicate-archive', 'one.nd'), 'utf8');
    const once = join(dir, `once-${engine}`);
    const twice = join(dir, `twice-${engine}`);
    for (const root of [once, twice]) cpSync(field('two-nodes'), root, { recursive: true });
    for (const f of readdirSync(join(twice, 'node00')))
      cpSync(join(twice, 'node00', f), join(twice, 'node00', basename(f).replace('20260302', '20260302.00.10')));
    const place = (name: string): string => {
      mkdirSync(join(dir, `${name}-${engine}-cwd`));
      return join(dir, `${name}-${engine}-cwd`);
    };
    const a = await documents(jobs, once, { cwd: place('a'), engine });
    const b = await documents(jobs, twice, { cwd: place('b'), engine });
    expect([...b]).toEqual([...a]);
  });

  it.runIf(havePrograms('joins of archives that overlap', 'pmlogextract'))(
    'gives it of a join of parts that overlap',
    async () => {
      const jobs = readFileSync(field('duplicate-archive', 'one.nd'), 'utf8');
      const root = join(dir, 'joined');
      mkdirSync(join(root, 'node00'), { recursive: true });
      const [first, second] = [0n, 1n].map((i) => {
        const base = join(dir, `part${i}`);
        copyArchive(
          field('two-nodes', 'node00'),
          base,
          i === 0n ? { to: (T0 + 480n) * NS } : { from: (T0 + 360n) * NS },
        );
        return base;
      });
      expect(spawnSync('pmlogextract', [first!, second!, join(root, 'node00', '20260302')]).status).toBe(0);
      const a = await documents(jobs, field('two-nodes'), { cwd: root });
      const b = await documents(jobs, root, { cwd: join(root, 'node00') });
      const withoutBytes = ([id, doc]: [string, unknown]) => [
        id,
        JSON.parse(JSON.stringify(doc, (key, value) => (key === 'bytes' ? 0 : value))),
      ];
      expect([...b].map(withoutBytes)).toEqual([...a].map(withoutBytes));
    },
  );
});
