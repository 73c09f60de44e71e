// More of archive-format.md §10: windows to the nanosecond (45), blocks in any order (30), inputs that contradict each other (53).

import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ArchiveWriter,
  canonicalDump,
  copyArchive,
  decodeNode,
  decodeNodeByRows,
  indomId,
  type MetricSpec,
  NO_INDOM,
  openArchive,
  pmid,
  type TimeSpan,
  UNITS,
  type Version,
  Wasm,
} from '../../src/pcp/index.ts';
import type { FirstLastResult } from '../../src/reduce/index.ts';
import { decodeArchive } from '../oracle/archive.ts';
import { canonicalDump as oracleDump } from '../oracle/dump.ts';
import { havePrograms } from '../support/programs.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const havePcp = havePrograms('conflicts as pmlogextract has them', 'pmlogextract');
const T0 = 1_772_409_600_000_000_000n;
const SECOND = 1_000_000_000n;
const VERSIONS = [2, 3] as const;
const NUMBER: MetricSpec = {
  ...{ name: 'a.n', pmid: pmid(60, 0, 1), type: 'u32', indom: NO_INDOM },
  ...{ semantics: 'instant', units: UNITS.none },
};
let made = 0;

/** Records 0, 1, 2, a mark, 4, two of 5 at one time, which count once, 6; the index knows every one of them, or none. */
function gapped(version: Version, indexed: boolean): string {
  const base = join(dir, `g${++made}`);
  const w = new ArchiveWriter(base, { version, host: 'h', startNs: T0 });
  w.metric(NUMBER);
  const put = (at: number, value = at): void =>
    w.record(T0 + BigInt(at) * SECOND, [{ pmid: NUMBER.pmid, type: 'u32', ids: [-1], values: [value] }]);
  for (const i of [0, 1, 2]) put(i);
  w.mark(T0 + 3n * SECOND);
  for (const i of [4, 5, 5, 6]) put(i);
  w.close();
  if (!indexed) rmSync(`${base}.index`);
  return base;
}

const at = (s: number, ns = 0n): bigint => T0 + BigInt(Math.round(1000 * s)) * 1_000_000n + ns;
const WINDOWS: readonly (readonly [string, TimeSpan, readonly (number | string)[]])[] = [
  ['everything', {}, [0, 1, 2, 'mark', 4, 5, 6]],
  ['from before the start', { from: at(-10) }, [0, 1, 2, 'mark', 4, 5, 6]],
  ['from a record exactly', { from: at(2) }, [2, 'mark', 4, 5, 6]],
  ['from a nanosecond behind it', { from: at(2, 1n) }, [4, 5, 6]],
  ['from a mark', { from: at(3) }, [4, 5, 6]],
  ['from a nanosecond behind that', { from: at(3, 1n) }, [4, 5, 6]],
  ['from between records', { from: at(3.5) }, [4, 5, 6]],
  ['from where two have one time', { from: at(5) }, [5, 6]],
  ['from the end', { from: at(6) }, [6]],
  ['from behind the end', { from: at(6, 1n) }, []],
  ['to before the start', { to: at(0, -1n) }, []],
  ['to the start', { to: at(0) }, [0]],
  ['to a nanosecond before a record', { to: at(2, -1n) }, [0, 1]],
  ['to a record exactly', { to: at(2) }, [0, 1, 2]],
  ['to where two have one time', { to: at(5) }, [0, 1, 2, 'mark', 4, 5]],
  ['one instant', { from: at(4), to: at(4) }, [4]],
  ['between two records', { from: at(0, 1n), to: at(1, -1n) }, []],
  ['backwards', { from: at(4), to: at(2) }, []],
];

describe.each(VERSIONS)('45: reading forward within a window, version %i', (version) => {
  it.each(WINDOWS)('%s', (_, span, expected) => {
    const numbers = expected.filter((x) => typeof x === 'number');
    for (const indexed of [true, false]) {
      const base = gapped(version, indexed);
      const got = [...openArchive(base).records(span)].map((r) => (r.mark ? 'mark' : r.sets[0]!.values[0]));
      // A mark before the first record of a window says nothing.
      expect(got.filter((x, i) => x !== 'mark' || (i > 0 && i < got.length - 1))).toEqual(expected);
      // The same records reach the reducers of both engines.
      const window = { startNs: span.from ?? at(-100), endNs: span.to ?? at(100), walltime: 10, archives: [0] };
      const spec = { metrics: ['a.n'], mode: 'firstlast' as const, reducers: [{ kind: 'FIRSTLAST' as const }] };
      const task = { archives: [base], wanted: ['a.n'], windows: [{ ...window, declare: () => [spec] }] };
      for (const decode of [decodeNode, decodeNodeByRows]) {
        const { coverage, consumers } = decode(new Wasm(), task).windows[0]!;
        expect(coverage.records).toBe(numbers.length);
        const ends = consumers[0]!.reducers[0] as FirstLastResult;
        if (numbers.length === 0) continue;
        // A value is the second in which it was recorded.
        const seconds = (t: number): number => t - Number(T0 / SECOND);
        expect(seconds(ends.firstTime)).toBe(numbers[0]);
        if (ends.calls === 2) expect(seconds(ends.lastTime)).toBe(numbers.at(-1));
        else expect(new Set(numbers).size).toBe(1);
      }
    }
  });
});

