// `archive extract` against pmlogextract on real archives: whole, within a window, and several of a host as one.

import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NS } from '../../src/kernel/index.ts';
import { archiveInfo, type CopyOptions, canonicalDump, copyArchive } from '../../src/pcp/index.ts';
import { haveShared, shared } from '../oracle/shared.ts';
import { goldenSums } from '../oracle/sums.ts';
import { havePrograms } from '../support/programs.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();

const WHAT = 'extracts against those of pmlogextract';
const ready = haveShared(WHAT) && havePrograms(WHAT, 'pmlogextract');
const archives = ready ? goldenSums('decode.tsv').map((r) => r.archive) : [];

/** Records and marks, without what is said of instances. */
const recordsOf = (lines: readonly string[]): string[] => lines.filter((l) => /^\{"t".*"(m|mark)":/.test(l));

interface Both {
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}

/** Canonical dumps of both extracts; a string: why pmlogextract made none. */
function extracts(archives: readonly string[], args: readonly string[], options: CopyOptions): Both | string {
  for (const f of readdirSync(dir)) rmSync(join(dir, f));
  const bases = archives.map((a) => shared('archives', a));
  const ran = spawnSync('pmlogextract', [...args, ...bases, join(dir, 'theirs')], { encoding: 'utf8' });
  if (ran.status !== 0) return ran.stderr;
  copyArchive(bases.join(','), join(dir, 'ours'), options);
  return { ours: [...canonicalDump(join(dir, 'ours'))], theirs: [...canonicalDump(join(dir, 'theirs'))] };
}

describe.runIf(ready)('an extract equals that of pmlogextract', () => {
  /**
   * Two versions of an instance domain have the same time there. For records of that time pmlogextract takes the last but one, for
   * later ones the last; every reader of the source itself has the last from that time on, and so has one of our extract.
   */
  const TWO_VERSIONS = ['3months-20170529.16.22-00/20170529.16.22-00', '540117-short/540117-short'];

  it('of whole archives', () => {
    const differ: string[] = [];
    for (const archive of archives) {
      const both = extracts([archive], [], {}) as Both;
      if (both.ours.join('\n') === both.theirs.join('\n')) continue;
      differ.push(archive);
      expect(recordsOf(both.ours), archive).toEqual(recordsOf(both.theirs));
      const stamped = (lines: readonly string[]): string[] => lines.filter((l) => l.startsWith('{"t"'));
      expect(stamped(both.ours), archive).toEqual(stamped([...canonicalDump(shared('archives', archive))]));
    }
    expect(archives.length).toBeGreaterThan(50);
    expect(differ.sort()).toEqual(TWO_VERSIONS);
  });

  it('of a window', () => {
    let compared = 0;
    for (const archive of archives) {
      const { start, end } = archiveInfo(shared('archives', archive));
      if (end === null || end - start < 8) continue;
      const from = Math.ceil(start + (end - start) / 4);
      const to = Math.floor(start + (3 * (end - start)) / 4);
      const at = (s: number): string => `@${new Date(1000 * s).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
      // What pmlogextract 6 takes for the end is a second later (archive-format.md §7.2).
      const options = { from: BigInt(from) * NS, to: BigInt(to + 1) * NS };
      const both = extracts([archive], ['-S', at(from), '-T', at(to)], options);
      if (typeof both === 'string') {
        expect(both).toContain('no qualifying records');
        expect(() => copyArchive(shared('archives', archive), join(dir, 'none'), options)).toThrow(
          'no record qualifies',
        );
        continue;
      }
      expect(both.ours, archive).toEqual(both.theirs);
      compared++;
    }
    expect(compared).toBeGreaterThan(40);
  });

  it('of several archives of a host', () => {
    const byHost = new Map<string, string[]>();
    for (const archive of archives) {
      const { host, start } = archiveInfo(shared('archives', archive));
      // pmlogextract loses archives that begin at the epoch.
      if (start > 0) byHost.set(host, [...(byHost.get(host) ?? []), archive]);
    }
    const refused: string[] = [];
    let compared = 0;
    for (const [host, list] of byHost) {
      if (list.length < 2) continue;
      const both = extracts(list, [], {});
      if (typeof both === 'string') {
        refused.push(`${host}: ${both}`);
        continue;
      }
      expect(recordsOf(both.ours), host).toEqual(recordsOf(both.theirs));
      compared++;
    }
    expect(compared).toBeGreaterThan(6);
    // Eight archives of years apart, whose metrics contradict each other: pmlogextract makes nothing of them.
    expect(refused).toEqual([expect.stringMatching(/^bozo: /)]);
  });
});
