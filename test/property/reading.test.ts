// What of a damaged archive is used: the same by both engines, `check`, and the records that `dump` and the library give.
// READING_CASES=500 makes it long.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../fixtures/generate/random.ts';
import { ERRORS } from '../../src/kernel/index.ts';
import { checkArchive, decodeNode, decodeNodeByRows, openArchive, Wasm } from '../../src/pcp/index.ts';
import {
  type Blow,
  type Pristine,
  place,
  pristineArchive,
  strike,
  strikeStructure,
  strikeWord,
} from '../support/damage.ts';
import { type RandomArchive, writeRandomArchive } from '../support/random-archive.ts';
import { randomSpecs } from '../support/random-specs.ts';
import { tempDir } from '../support/temp.ts';

const CASES = Number(process.env.READING_CASES ?? 60);
const dir = tempDir();
const wasm = new Wasm();

/** Words inside records of data, their frames left as they are: where plans and steady plans skip what nobody wants. */
function strikeInside(victim: Pristine, random: () => number): Blow {
  const bytes = victim.members.get('0')!;
  const below = (n: number): number => Math.floor(random() * n);
  const label = bytes.readInt32BE(0);
  const head = label === 132 ? 12 : 16;
  const starts: number[] = [];
  for (let at = label; at + 4 <= bytes.length; at += bytes.readInt32BE(at)) starts.push(at);
  const at = starts[below(starts.length)]!;
  const words = (bytes.readInt32BE(at) - head - 4) >> 2;
  const field = at + head + 4 * below(words);
  const old = bytes.readInt32BE(field);
  const value = [old ^ (1 << below(32)), old + [1, -1, 4, -3][below(4)]!, below(64), -1][below(4)]!;
  const word = Buffer.alloc(4);
  word.writeInt32BE(value | 0);
  return { member: '0', at: field, bytes: [...word] };
}

function compare(archive: RandomArchive, base: string, seed: string): { wrong: string[]; damaged: boolean } {
  const wrong: string[] = [];
  const consumers = randomSpecs(archive.metrics, seed, 6, 0.7);
  const window = { startNs: -(2n ** 63n) + 1n, endNs: 2n ** 63n - 1n, walltime: 100, archives: [0] };
  const task = {
    archives: [base],
    wanted: archive.metrics.map((m) => m.name),
    windows: [
      { ...window, declare: (has: (name: string) => boolean) => consumers.filter((c) => c.metrics.every(has)) },
    ],
  };
  const [a, b] = [decodeNode, decodeNodeByRows].map((decode) => decode(wasm, task).windows[0]!);
  const same = (what: string, x: unknown, y: unknown): void => {
    try {
      expect(x).toEqual(y);
    } catch (error) {
      wrong.push(`${what}: ${(error as Error).message.slice(0, 300)}`);
    }
  };
  same('coverage', a!.coverage, b!.coverage);
  same('results', a!.consumers, b!.consumers);
  same('problems', a!.problems, b!.problems);
  const check = checkArchive(base);
  if (!check.opened) return { wrong: a!.archives === 0 ? wrong : [...wrong, 'check cannot open it'], damaged: true };
  same('records of check', check.records - check.marks - check.repeated, a!.coverage.records);
  let dumped = 0;
  for (const record of openArchive(base).records()) if (!record.mark) dumped++;
  const codes = new Set(check.findings.map((f) => f.code));
  same('records of dump', dumped, a!.coverage.records);
  // A counter that goes back is no damage of the archive: the values are as they were stored.
  for (const { code } of a!.problems)
    if (code !== 'E_COUNTER_RESET' && !codes.has(code)) wrong.push(`check does not say ${code}`);
  for (const { code } of [...a!.problems, ...check.findings])
    if (!(code in ERRORS) || code === 'E_INTERNAL') wrong.push(`code ${code}`);
  return { wrong, damaged: check.findings.some((f) => f.severity === 'error') };
}

describe(`${CASES} damaged archives of records that are alike`, () => {
  it('are used alike by all who read them', { timeout: 900_000 }, () => {
    const wrong: string[] = [];
    let damaged = 0;
    for (let i = 0; i < CASES; i++) {
      const seed = `reading${i}`;
      const random = seeded(seed);
      const options = { seed, version: i % 2 ? (3 as const) : (2 as const), records: 200, calm: true, tidy: true };
      const archive = writeRandomArchive({ ...options, base: join(dir, 'whole') });
      const victim = pristineArchive(archive.base);
      const kind = [strikeInside, strikeInside, strikeInside, strikeWord, strike, strikeStructure][i % 6]!;
      const blows = Array.from({ length: 1 + (i % 3) }, () => kind(victim, random));
      const base = join(dir, 'victim');
      place(victim, blows, base);
      const found = compare(archive, base, seed);
      if (found.damaged) damaged++;
      wrong.push(...found.wrong.map((w) => `${seed}: ${w}`));
    }
    expect(wrong).toEqual([]);
    expect(damaged).toBeGreaterThan(CASES / 10);
  });
});
