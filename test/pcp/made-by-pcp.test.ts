// Archives that PCP's tools make here and now, and what other tools of its make of those: read as libpcp reads them, copied without loss.

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalDump, copyArchive, dumpSum } from '../../src/pcp/index.ts';
import { haveShared, shared } from '../oracle/shared.ts';
import { sumText } from '../oracle/sums.ts';
import { havePmcd } from '../support/pmcd.ts';
import { absent } from '../support/programs.ts';
import { samplePmcd } from '../support/sample-pmcd.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const MADE = join(dir, 'made');
/** The one that PCP's module is installed for. */
const PYTHON = '/usr/bin/python3';
const IMPORT = fileURLToPath(new URL('../support/import-archives.py', import.meta.url));
const BIN = '/usr/lib/pcp/bin';
const SECONDS = 4;

/** Types, names, units, times, zone and host changed; a metric and an instance renamed, another deleted. */
const REWRITE = `
metric one.i32 { type -> DOUBLE }
metric sample.long.one { type -> U64 }
metric sample.bin { name -> sample.kiste }
metric many.u64 { units -> 1,0,0,MBYTE,0,0 }
metric one.u64 { delete }
indom 29.2 { inst 100 -> 4711 iname "bin-200" -> "neu bin" }
indom 245.1 { indom -> 245.99 }
global { time -> +1:30:00.5 hostname -> "new.host.example" tz -> "CET-1CEST,M3.5.0,M10.5.0/3" }
`;

function ready(): boolean {
  const what = 'archives that PCP makes';
  if (!haveShared(what) || !havePmcd(what)) return false;
  return spawnSync(PYTHON, ['-c', 'import pcp.pmi']).status === 0 || absent(what, `no python3-pcp for ${PYTHON}`);
}

async function record(): Promise<void> {
  const { env, metrics, stop } = await samplePmcd(dir);
  const restless = metrics.filter((m) => /event|aggr|scramble|proc|dynamic|mirage|hordes|string/.test(m));
  const config = join(dir, 'pmlogger.conf');
  const group = (ms: number, names: readonly string[]): string =>
    `log mandatory on ${ms} msec {\n${names.join('\n')}\n}\n`;
  writeFileSync(config, group(150, restless) + group(400, metrics));
  const loggers = [2, 3].flatMap((version) =>
    [[], ['-v', '5']].map((volumes) => {
      const base = join(MADE, `sample${version}${volumes.length > 0 ? '-volumes' : ''}`);
      const args = ['-h', 'localhost', '-V', String(version), '-c', config, '-l', join(dir, `${basename(base)}.log`)];
      const child = spawn('pmlogger', [...args, ...volumes, '-T', `${SECONDS}sec`, base], { env, stdio: 'ignore' });
      return new Promise((resolve) => child.once('exit', resolve));
    }),
  );
  await Promise.all(loggers);
  await stop();
}

const basesIn = (place: string): string[] =>
  readdirSync(place)
    .filter((f) => f.endsWith('.meta'))
    .map((f) => join(place, f.slice(0, -'.meta'.length)));

function derive(base: string): void {
  const rules = join(dir, 'rules');
  writeFileSync(rules, REWRITE);
  const made: [string, string[]][] = [
    ['pmlogextract', ['-V', '3', base, `${base}-v3`]],
    ['pmlogextract', ['-v', '2', base, `${base}-split`]],
    ['pmlogextract', ['-m', base, base, `${base}-twice`]],
    [`${BIN}/pmlogreduce`, ['-t', '1sec', base, `${base}-reduced`]],
    [`${BIN}/pmlogrewrite`, ['-w', '-c', rules, base, `${base}-rewritten`]],
  ];
  for (const [program, args] of made) spawnSync(program, args, { stdio: 'ignore' });
}

describe.runIf(ready())('archives made by PCP', () => {
  beforeAll(async () => {
    mkdirSync(MADE);
    const imported = spawnSync(PYTHON, [IMPORT, MADE], { encoding: 'utf8' });
    expect(imported.stderr).toBe('');
    await record();
    for (const base of basesIn(MADE)) derive(base);
  }, 120_000);

  it('are read as libpcp reads them', () => {
    const bases = basesIn(MADE);
    expect(bases.length).toBeGreaterThan(45);
    const oracle = spawnSync(PYTHON, [shared('tools', 'canonical_dump.py'), '--sum', ...bases], {
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
    const theirs = oracle.stdout.trim().split('\n');
    const ours = bases.map((base) => [base, ...sumText(dumpSum(base, { strict: true })).split(' ')].join('\t'));
    expect(ours).toEqual(theirs);
  });

  it('are copied as they are', () => {
    const copy = join(dir, 'copy');
    for (const base of basesIn(MADE)) {
      for (const f of readdirSync(dir)) if (f.startsWith('copy.')) rmSync(join(dir, f));
      copyArchive(base, copy, { whole: true });
      expect(sumText(dumpSum(copy)), base).toBe(sumText(dumpSum(base)));
    }
  });

  it('hold what is seldom', () => {
    const text = [...canonicalDump(join(MADE, 'sample3'))].join('\n');
    for (const type of ['event', 'highres_event', 'aggregate', 'string', 'double', 'u64'])
      expect(text, type).toContain(`"type":"${type}"`);
    expect(text).toContain('PM_ERR_');
  });
});
