// Values are those of the units that are asked for, whatever units the archive has them in; another dimension is named.

import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SHIPPED } from '../../src/analytics/index.ts';
import {
  ArchiveReader,
  ArchiveWriter,
  archiveInfo,
  checkArchive,
  conversionTo,
  type Datum,
  decodeNode,
  decodeNodeByRows,
  indomId,
  lend,
  type MetricSpec,
  NO_INDOM,
  type NodeTask,
  openArchive,
  pmid,
  UNITS,
  unitsText,
  Wasm,
} from '../../src/pcp/index.ts';
import type { ConsumerSpec, FirstLastResult, IntegrateResult, RollResult, UnitsName } from '../../src/reduce/index.ts';
import { haveShared } from '../oracle/shared.ts';
import { jobsum } from '../support/cli.ts';
import { documentOf, field } from '../support/field.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const NS = 1_000_000_000n;
const T0 = 1_772_409_600n;
/** Long enough for plans and their steady form. */
const SAMPLES = 40;
const DISKS = indomId(60, 0);
const NAMES = ['sda', 'sdb', 'sdc'];
let made = 0;

type Kind = Pick<MetricSpec, 'type' | 'units' | 'semantics'> & { readonly indom?: number };

/** A record every 30 s from number `from` on; each metric's value for an instance, by number of the record. */
function archive(metrics: Readonly<Record<string, Kind & { of(i: number, k: number): Datum }>>, from = 0): string {
  const base = join(dir, `u${made++}`);
  const at = (i: number): bigint => (T0 + BigInt(30 * i)) * NS;
  const w = new ArchiveWriter(base, { version: 3, host: 'n1', startNs: at(from) });
  w.indom(
    DISKS,
    at(from),
    NAMES.map((name, id) => ({ id, name })),
  );
  const list = Object.entries(metrics).map(([name, { of, ...m }], i) => ({
    ...{ name, pmid: pmid(60, 0, i), indom: NO_INDOM, ...m, of },
  }));
  for (const { of: _, ...m } of list) w.metric(m);
  for (let i = from; i < from + SAMPLES; i++)
    w.record(
      at(i),
      list.map(({ pmid, type, indom, of }) => {
        const ids = indom === NO_INDOM ? [-1] : NAMES.map((_, id) => id);
        return { pmid, type, ids, values: ids.map((_, k) => of(i, k)) };
      }),
    );
  w.close();
  return base;
}

const EACH = { fold: 'each', rows: [{ metric: 0 }] } as const;
const SPEC: Omit<ConsumerSpec, 'metrics'> = {
  mode: 'all',
  counters: [0],
  reducers: [{ kind: 'FIRSTLAST' }, { kind: 'ROLL', lane: EACH }, { kind: 'INTEGRATE', lane: EACH }],
};

/** What both engines make of a window over all archives: they agree. */
function read(archives: readonly string[], wanted: readonly string[], units?: Readonly<Record<string, UnitsName>>) {
  const task: NodeTask = {
    ...{ archives, wanted },
    ...(units ? { units } : {}),
    windows: [
      {
        ...{ startNs: T0 * NS, endNs: (T0 + 86_400n) * NS, walltime: 3600, archives: archives.map((_, i) => i) },
        declare: (has) => wanted.filter(has).map((name) => ({ ...SPEC, metrics: [name] })),
      },
    ],
  };
  const [a, b] = [decodeNode, decodeNodeByRows].map((decode) => decode(new Wasm(), task).windows[0]!);
  expect(a!.consumers).toEqual(b!.consumers);
  expect(a!.problems).toEqual(b!.problems);
  return a!;
}

const numbersOf = (window: ReturnType<typeof read>, k = 0) => {
  const [delta, roll, sum] = window.consumers[k]!.reducers as [FirstLastResult, RollResult, IntegrateResult];
  return { delta: [...delta.delta[0]!], mean: [...roll.mean], max: [...roll.max], total: [...sum.total] };
};

