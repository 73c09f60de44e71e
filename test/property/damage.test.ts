// Damaged archives: whatever byte is flipped and wherever a file ends, what precedes is delivered and the rest is a coded error.

import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { seeded } from '../../bench/generate/random.ts';
import { dumpSum } from '../../src/decode/index.ts';
import { decodeArchive } from '../oracle/archive.ts';
import { dumpSum as oracleSum } from '../oracle/dump.ts';
import { sumText } from '../oracle/sums.ts';
import { judge, place, pristineArchive, strike, strikeStructure, wholeBefore } from '../support/damage.ts';
import { writeRandomArchive } from '../support/random-archive.ts';
import { tempDir } from '../support/temp.ts';

const CASES = 2000;
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
    { timeout: 300_000 },
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

describe('what the fuzzer found', () => {
  const found = existsSync(CORPUS) ? readdirSync(CORPUS).filter((f) => f.endsWith('.meta')) : [];
  it('stays mended', () => {
    const target = join(dir, 'found');
    const wrong = found.flatMap((f) => {
      place(pristineArchive(join(CORPUS, f.slice(0, -'.meta'.length))), [], target);
      return judge(target, [], true).wrong.map((w) => `${f}: ${w}`);
    });
    expect(wrong).toEqual([]);
  });
});