describe.each(VERSIONS)('30: value blocks, version %i', (version) => {
  const MANY = { ...NUMBER, name: 'a.many', pmid: pmid(60, 0, 3), type: 'string' as const, indom: indomId(60, 1) };
  const WORDS = ['', 'a', 'four', 'eight wd', 'and some more'];

  /** One record of five strings, of which the block indices are changed. */
  function shuffled(change: (indices: number[]) => number[]): string {
    const base = join(dir, `b${++made}`);
    const w = new ArchiveWriter(base, { version, host: 'h', startNs: T0 });
    w.metric(MANY);
    const ids = WORDS.map((_, id) => id);
    w.indom(
      MANY.indom,
      T0,
      ids.map((id) => ({ id, name: `i${id}` })),
    );
    w.record(T0, [{ pmid: MANY.pmid, type: 'string', ids, values: WORDS }]);
    w.close();
    const bytes = readFileSync(`${base}.0`);
    const first = (version === 2 ? 132 + 16 : 808 + 20) + 12 + 4;
    const indices = ids.map((i) => bytes.readInt32BE(first + 8 * i));
    for (const [i, index] of change(indices).entries()) bytes.writeInt32BE(index, first + 8 * i);
    writeFileSync(`${base}.0`, bytes);
    return base;
  }

  it('may come in any order', () => {
    for (const order of [
      [4, 3, 2, 1, 0],
      [2, 0, 4, 1, 3],
      [1, 2, 3, 4, 0],
    ]) {
      const base = shuffled((list) => order.map((i) => list[i]!));
      const [record] = [...openArchive(base).records()];
      expect(record!.sets[0]!.values).toEqual(order.map((i) => WORDS[i]));
      expect([...canonicalDump(base)]).toEqual([...oracleDump(decodeArchive(base))]);
      copyArchive(base, `${base}-copy`, { whole: true });
      expect([...canonicalDump(`${base}-copy`)]).toEqual([...canonicalDump(base)]);
    }
  });

  it('may not be shared, nor lie in the pairs, inside another, or behind the record', () => {
    const changes: ((list: number[]) => number[])[] = [
      (list) => [list[1]!, ...list.slice(1)],
      (list) => [list[0]! - 1, ...list.slice(1)],
      (list) => [...list.slice(0, 4), list[4]! + 1],
      (list) => [...list.slice(0, 4), list[4]! + 100],
      (list) => [0, ...list.slice(1)],
      (list) => [-list[0]!, ...list.slice(1)],
      (list) => [0x40000000 + list[0]!, ...list.slice(1)],
    ];
    for (const [i, change] of changes.entries()) {
      const base = shuffled(change);
      const lines = [...canonicalDump(base)];
      expect(lines, `change ${i}`).toEqual([...oracleDump(decodeArchive(base))]);
      expect(lines.at(-1), `change ${i}`).toContain('PM_ERR_LOGREC');
    }
  });
});

describe('53: inputs of one extract that contradict each other', () => {
  function input(from: number, metric: Partial<MetricSpec>): string {
    const base = join(dir, `c${++made}`);
    const w = new ArchiveWriter(base, { version: 3, host: 'h', startNs: at(from) });
    const described = { ...NUMBER, ...metric };
    w.metric(described);
    if (described.indom !== NO_INDOM) w.indom(described.indom, at(from), [{ id: 0, name: 'zero' }]);
    const ids = [described.indom === NO_INDOM ? -1 : 0];
    for (const i of [0, 1])
      w.record(at(from + i), [{ pmid: described.pmid, type: described.type, ids, values: [from + i] }]);
    w.close();
    return base;
  }

  it.each<[string, Partial<MetricSpec>]>([
    ['another pmID', { pmid: pmid(60, 0, 9) }],
    ['another name', { name: 'a.other' }],
    ['another type', { type: 'u64' }],
    ['another instance domain', { indom: indomId(60, 1) }],
    ['another semantics', { semantics: 'counter' }],
    ['other units', { units: UNITS.byte }],
  ])('%s: the metric of the later is left out, pmlogextract refuses both', (_, change) => {
    const bases = [input(0, {}), input(10, change)];
    const output = join(dir, `o${++made}`);
    const result = copyArchive(bases.join(','), output);
    expect(result.problems).toMatchObject([{ code: 'E_ARCHIVE_CONFLICT', file: bases[1] }]);
    expect(result).toMatchObject({ values: 2 });
    const values = [...openArchive(output).records()].flatMap((r) => r.sets.flatMap((s) => s.values));
    expect(values).toEqual([0, 1]);
    expect(openArchive(output).metrics.map((m) => m.name)).toEqual(['a.n']);
    if (havePcp) expect(spawnSync('pmlogextract', [...bases, `${output}-pcp`]).status).toBe(1);
  });
});