const KIB: Kind = { type: 'u64', units: UNITS.kbyte, semantics: 'instant' };
const level = (i: number, k = 0): number => 1024 * (4096 + 7 * i + 100 * k);

describe('values are converted', () => {
  const inKib = archive({ 'x.mem': { ...KIB, of: (i) => BigInt(level(i)) } });
  const right = numbersOf(read([inKib], ['x.mem'], { 'x.mem': 'kbyte' }));

  it.each<[string, Kind, (kib: number) => Datum]>([
    ['bytes', { ...KIB, units: UNITS.byte }, (kib) => BigInt(kib * 1024)],
    ['MiB', { ...KIB, units: UNITS.mbyte }, (kib) => BigInt(kib / 1024)],
    ['MiB in 32 bits', { ...KIB, units: UNITS.mbyte, type: 'u32' }, (kib) => kib / 1024],
    ['GiB with a point', { ...KIB, units: UNITS.gbyte, type: 'double' }, (kib) => kib / 1048576],
    ['no units', { ...KIB, units: UNITS.none }, (kib) => BigInt(kib)],
  ])('from %s', (_, kind, of) => {
    const window = read([archive({ 'x.mem': { ...kind, of: (i) => of(level(i)) } })], ['x.mem'], { 'x.mem': 'kbyte' });
    expect(numbersOf(window)).toEqual(right);
    expect(window.problems).toEqual([]);
  });

  it('of many instances and several metrics, of which some are as they are asked for', () => {
    const many = (units: number, per: number) => ({
      'x.count': { ...KIB, units: UNITS.count, indom: DISKS, of: (i: number, k: number) => BigInt(i * (k + 1)) },
      'x.mem': { ...KIB, units, indom: DISKS, of: (i: number, k: number) => BigInt(level(i, k) * per) },
    });
    const units = { 'x.mem': 'kbyte', 'x.count': 'count' } as const;
    const [a, b] = [archive(many(UNITS.kbyte, 1)), archive(many(UNITS.byte, 1024))].map((base) => {
      const window = read([base], ['x.count', 'x.mem'], units);
      return [numbersOf(window, 0), numbersOf(window, 1)];
    });
    expect(b).toEqual(a);
  });

  it('in archives of a node that differ, to what is asked for, else to the first', () => {
    const second = archive({ 'x.mem': { ...KIB, units: UNITS.byte, of: (i) => BigInt(level(i) * 1024) } }, SAMPLES);
    const alike = archive({ 'x.mem': { ...KIB, of: (i) => BigInt(level(i)) } }, SAMPLES);
    const expected = numbersOf(read([inKib, alike], ['x.mem'], { 'x.mem': 'kbyte' }));
    for (const units of [{ 'x.mem': 'kbyte' }, {}] as const) {
      const window = read([inKib, second], ['x.mem'], units);
      expect([numbersOf(window), window.problems]).toEqual([expected, []]);
    }
    const inMib = numbersOf(read([inKib, second], ['x.mem'], { 'x.mem': 'mbyte' }));
    expect(inMib.mean[0]! * 1024).toBeCloseTo(expected.mean[0]!, 6);
  });

  it('where a counter of 32 bits wraps', () => {
    const of = (i: number): number => (2 ** 32 - 1000 + 100 * i) % 2 ** 32;
    const base = archive({ 'x.read': { type: 'u32', units: UNITS.kbyte, semantics: 'counter', of } });
    const window = read([base], ['x.read'], { 'x.read': 'byte' });
    expect([numbersOf(window).delta, window.problems]).toEqual([[100 * (SAMPLES - 1) * 1024], []]);
  });

  it('not where nothing is asked for: they are as they are stored, and another scale is a contradiction', () => {
    const second = archive({ 'x.mem': { ...KIB, units: UNITS.byte, of: (i) => BigInt(level(i)) } }, SAMPLES);
    const window = read([inKib, second], ['x.mem']);
    expect(window.problems).toMatchObject([
      { code: 'E_ARCHIVE_CONFLICT', expected: 'units Kbyte', found: 'units byte' },
    ]);
    expect(numbersOf(window)).toEqual(right);
  });
});

