// Archives of PCP's own tests, damaged, as PCP and we see them: a strict dump is PCP's, or the difference is one of DIFFERENCES; what PCP
// or its check cannot read has a finding. JOBSUM_DIFFERENTIAL=2000 for many more.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { seeded } from '../../fixtures/generate/random.ts';
import { type CheckResult, canonicalDump, checkArchive, resolveArchives } from '../../src/pcp/index.ts';
import { haveShared, shared } from '../oracle/shared.ts';
import { place, pristineArchive, strike, strikeStructure, strikeWord } from '../support/damage.ts';
import { cases } from '../support/effort.ts';
import { havePrograms } from '../support/programs.ts';
import { tempDir } from '../support/temp.ts';

const CASES = cases(12, 40, 'JOBSUM_DIFFERENTIAL');
/** Plain archives, small ones: each case is read three times. */
const VICTIMS = ['numa', 'wrap', 'changeinst', 'dyninsts', 'interpmark', 'sample-labels', 'dupname-b', 'amdgpu-0'];
const WHAT = 'damaged archives as PCP sees them';
const PYTHON = '/usr/bin/python3';

const dir = tempDir();
const runs = haveShared(WHAT) && havePrograms(WHAT, 'pmlogcheck', PYTHON.slice('/usr/bin/'.length));

/** A dump as lines; null: the archive is refused, or whoever read it was killed. */
interface Seen {
  readonly lines: readonly string[] | null;
  readonly stderr: string;
  readonly killed?: boolean;
}

function byPcp(base: string, tries = 3): Seen {
  const { status, signal, stdout, stderr } = spawnSync(PYTHON, [shared('tools', 'canonical_dump.py'), base], {
    env: { ...process.env, PCP_DERIVED_CONFIG: '' },
    encoding: 'latin1',
    maxBuffer: 2 ** 28,
  });
  // Killed on a machine without memory to spare, or by what libpcp reads beyond a record: not an answer.
  if (signal !== null && tries > 1) return byPcp(base, tries - 1);
  const lines = status === 0 ? stdout.split('\n').filter((line) => line !== '') : null;
  return { lines, stderr, killed: signal !== null };
}

function byUs(base: string): Seen {
  try {
    const lines = [...canonicalDump(base, { strict: true, onProblems: () => undefined })];
    return { lines: lines.map((line) => Buffer.from(line).toString('latin1')), stderr: '' };
  } catch (error) {
    return { lines: null, stderr: String(error) };
  }
}

/** Lines of records: times and values. */
const values = (lines: readonly string[]): string[] =>
  lines.filter((line) => line.startsWith('{"t":') && line.includes('"m":'));

/** Differences that stay, each with its reason. Whatever PCP read is among what we read. */
const DIFFERENCES: readonly {
  readonly why: string;
  readonly is: (pcp: Seen, us: Seen, found: CheckResult['findings']) => boolean;
}[] = [
  {
    why: 'PCP goes where a damaged index sends it, into records or past them; we read without the index and lose nothing',
    is: ({ lines }, us, found) => {
      const ours = new Set(values(us.lines ?? []));
      return (
        found.some((f) => f.code === 'E_ARCHIVE_INDEX') &&
        us.lines !== null &&
        lines !== null &&
        values(lines).every((line) => ours.has(line))
      );
    },
  },
  {
    why: 'libpcp crashes, or there is no memory for it',
    is: ({ killed = false }) => killed,
  },
  {
    why: 'a metric name is not UTF-8: the Python binding, not libpcp, gives up on the list of names',
    is: ({ stderr }) => stderr.includes('UnicodeDecodeError'),
  },
];

const short = (lines: Seen['lines'], i: number): string =>
  lines === null ? 'refused' : (lines[i] ?? 'the end').slice(0, 300);

it.runIf(runs)(`${CASES} archives damaged by one blow`, { timeout: 60_000 + CASES * 10_000 }, () => {
  const victims = VICTIMS.flatMap((name) => resolveArchives(shared('archives', name)).slice(0, 1).map(pristineArchive));
  const random = seeded('differential');
  const wrong: string[] = [];
  const base = join(dir, 'a');
  for (let i = 0; i < CASES; i++) {
    const victim = victims[i % victims.length]!;
    const blow = [strike, strikeWord, strikeStructure][i % 3]!(victim, random);
    place(victim, [blow], base);
    const what = `${i}: ${victim.base} ${blow.member} at ${blow.at} ${blow.cut ?? ''} ${blow.bytes}`;
    const { findings } = checkArchive(base);
    const [pcp, us] = [byPcp(base), byUs(base)];
    const named = DIFFERENCES.find((d) => d.is(pcp, us, findings));
    if (findings.length === 0 && named === undefined) {
      const pmlogcheck = spawnSync('pmlogcheck', [base], { encoding: 'utf8' });
      if (pmlogcheck.status === 1) wrong.push(`${what}: pmlogcheck ${pmlogcheck.stdout}${pmlogcheck.stderr}`);
      if (!pcp.lines?.at(-1)?.includes('"status":"eof"'))
        wrong.push(`${what}: PCP cannot read it, check finds nothing`);
    }
    if (pcp.lines?.join('\n') === us.lines?.join('\n') || named !== undefined) continue;
    const at = pcp.lines?.findIndex((line, k) => line !== us.lines?.[k]) ?? 0;
    wrong.push(
      `${what}: line ${at}, PCP ${short(pcp.lines, at)} ${pcp.stderr}, we ${short(us.lines, at)} ${us.stderr}`,
    );
  }
  expect(wrong).toEqual([]);
});
