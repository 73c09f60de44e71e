// A clock that is set forth and back by little: which records count is a property of the archive, not of the windows that are read.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../fixtures/generate/random.ts';
import { checkArchive, decodeNode, decodeNodeByRows, type NodeTask, openArchive, Wasm } from '../../src/pcp/index.ts';
import { type ConsumerSpec, reduceRows } from '../../src/reduce/index.ts';
import { decodeArchive } from '../oracle/archive.ts';
import { nsOfStamp } from '../oracle/bytes.ts';
import { rowsOf } from '../oracle/rows.ts';
import { cases } from '../support/effort.ts';
import { type RandomArchive, writeRandomArchive } from '../support/random-archive.ts';
import { randomSpecs } from '../support/random-specs.ts';
import { tempDir } from '../support/temp.ts';

const CASES = cases(12, 60, 'STEP_CASES');
const dir = tempDir();
const wasm = new Wasm();

interface Window {
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly walltime: number;
  readonly consumers: readonly ConsumerSpec[];
}

/** Windows that begin and end near steps back of the clock: at the time of a record there, or just before or behind it. */
function windowsOf(archive: RandomArchive, seed: string): Window[] {
  const random = seeded(`${seed}w`);
  const below = (n: number): number => Math.floor(random() * n);
  const ns = Array.from(decodeArchive(archive.base).records, (r) => nsOfStamp(r.stamp));
  const back = ns.flatMap((t, i) => (i > 0 && t < ns[i - 1]! ? [i] : []));
  const bound = (): bigint => {
    const near = (back[below(back.length)] ?? 0) + below(7) - 4;
    return ns[Math.min(Math.max(near, 0), ns.length - 1)]! + BigInt(below(3) - 1) * 1_000_000n;
  };
  return Array.from({ length: 5 }, (_, i) => {
    const [startNs, endNs] = [bound(), bound()].sort((x, y) => (x < y ? -1 : 1)) as [bigint, bigint];
    return { startNs, endNs, walltime: 100, consumers: randomSpecs(archive.metrics, `${seed}s${i}`, 2) };
  });
}

function decoded(decode: typeof decodeNode, archive: RandomArchive, windows: readonly Window[]) {
  const task: NodeTask = {
    ...{ archives: [archive.base], wanted: archive.metrics.map((m) => m.name) },
    windows: windows.map((w) => ({ ...w, archives: [0], declare: () => w.consumers })),
  };
  const clock = (p: { readonly code: string }): boolean => p.code === 'E_ARCHIVE_CLOCK';
  return decode(wasm, task).windows.map(({ coverage, consumers, problems }) => ({
    ...{ coverage, consumers, problems: problems.filter(clock) },
  }));
}

describe(`${CASES} archives whose clock was set forth and back by little`, () => {
  it('give every window the same records, alone and with others, by both engines and the slow decoder', () => {
    let left = 0;
    for (let number = 0; number < CASES; number++) {
      const seed = `steps${number}`;
      const volumes = number % 3 === 0 ? 3 : 1;
      const options = { seed, version: number % 2 ? (3 as const) : (2 as const), records: 90 + (number % 7) * 30 };
      const archive = writeRandomArchive({
        ...options,
        base: join(dir, `steps${volumes}`),
        volumes,
        steps: true,
        calm: true,
      });
      const windows = windowsOf(archive, seed);
      const together = decoded(decodeNode, archive, windows);
      expect(decoded(decodeNodeByRows, archive, windows), seed).toEqual(together);
      for (const [i, w] of windows.entries()) expect(decoded(decodeNode, archive, [w])[0], seed).toEqual(together[i]);
      const rows = [...rowsOf(decodeArchive(archive.base))];
      for (const [i, w] of windows.entries()) {
        const slow = reduceRows({ ...w, leads: w.consumers.map(() => null) }, rows);
        const { coverage, consumers } = together[i]!;
        expect({ coverage, consumers }, seed).toEqual({ coverage: slow.coverage(), consumers: slow.finish() });
      }
      const check = checkArchive(archive.base);
      const whole = rows.filter((r) => !r.mark).length;
      expect(check.records - check.marks, seed).toBe(whole);
      const given = Array.from(openArchive(archive.base).records());
      expect(given.filter((r) => !r.mark).length, seed).toBe(whole - check.repeated);
      left += check.findings.filter((f) => f.code === 'E_ARCHIVE_CLOCK').length;
    }
    expect(left).toBeGreaterThan(CASES / 4);
  });
});