describe('units of another dimension', () => {
  it('leave the metric out of the archive, and are named', () => {
    const base = archive({
      'x.mem': { ...KIB, units: UNITS.second, of: () => 1n },
      'x.other': { ...KIB, of: (i) => BigInt(level(i)) },
    });
    const window = read([base], ['x.mem', 'x.other'], { 'x.mem': 'kbyte', 'x.other': 'kbyte' });
    expect(window.specs.map((s) => s.metrics)).toEqual([['x.other']]);
    expect(window.problems).toMatchObject([
      {
        code: 'E_ARCHIVE_UNITS',
        file: base,
        expected: 'kbyte',
        found: 'sec',
        message: expect.stringContaining('x.mem'),
      },
    ]);
  });
});

it('analytics that read the same metric take it in the same units', () => {
  const declared = [...SHIPPED.preprocessors, ...SHIPPED.analytics].flatMap((a) => Object.entries(a.units ?? {}));
  expect(declared.length).toBeGreaterThan(50);
  for (const [name, units] of declared) expect([name, SHIPPED.units[name]]).toEqual([name, units]);
});

describe('a document', () => {
  /** Of a node whose memory is in these units; MiB that are whole in all of them. */
  async function nodeOf(units: number, perMib: number, args: readonly string[] = []) {
    const memory = (mib: (i: number) => number): Kind & { of(i: number): Datum } => ({
      ...{ type: 'u64', semantics: 'instant', units },
      of: (i) => BigInt(mib(i) * perMib),
    });
    const base = archive({ 'mem.freemem': memory((i) => 2048 - i), 'mem.physmem': memory(() => 4096) });
    const [start, end] = [Number(T0), Number(T0) + 30 * (SAMPLES - 1)];
    const job = { job_id: '7', start, end, nodes: ['n1'], archives: { n1: [basename(base)] } };
    const all = ['summarize', '--jobs', '-', '--archives', dir, '--output', 'ndjson:-', '--again', ...args];
    const ran = await jobsum(all, { cwd: dir, input: `${JSON.stringify(job)}\n` });
    if (ran.stdout === '') throw new Error(ran.stderr);
    return JSON.parse(ran.stdout) as {
      nodememory?: { used: { avg: number } };
      errors: { job?: string[] };
    };
  }

  it('has the memory that there is, in either engine; --as-reference what is stored', async () => {
    const right = await nodeOf(UNITS.kbyte, 1024);
    expect(right.nodememory!.used.avg).toBeGreaterThan(2048 * 1024);
    for (const args of [[], ['--engine', 'ts']]) {
      expect((await nodeOf(UNITS.byte, 1048576, args)).nodememory).toEqual(right.nodememory);
      expect((await nodeOf(UNITS.mbyte, 1, args)).nodememory).toEqual(right.nodememory);
    }
    const stored = await nodeOf(UNITS.mbyte, 1, ['--as-reference']);
    expect(stored.nodememory!.used.avg).toBe(right.nodememory!.used.avg / 1024);
  });

  it('says which metric has other dimensions', async () => {
    const { nodememory, errors } = await nodeOf(UNITS.second, 1);
    expect(nodememory).toBeUndefined();
    expect(errors.job).toContainEqual(expect.stringMatching(/^E_ARCHIVE_UNITS: metric mem\.freemem .*kbyte.*sec/));
  });
});

