// What the writer writes is what both decoders read back, and what PCP's own checker accepts.

import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeCluster } from '../../fixtures/generate/cluster.ts';
import { generateNodeDay } from '../../fixtures/generate/main.ts';
import {
  ArchiveWriter,
  canonicalDump as dumpByWasm,
  indomId,
  NO_INDOM,
  pmid,
  UNITS,
  type Version,
} from '../../src/pcp/index.ts';
import { decodeArchive } from '../oracle/archive.ts';
import { canonicalDump as dumpByOracle } from '../oracle/dump.ts';
import { havePrograms } from '../support/programs.ts';
import { writeRandomArchive } from '../support/random-archive.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const VERSIONS: readonly Version[] = [2, 3];
const START = 1_772_409_600_000_000_000n;

const haveChecker = havePrograms('archives of the writer and the generators against PCP', 'pmlogcheck');

/** What pmlogcheck says about an archive: nothing, if it is well. */
function check(base: string): string {
  const r = spawnSync('pmlogcheck', [base], { encoding: 'utf8' });
  return r.stdout + r.stderr + (r.status === 0 ? '' : `exit ${r.status}`);
}

/** One metric of every type, one instance domain with a change, a mark, an error code, two volumes. */
function writeSample(base: string, version: Version): void {
  const w = new ArchiveWriter(base, { version, host: 'n1.example.org', timezone: 'UTC', startNs: START });
  const indom = indomId(60, 3);
  const types = ['i32', 'u32', 'i64', 'u64', 'float', 'double', 'string', 'aggregate'] as const;
  const values = [[-5], [4294967295], [-(2n ** 62n)], [2n ** 64n - 1n], [0.5], [1e300], ['tëxt'], [Buffer.from('abc')]];
  const metrics = types.map((type, i) => {
    const m = { name: `t.${type}`, pmid: pmid(60, 1, i), type, indom: NO_INDOM, units: UNITS.count };
    return { ...m, semantics: 'instant' as const };
  });
  for (const m of metrics) w.metric(m);
  const many = { name: 't.many', pmid: pmid(60, 2, 0), type: 'u64' as const, indom, semantics: 'counter' as const };
  w.metric({ ...many, units: UNITS.byte });
  w.indom(indom, START, [
    { id: 1, name: 'one' },
    { id: 2, name: 'two words' },
  ]);
  const fixed = metrics.map((m, i) => ({ pmid: m.pmid, type: m.type, ids: [-1], values: values[i]! }));
  w.record(START, [...fixed, { pmid: many.pmid, type: 'u64', ids: [1, 2], values: [10, 20] }]);
  w.mark(START + 500_000_000n);
  w.nextVolume();
  if (version === 3) w.indomDelta(indom, START + 1_000_000_000n, [{ id: 7, name: 'seven' }], [1]);
  else {
    w.indom(indom, START + 1_000_000_000n, [
      { id: 2, name: 'two words' },
      { id: 7, name: 'seven' },
    ]);
  }
  w.record(START + 1_000_000_000n, [{ pmid: many.pmid, type: 'u64', ids: [2, 7], values: [21, 1] }]);
  w.record(START + 2_000_000_000n, [{ pmid: many.pmid, type: 'u64', ids: [], values: [], error: -12351 }]);
  w.close();
}

describe('writer', () => {
  it.each(VERSIONS)('version %i: what was written is what is read', (version) => {
    const base = join(dir, `sample${version}`);
    writeSample(base, version);
    const lines = [...dumpByWasm(base)];
    expect(lines).toEqual([...dumpByOracle(decodeArchive(base))]);
    const text = lines.join('\n');
    for (const value of ['-5', '4294967295', '-4611686018427387904', '18446744073709551615', 'two words', 'seven'])
      expect(text).toContain(value);
    expect(
      readdirSync(dir)
        .filter((f) => f.startsWith(`sample${version}.`))
        .sort(),
    ).toEqual(['0', '1', 'index', 'meta'].map((s) => `sample${version}.${s}`));
  });

  it.each(VERSIONS)('version %i: random archives read alike by both decoders', (version) => {
    for (let seed = 0; seed < 40; seed++) {
      const base = join(dir, `random${version}`);
      writeRandomArchive({ base, seed: `w${seed}`, version, records: 60, volumes: 1 + (seed % 3) });
      // Times go backwards here and there, so that the dumps also show what readers drop.
      expect([...dumpByWasm(base)]).toEqual([...dumpByOracle(decodeArchive(base))]);
    }
  });
});

describe.runIf(haveChecker)('pmlogcheck says nothing about', () => {
  it.each(VERSIONS)('the sample, version %i', (version) => {
    const base = join(dir, `checked${version}`);
    writeSample(base, version);
    expect(check(base)).toBe('');
  });

  it.each(VERSIONS)('a generated node-day, version %i', (version) => {
    const base = join(dir, `day${version}`);
    generateNodeDay(base, 3, version);
    expect(check(base)).toBe('');
  });

  it('a generated cluster', () => {
    const root = join(dir, 'cluster');
    writeCluster({ root, jobs: 6, nodes: 2, hours: 2, interval: 60 });
    const bases = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((f) => f.endsWith('.meta'))
      .map((f) => join(root, f.slice(0, -'.meta'.length)));
    expect(bases).toHaveLength(2);
    for (const base of bases) expect(check(base)).toBe('');
  });

  it('but complains of a damaged one', () => {
    const base = join(dir, 'broken');
    writeSample(base, 3);
    writeFileSync(`${base}.index`, 'no index');
    expect(check(base)).not.toBe('');
  });
});
