// Several archives as one: against pmlogextract on archives written for it, and the rules of archive-format.md §7.4 one by one.

import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ArchiveWriter,
  canonicalDump,
  copyArchive,
  indomId,
  NO_INDOM,
  openArchive,
  pmid,
  UNITS,
  type Version,
} from '../../src/pcp/index.ts';
import { havePrograms } from '../support/programs.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const T0 = 1_772_409_600_000_000_000n;
const SECOND = 1_000_000_000n;
const LOGGER = indomId(2, 1);

interface Shape {
  readonly from: number;
  readonly to: number;
  /** pmcd's process and restarts, in a first and a last record; without: none. */
  readonly pmcd?: readonly [number, number];
  readonly version?: Version;
  readonly host?: string;
  readonly units?: number;
  readonly fraction?: bigint;
}

let made = 0;

/** A record a second, both ends included. */
function archive(s: Shape): string {
  const base = join(dir, `m${++made}`);
  const at = (second: number): bigint => T0 + BigInt(second) * SECOND + (s.fraction ?? 0n);
  const w = new ArchiveWriter(base, {
    version: s.version ?? 3,
    host: s.host ?? 'n1',
    startNs: at(s.from),
    pid: 100 + made,
  });
  const plain = { indom: NO_INDOM, semantics: 'discrete', units: UNITS.none } as const;
  w.metric({ name: 'a.n', pmid: pmid(60, 0, 1), type: 'u32', ...plain, semantics: 'instant', units: s.units ?? 0 });
  const [pid, seqnum] = s.pmcd ?? [0, 0];
  const logger = { ids: [100 + made] };
  const about = (ns: bigint): void => {
    if (!s.pmcd) return;
    w.record(ns, [
      { pmid: pmid(2, 3, 3), type: 'string', ...logger, values: ['n1'] },
      { pmid: pmid(2, 3, 0), type: 'u32', ...logger, values: [4330] },
      { pmid: pmid(2, 3, 2), type: 'string', ...logger, values: [base] },
      { pmid: pmid(2, 0, 23), type: 'u64', ids: [-1], values: [pid] },
      { pmid: pmid(2, 0, 24), type: 'u32', ids: [-1], values: [seqnum] },
    ]);
  };
  if (s.pmcd) {
    w.metric({ name: 'pmcd.pmlogger.host', pmid: pmid(2, 3, 3), type: 'string', ...plain, indom: LOGGER });
    w.metric({ name: 'pmcd.pmlogger.port', pmid: pmid(2, 3, 0), type: 'u32', ...plain, indom: LOGGER });
    w.metric({ name: 'pmcd.pmlogger.archive', pmid: pmid(2, 3, 2), type: 'string', ...plain, indom: LOGGER });
    w.metric({ name: 'pmcd.pid', pmid: pmid(2, 0, 23), type: 'u64', ...plain });
    w.metric({ name: 'pmcd.seqnum', pmid: pmid(2, 0, 24), type: 'u32', ...plain });
    w.indom(LOGGER, at(s.from), [{ id: 100 + made, name: String(100 + made) }]);
  }
  about(at(s.from));
  for (let i = s.from; i <= s.to; i++) w.record(at(i), [{ pmid: pmid(60, 0, 1), type: 'u32', ids: [-1], values: [i] }]);
  about(at(s.to) + 1_000_000n);
  w.close();
  return base;
}

/** Numbers in order; a mark is what it is. */
const stream = (bases: readonly string[], options = {}): (number | string)[] =>
  [...openArchive(bases.join(',')).records({ metrics: ['a.n'], ...options })].map((r) =>
    r.mark ? `mark ${Number((r.ns - T0) / 1_000_000n)}` : (r.sets[0]!.values[0] as number),
  );

const A: Shape = { from: 0, to: 2 };
const B: Shape = { from: 10, to: 11 };