it.each<[number, UnitsName, number | null]>([
  [UNITS.kbyte, 'kbyte', 1],
  [UNITS.mbyte, 'kbyte', 1024],
  [UNITS.byte, 'mbyte', 1 / 1048576],
  [UNITS.nanosecond, 'millisecond', 1e-6],
  [UNITS.second, 'millisecond', 1000],
  [0x01005000, 'second', 3600],
  [0x00100300, 'count', 1000],
  [0x00100f00, 'count', 0.1],
  [UNITS.none, 'byte', 1],
  [UNITS.count, 'byte', null],
  [0x1f003000, 'byte', null],
  // A scale that does not exist.
  [0x100f0000, 'byte', null],
  [0x23, 'watt', 1e-3],
  [0x23, 'milliwatt', 1],
  [0x23, 'microwatt', 1e3],
  [UNITS.none, 'watt', 1],
  [0x11, 'watt', null],
  // Power of a scale that is not known.
  [0x26, 'watt', null],
  [UNITS.kbyte | 0x48, 'byte', 1024],
])('%i in %s', (word, to, factor) => {
  expect(conversionTo(word, to)).toBe(factor);
});

it.each([
  [0x23, 'milliwatt'],
  [0x24, 'power x scale 4'],
  [0x08, 'temperature x scale 0'],
  [UNITS.kbyte | 0x4b, 'Kbyte unit 9 x scale 3'],
  [UNITS.kbyte, 'Kbyte'],
])('the text for extra units (%s)', (word, text) => {
  expect(unitsText(word)).toBe(text);
});

describe('extra units', () => {
  const POWER: Kind = { type: 'u32', semantics: 'instant', units: UNITS.none };
  const of = (i: number): number => 1000 * i;
  const plain = archive({ 'x.power': { ...POWER, of } });
  const extra = (low: number) => archive({ 'x.power': { ...POWER, units: low, of } }, SAMPLES);

  it.each<[string, number]>([
    ['power', 0x23],
    ['a unit that is not known', 0x4b],
  ])('%s beside none is no contradiction', (_, low) => {
    const bases = [plain, extra(low)];
    expect(read(bases, ['x.power']).problems).toEqual([]);
    expect(read(bases, ['x.power'], {}).problems).toEqual([]);
    expect(openArchive(bases.join()).problems).toEqual([]);
  });

  it('that are known and differ are one', () => {
    const bases = [archive({ 'x.power': { ...POWER, units: 0x13, of } }), extra(0x23)];
    const conflict = [{ code: 'E_ARCHIVE_CONFLICT', expected: 'units voltage x scale 3', found: 'units milliwatt' }];
    expect(read(bases, ['x.power'], {}).problems).toMatchObject(conflict);
    expect(openArchive(bases.join()).problems).toMatchObject(conflict);
  });

  it('are converted', () => {
    const [mean] = numbersOf(read([extra(0x23)], ['x.power'], { 'x.power': 'watt' })).mean;
    expect(mean).toBeCloseTo(SAMPLES + (SAMPLES - 1) / 2, 9);
  });

  it('are shown', () => {
    expect(archiveInfo(extra(0x23)).metrics[0]!.units).toBe('milliwatt');
  });
});

describe.runIf(haveShared('units of the field'))('inputs of the field', () => {
  it('GPU power with and without its unit is one metric', async () => {
    for (const engine of ['wasm', 'ts'] as const) {
      const { errors, gpupower } = await documentOf(field('extra-units'), dir, engine);
      expect(errors).toBeUndefined();
      const device = { power: { mean: { avg: 100 }, max: { avg: 100 } }, energy: { total: 240_000 } };
      expect(gpupower).toMatchObject({ gpu0: device, gpu1: device });
    }
  });

  it('a description that differs in the low byte only is none that contradicts', () => {
    const base = field('decoder', 'F5', 'a');
    const problems = lend((wasm) => {
      wasm.x.openSession(0);
      const reader = new ArchiveReader(wasm, base);
      const found = [...reader.problems];
      reader.close();
      return found;
    });
    expect(problems).toEqual([]);
    expect(checkArchive(base).findings.filter((f) => f.code === 'E_ARCHIVE_CONFLICT')).toEqual([]);
  });
});
