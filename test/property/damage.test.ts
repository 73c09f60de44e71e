// Damaged archives: whatever byte is flipped and wherever a file ends, what precedes is delivered and the rest is a coded error.

import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { seeded } from '../../fixtures/generate/random.ts';
import { dumpSum } from '../../src/pcp/index.ts';
import { decodeArchive } from '../oracle/archive.ts';
import { dumpSum as oracleSum } from '../oracle/dump.ts';
import { sumText } from '../oracle/sums.ts';
import { judge, place, pristineArchive, strike, strikeStructure, wholeBefore } from '../support/damage.ts';
import { cases } from '../support/effort.ts';
import { judgePacked, kindsHere, placeFound, placePacked } from '../support/packing.ts';
import { writeRandomArchive } from '../support/random-archive.ts';
import { tempDir } from '../support/temp.ts';

const CASES = cases(90, 240);
/** Of each kind; each starts programs. */
const PACKED_CASES = cases(1, 3);
const CLUSTER = fileURLToPath(new URL('../../fixtures/cluster/archives/2026/11/', import.meta.url));
const CORPUS = fileURLToPath(new URL('../corpus/', import.meta.url));
const dir = tempDir();

const random3 = writeRandomArchive({
  ...{ base: join(dir, 'r3'), seed: 'damage', version: 3, records: 80, volumes: 3, tidy: true },
});
const pristine = [
  join(CLUSTER, 'cpn-r01/2026-11-24/20261124.09.31'),
  join(CLUSTER, 'cpn-r02/2026-11-24/20261124.09.32'),
  random3.base,
].map(pristineArchive);
const metrics = random3.metrics.map((m) => m.name);

describe(`${CASES} truncations, flipped bytes and blows at the structure of three archives`, () => {
  const seen = new Map<string, number>();
  afterAll(() => console.log('endings:', JSON.stringify(Object.fromEntries([...seen].sort()))));

  it.each(pristine.map((p, i) => [basename(p.base), p, i] as const))(
    '%s',
    { timeout: 1_200_000 },
    (_, victim, number) => {
      const random = seeded(`blow${number}`);
      const target = join(dir, 'victim');
      const share = Math.ceil(CASES / pristine.length);
      const wrong: string[] = [];
      for (let i = 0; i < share; i++) {
        const structural = i % 3 === 0;
        const blow = (structural ? strikeStructure : strike)(victim, random);
        place(victim, [blow], target);
        const what = `${blow.member} at ${blow.at} = ${blow.cut ?? ''} ${blow.bytes}`;
        const verdict = judge(target, metrics);
        seen.set(verdict.ending, (seen.get(verdict.ending) ?? 0) + 1);
        wrong.push(...verdict.wrong.map((w) => `${what}: ${w}`));
        // Records put in another place are not those that the blow fell on.
        const before = structural ? 0 : wholeBefore(victim, blow);
        if (!verdict.ending.startsWith('E_') && verdict.records < before)
          wrong.push(`${what}: ${verdict.records} records, ${before} lie before the damage`);
      }
      expect(wrong).toEqual([]);
    },
  );

  it('leave the decoder as it was', () => {
    for (const p of pristine) {
      const target = join(dir, 'well');
      for (const member of p.members.keys()) copyFileSync(`${p.base}.${member}`, `${target}.${member}`);
      expect(sumText(dumpSum(target))).toBe(sumText(oracleSum(decodeArchive(target))));
    }
  });
});

describe.each(kindsHere().map((kind) => [kind.suffix, kind] as const))('archives compressed to %s', (_, kind) => {
  it('damaged before or behind the compression', { timeout: 600_000 }, () => {
    const random = seeded(kind.suffix);
    const target = join(dir, 'packed');
    const wrong: string[] = [];
    for (let i = 0; i < PACKED_CASES; i++) {
      const victim = pristine[i % pristine.length]!;
      const found = placePacked(victim, i % 2 === 0 ? [strikeStructure(victim, random)] : [], target, kind, random);
      wrong.push(...judgePacked(target, found, metrics).wrong.map((w) => `${i} ${found.text}: ${w}`));
    }
    expect(wrong).toEqual([]);
  });
});

describe('what the fuzzer found', () => {
  const byBase = new Map<string, string[]>();
  for (const f of existsSync(CORPUS) ? readdirSync(CORPUS) : []) {
    const base = f.slice(0, f.indexOf('.'));
    byBase.set(base, [...(byBase.get(base) ?? []), join(CORPUS, f)]);
  }
  it('stays corrected', () => {
    const target = join(dir, 'found');
    const wrong = [...byBase].flatMap(([base, files]) => {
      const found = placeFound(files, target);
      const verdict = found.kind === '' ? judge(target, [], true) : judgePacked(target, found);
      return verdict.wrong.map((w) => `${base}: ${w}`);
    });
    expect(byBase.size).toBeGreaterThan(3);
    expect(wrong).toEqual([]);
  });
});
