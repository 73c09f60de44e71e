// Archives of PCP's own tests, damaged, as PCP and we see them: what we call good PCP reads as we do, and where its check fails ours has a finding.
// JOBSUM_DIFFERENTIAL=2000 for many more.

import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { seeded } from '../../bench/generate/random.ts';
import { checkArchive, dumpSum, resolveArchives } from '../../src/decode/index.ts';
import { haveShared, shared } from '../oracle/shared.ts';
import { sumText } from '../oracle/sums.ts';
import { place, pristineArchive, strike, strikeStructure, strikeWord } from '../support/damage.ts';
import { havePrograms } from '../support/programs.ts';
import { tempDir } from '../support/temp.ts';

const CASES = Number(process.env.JOBSUM_DIFFERENTIAL ?? 40);
/** Plain archives, small ones: each case is read three times. */
const VICTIMS = ['numa', 'wrap', 'changeinst', 'dyninsts', 'interpmark', 'sample-labels', 'dupname-b', 'amdgpu-0'];
const WHAT = 'damaged archives as PCP sees them';
const PYTHON = '/usr/bin/python3';

const dir = tempDir();
const runs = haveShared(WHAT) && havePrograms(WHAT, 'pmlogcheck', PYTHON.slice('/usr/bin/'.length));

it.runIf(runs)(`${CASES} archives damaged by one blow`, { timeout: 60_000 + CASES * 3000 }, () => {
  const victims = VICTIMS.flatMap((name) => resolveArchives(shared('archives', name)).slice(0, 1).map(pristineArchive));
  const random = seeded('differential');
  const cases = Array.from({ length: CASES }, (_, i) => {
    const victim = victims[i % victims.length]!;
    const blow = [strike, strikeWord, strikeStructure][i % 3]!(victim, random);
    const folder = join(dir, String(i));
    mkdirSync(folder);
    place(victim, [blow], join(folder, 'a'));
    return {
      base: join(folder, 'a'),
      what: `${i}: ${victim.base} ${blow.member} at ${blow.at} ${blow.cut ?? ''} ${blow.bytes}`,
    };
  });
  const sums = spawnSync(PYTHON, [shared('tools', 'canonical_dump.py'), '--sum', ...cases.map((c) => c.base)], {
    env: { ...process.env, PCP_DERIVED_CONFIG: '' },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const theirs = new Map(
    sums.stdout.split('\n').map((line) => [line.split('\t')[0]!, line.split('\t').slice(1).join(' ')]),
  );
  const wrong: string[] = [];
  for (const { base, what } of cases) {
    const { findings } = checkArchive(base);
    const pmlogcheck = spawnSync('pmlogcheck', [base], { encoding: 'utf8' });
    if (findings.length > 0) continue;
    if (pmlogcheck.status === 1)
      wrong.push(`${what}: check finds nothing, pmlogcheck ${pmlogcheck.stdout}${pmlogcheck.stderr}`);
    const ours = sumText(dumpSum(base, { strict: true }));
    const their = theirs.get(base);
    if (ours !== their) wrong.push(`${what}: check finds nothing, but ours ${ours}, PCP ${their}`);
  }
  expect(wrong).toEqual([]);
});