describe('archives of a host are joined', () => {
  it.each<[string, Shape, Shape, (number | string)[]]>([
    ['with a mark 1 ms behind the first', A, B, [0, 1, 2, 'mark 2001', 10, 11]],
    ['without, if pmcd is the same', { ...A, pmcd: [7, 1] }, { ...B, pmcd: [7, 1] }, [0, 1, 2, 10, 11]],
    ['with, if pmcd was restarted', { ...A, pmcd: [7, 1] }, { ...B, pmcd: [8, 1] }, [0, 1, 2, 'mark 2002', 10, 11]],
    ['with, if pmcd lost an agent', { ...A, pmcd: [7, 1] }, { ...B, pmcd: [7, 2] }, [0, 1, 2, 'mark 2002', 10, 11]],
    ['with, if only one says', { ...A, pmcd: [7, 1] }, B, [0, 1, 2, 'mark 2002', 10, 11]],
    ['of different versions', { ...A, version: 2 }, B, [0, 1, 2, 'mark 2001', 10, 11]],
    ['with what both have at one instant once', A, { from: 2, to: 3 }, [0, 1, 2, 'mark 2000', 3]],
    [
      'overlapping, as a job begins in the node archive',
      { from: 0, to: 5, pmcd: [7, 1] },
      { from: 2, to: 3, pmcd: [7, 1], fraction: 500_000_000n },
      [0, 1, 2, 2, 3, 3, 4, 5],
    ],
    [
      'overlapping with another pmcd',
      { from: 0, to: 5, pmcd: [7, 1] },
      { from: 2, to: 3, pmcd: [9, 1], fraction: 500_000_000n },
      [0, 1, 2, 2, 3, 3, 'mark 3502', 4, 5],
    ],
  ])('%s', (_, a, b, expected) => {
    const bases = [archive(a), archive(b)];
    expect(stream(bases)).toEqual(expected);
    // The order in which they are given is of no weight, but for equal times and marks.
    expect(stream(bases.toReversed()).filter((x) => typeof x === 'number')).toEqual(
      expected.filter((x) => typeof x === 'number'),
    );
  });

  it('within a window, both ends exact, no mark where nothing precedes or follows', () => {
    const bases = [archive(A), archive(B), archive({ from: 20, to: 21 })];
    const at = (s: number): bigint => T0 + BigInt(s) * SECOND;
    expect(stream(bases, { from: at(1), to: at(10) })).toEqual([1, 2, 'mark 2001', 10]);
    expect(stream(bases, { from: at(10) })).toEqual([10, 11, 'mark 11001', 20, 21]);
    expect(stream(bases, { from: at(3), to: at(9) })).toEqual([]);
    expect(stream(bases, { to: at(2) })).toEqual([0, 1, 2]);
    expect(stream(bases, { from: at(11) + 1n })).toEqual([20, 21]);
  });

  it('and of the same archive twice it counts once; names of it, too', () => {
    const base = archive(A);
    expect(stream([base, base])).toEqual([0, 1, 2]);
    expect(stream([base, `${base}.0`])).toEqual([0, 1, 2]);
  });

  it('another host, another description and an unreadable one are reported, the rest is used', () => {
    const bases = [
      archive(A),
      archive({ ...B, units: UNITS.byte }),
      archive({ ...B, host: 'n2' }),
      join(dir, 'absent'),
    ];
    const opened = openArchive(bases.join(','));
    const codes = opened.problems.map((p) => p.code).sort();
    expect(codes).toEqual(['E_ARCHIVE_CONFLICT', 'E_ARCHIVE_HOST', 'E_ARCHIVE_MISSING']);
    expect(opened.problems.find((p) => p.code === 'E_ARCHIVE_CONFLICT')).toMatchObject({ file: bases[1] });
    const numbers = (list: (number | string)[]): (number | string)[] => list.filter((x) => typeof x === 'number');
    expect(numbers(stream(bases))).toEqual([0, 1, 2]);
    const { problems } = copyArchive(bases.join(','), join(dir, 'conflicts'));
    expect(problems.map((p) => p.code).sort()).toEqual(codes);
    expect(numbers(stream([join(dir, 'conflicts')]))).toEqual([0, 1, 2]);
  });
});

const havePcp = havePrograms('joins against those of PCP', 'pmlogextract', 'pmlogcheck');

describe.runIf(havePcp)('extracts of several archives equal those of pmlogextract', () => {
  const cases: [string, Shape[]][] = [
    ['a gap', [A, B]],
    ['the order swapped', [B, A]],
    ['three', [A, B, { from: 20, to: 22 }]],
    [
      'the same pmcd',
      [
        { ...A, pmcd: [7, 1] },
        { ...B, pmcd: [7, 1] },
      ],
    ],
    [
      'pmcd restarted',
      [
        { ...A, pmcd: [7, 1] },
        { ...B, pmcd: [8, 1] },
      ],
    ],
    ['versions 2 and 3', [{ ...A, version: 2 }, B]],
    [
      'a job archive inside a node archive',
      [
        { from: 0, to: 9, pmcd: [7, 1] },
        { from: 2, to: 4, pmcd: [7, 1], fraction: 250_000_000n },
      ],
    ],
    [
      'a begin and an end archive among node archives',
      [
        { from: 0, to: 9, pmcd: [7, 1] },
        { from: 3, to: 3, fraction: 100_000_000n },
        { from: 12, to: 12, fraction: 100_000_000n },
        { from: 11, to: 15, pmcd: [7, 1] },
      ],
    ],
  ];
  it.each(cases)('%s', (name, shapes) => {
    const bases = shapes.map(archive);
    const [ours, theirs] = ['ours', 'theirs'].map((n) => join(dir, `${n}-${name.replaceAll(' ', '-')}`)) as [
      string,
      string,
    ];
    for (const b of [ours, theirs]) for (const m of ['meta', 'index', '0']) rmSync(`${b}.${m}`, { force: true });
    const r = spawnSync('pmlogextract', [...bases, theirs], { encoding: 'utf8' });
    expect(r.stderr).toBe('');
    copyArchive(bases.join(','), ours);
    // Records and marks. Of instance names PCP takes the newest version of any input, so that those of overlapping loggers go
    // missing (§7.5); we take that of the record's own archive.
    const lines = (base: string): string[] => [...canonicalDump(base)].filter((l) => /^\{"t".*"(m|mark)":/.test(l));
    expect(lines(ours)).toEqual(lines(theirs));
    expect(spawnSync('pmlogcheck', [ours], { encoding: 'utf8' }).stdout).toBe('');
  });
});
