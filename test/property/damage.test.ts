// Damaged archives: whatever byte is flipped and wherever a file ends, what precedes is delivered and the rest is a coded error.

import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type Random, seeded } from '../../bench/generate/random.ts';
import { planNode, WANTED_METRICS } from '../../src/analytics/index.ts';
import { archiveInfo, decodeNode, dumpSum, Wasm } from '../../src/decode/index.ts';
import { ERRORS, type Problem } from '../../src/kernel/index.ts';
import { decodeArchive } from '../oracle/archive.ts';
import { Damage } from '../oracle/damage.ts';
import { dumpSum as oracleSum } from '../oracle/dump.ts';
import { sumText } from '../oracle/sums.ts';
import { writeRandomArchive } from '../support/random-archive.ts';
import { tempDir } from '../support/temp.ts';

const CASES = 2000;
const CLUSTER = fileURLToPath(new URL('../../fixtures/cluster/archives/2026/11/', import.meta.url));
const dir = tempDir();
const wasm = new Wasm();

const random3 = writeRandomArchive({
  base: join(dir, 'r3'),
  seed: 'damage',
  version: 3,
  records: 80,
  volumes: 3,
  tidy: true,
});
const ARCHIVES = [
  join(CLUSTER, 'cpn-r01/2026-11-24/20261124.09.31'),
  join(CLUSTER, 'cpn-r02/2026-11-24/20261124.09.32'),
  random3.base,
];

interface Pristine {
  readonly base: string;
  readonly members: ReadonlyMap<string, Buffer>;
  /** Records and marks by (member, offset behind the record). */
  readonly ends: readonly { readonly member: string; readonly end: number }[];
}

const pristine = ARCHIVES.map((base): Pristine => {
  const names = readdirSync(dirname(base)).filter((f) => f.startsWith(`${basename(base)}.`));
  const members = new Map(names.map((f) => [f.slice(basename(base).length + 1), readFileSync(join(dirname(base), f))]));
  const ends: { member: string; end: number }[] = [];
  for (const member of [...members.keys()].filter((m) => /^\d+$/.test(m)).sort((a, b) => Number(a) - Number(b))) {
    const bytes = members.get(member)!;
    for (let at = bytes.readInt32BE(0); at < bytes.length; ) {
      at += bytes.readInt32BE(at);
      ends.push({ member, end: at });
    }
  }
  return { base, members, ends };
});

interface Blow {
  readonly member: string;
  readonly at: number;
  /** The byte's new value; null: the file ends here. */
  readonly value: number | null;
}

function strike(victim: Pristine, random: Random): Blow {
  const names = [...victim.members.keys()];
  const member = names[Math.floor(random() * names.length)]!;
  const bytes = victim.members.get(member)!;
  const at = Math.floor(random() * bytes.length);
  if (random() < 0.4) return { member, at, value: null };
  return { member, at, value: bytes[at]! ^ (1 + Math.floor(random() * 255)) };
}

function place(victim: Pristine, blow: Blow, target: string): void {
  for (const [member, bytes] of victim.members) {
    if (member !== blow.member) writeFileSync(`${target}.${member}`, bytes);
    else if (blow.value === null) writeFileSync(`${target}.${member}`, bytes.subarray(0, blow.at));
    else {
      const struck = Buffer.from(bytes);
      struck[blow.at] = blow.value;
      writeFileSync(`${target}.${member}`, struck);
    }
  }
}

/** Whole records before the blow; all of them if it fell on metadata or index. */
function wholeBefore(victim: Pristine, blow: Blow): number {
  if (!/^\d+$/.test(blow.member)) return 0;
  return victim.ends.findIndex(
    (e) => Number(e.member) > Number(blow.member) || (e.member === blow.member && e.end > blow.at),
  );
}

/** Sum line, or the code of the error. */
function attempt(read: () => object): { text: string; records: number; code?: string } {
  try {
    const sum = read() as { records: number; marks: number };
    return { text: sumText(sum), records: sum.records + sum.marks };
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === undefined || !(code in ERRORS) || code === 'E_INTERNAL') throw error;
    return { text: `error ${error instanceof Damage ? error.pm : ''}`, records: 0, code };
  }
}

const coded = (problems: readonly Problem[]): boolean =>
  problems.every((p) => p.code in ERRORS && p.code !== 'E_INTERNAL' && p.file !== undefined);

function analyse(base: string) {
  const job = { jobId: '1001', start: 0, end: 100, nodes: [], nodeCount: 1, walltime: 100, acct: { user: 'user1' } };
  const [window] = decodeNode(wasm, {
    archives: [base],
    wanted: [...WANTED_METRICS, ...random3.metrics.map((m) => m.name)],
    windows: [
      {
        startNs: -(2n ** 63n) + 1n,
        endNs: 2n ** 63n - 1n,
        walltime: 100,
        archives: [0],
        declare: (has) => planNode(job, has, {}).map((p) => p.spec),
      },
    ],
  }).windows;
  return window!;
}

describe(`${CASES} truncations and flipped bytes of three archives`, () => {
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
        const blow = strike(victim, random);
        place(victim, blow, target);
        const what = `${blow.member} at ${blow.at} = ${blow.value}`;
        const ours = attempt(() => dumpSum(target));
        const theirs = attempt(() => oracleSum(decodeArchive(target)));
        const ending = ours.code ?? ours.text.split(' ')[4]!;
        seen.set(ending, (seen.get(ending) ?? 0) + 1);
        // The slow decoder finds the same records, values and end.
        if (ours.text.split(' ')[0] === 'error' ? theirs.code === undefined : ours.text !== theirs.text)
          wrong.push(`${what}: ${ours.text} ${ours.code ?? ''}, oracle ${theirs.text} ${theirs.code ?? ''}`);
        if (ours.code === undefined && ours.records < wholeBefore(victim, blow))
          wrong.push(`${what}: ${ours.records} records, ${wholeBefore(victim, blow)} lie before the damage`);
        // Neither the reducers nor the overview trap, hang, or fail without a code.
        const window = analyse(target);
        if (!coded(window.problems)) wrong.push(`${what}: ${JSON.stringify(window.problems)}`);
        if (ours.code !== undefined && window.problems.length === 0) wrong.push(`${what}: silent ${ours.code}`);
        const info = attempt(() => ({ ...archiveInfo(target), marks: 0 }));
        if (info.code !== undefined && ours.code === undefined) wrong.push(`${what}: info ${info.code}`);
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
