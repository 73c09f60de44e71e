// Compressed archives: every kind, by the system's programs and by the packaged decoders, damaged ones, and a bound on the output.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { NS, type Problem } from '../../src/kernel/index.ts';
import { byPackage } from '../../src/pcp/files/unpack-packaged.ts';
import {
  ArchiveWriter,
  archiveInfo,
  dumpSum,
  limits,
  MAX_VOLUME_BYTES,
  NO_INDOM,
  peakMemory,
  pmid,
  probeArchive,
  UNITS,
} from '../../src/pcp/index.ts';
import { sumText } from '../oracle/sums.ts';
import { havePrograms, onPath } from '../support/programs.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const PLAIN = fileURLToPath(
  new URL('../../fixtures/cluster/archives/2026/11/cpn-r02/2026-11-24/20261124.09.32', import.meta.url),
);
const MEMBERS = ['meta', 'index', '0'];
const expected = sumText(dumpSum(PLAIN));

/** Suffix, and what makes such a file; null: gzip. */
const KINDS: readonly (readonly [string, readonly [string, ...string[]] | null])[] = [
  ['.xz', ['xz', '-c']],
  ['.lzma', ['xz', '-c', '--format=lzma']],
  ['.bz2', ['bzip2', '-c']],
  ['.bz', ['bzip2', '-c']],
  ['.gz', null],
  // Told by content: LZW and gzip.
  ['.Z', ['compress', '-c']],
  ['.z', null],
  ['.zst', ['zstd', '-cq']],
];

const have = (program: string): boolean => havePrograms('archives compressed with it', program);

function pack(file: string, program: readonly [string, ...string[]] | null): Buffer {
  if (!program) return gzipSync(readFileSync(file));
  const [name, ...args] = program;
  return execFileSync(name, [...args, file], { maxBuffer: 1e9 });
}

/** A compressed copy; members not named stay plain. */
function packed(
  name: string,
  suffix: string,
  program: readonly [string, ...string[]] | null,
  members = MEMBERS,
): string {
  const base = join(dir, name);
  for (const m of MEMBERS) {
    if (members.includes(m)) writeFileSync(`${base}.${m}${suffix}`, pack(`${PLAIN}.${m}`, program));
    else copyFileSync(`${PLAIN}.${m}`, `${base}.${m}`);
  }
  return base;
}

function problemsOf(base: string): readonly Problem[] {
  let found: readonly Problem[] = [];
  dumpSum(base, {
    onProblems: (problems) => {
      found = [...problems];
    },
  });
  return found;
}

afterEach(() => {
  limits.packagedOnly = false;
  limits.maxVolumeBytes = MAX_VOLUME_BYTES;
});

for (const [suffix, program] of KINDS) {
  describe.runIf(program === null || have(program[0]))(`an archive compressed to ${suffix}`, () => {
    it('holds what the plain one holds', () => {
      const base = packed(`all${suffix}`, suffix, program);
      expect(sumText(dumpSum(base))).toBe(expected);
      // Given by one of its files.
      expect(sumText(dumpSum(`${base}.0${suffix}`))).toBe(expected);
      expect(sumText(dumpSum(packed(`some${suffix}`, suffix, program, ['0'])))).toBe(expected);
    });

    it('does so without the program', () => {
      limits.packagedOnly = true;
      expect(sumText(dumpSum(packed(`packaged${suffix}`, suffix, program)))).toBe(expected);
    });
  });
}

describe('compressed archives', () => {
  it('show the same overview, their end from the index', () => {
    const base = packed('info', '.gz', null, ['meta', '0']);
    const { volumes: _, metaBytes: __, archive: ___, ...info } = archiveInfo(base);
    expect(archiveInfo(PLAIN)).toMatchObject(info);
    expect(probeArchive(base)).toMatchObject({ host: 'cpn-r02', endNs: probeArchive(PLAIN).endNs });
    rmSync(`${base}.index`);
    expect(probeArchive(base)).toMatchObject({ endNs: probeArchive(PLAIN).endNs });
  });

  it('are not looked at where there is a plain file', () => {
    const base = packed('both', '.xz', null, []);
    writeFileSync(`${base}.0.xz`, 'junk');
    expect(sumText(dumpSum(base))).toBe(expected);
  });

  it.each([false, true])('that are cut off give what precedes (packaged: %s)', (packagedOnly) => {
    limits.packagedOnly = packagedOnly;
    for (const [suffix, program] of KINDS.filter(([s]) => packagedOnly || s !== '.zst')) {
      if (program && !onPath(program[0])) continue;
      const base = packed(`cut${packagedOnly}${suffix}`, suffix, program, ['0']);
      const whole = readFileSync(`${base}.0${suffix}`);
      writeFileSync(`${base}.0${suffix}`, whole.subarray(0, Math.floor(whole.length * 0.7)));
      let problems: readonly Problem[] = [];
      try {
        problems = problemsOf(base);
      } catch (error) {
        // Of one block nothing can be unpacked before its end.
        expect((error as Problem).code, suffix).toMatch(/^E_ARCHIVE_(UNPACK|EMPTY|LABEL)$/);
        continue;
      }
      expect(problems.length, suffix).toBeGreaterThan(0);
      expect(problems[0]?.code, suffix).toMatch(/^E_ARCHIVE_(UNPACK|TRUNCATED)$/);
    }
  });

  it('that are none are refused', () => {
    const base = packed('junk', '.xz', null, []);
    rmSync(`${base}.0`);
    writeFileSync(`${base}.0.xz`, 'this is not compressed at all');
    expect(() => dumpSum(base)).toThrow(expect.objectContaining({ code: 'E_ARCHIVE_UNPACK' }));
  });

  it('have records larger than the window, and lengths that lie cost no more memory than there is data', () => {
    const base = join(dir, 'wide');
    const startNs = 1_772_409_600_000_000_000n;
    const writer = new ArchiveWriter(base, { version: 3, host: 'n1', startNs });
    const id = pmid(60, 0, 1);
    const names = { name: 'a.text', pmid: id, type: 'string', indom: NO_INDOM, semantics: 'discrete' } as const;
    writer.metric({ ...names, units: UNITS.none });
    for (let i = 1; i <= 3; i++) {
      const text = 'x'.repeat(i * 1_500_000);
      writer.record(startNs + BigInt(i) * NS, [{ pmid: id, type: 'string', ids: [-1], values: [text] }]);
    }
    writer.close();
    const plain = sumText(dumpSum(base));
    const bytes = readFileSync(`${base}.0`);
    rmSync(`${base}.0`);
    writeFileSync(`${base}.0.gz`, gzipSync(bytes));
    expect(sumText(dumpSum(base))).toBe(plain);
    // The length word of the second record.
    const second = bytes.readInt32BE(0) + bytes.readInt32BE(bytes.readInt32BE(0));
    bytes.writeInt32BE(200 * 2 ** 20, second);
    writeFileSync(`${base}.0.gz`, gzipSync(bytes));
    const before = peakMemory();
    expect(problemsOf(base)).toEqual([expect.objectContaining({ code: 'E_ARCHIVE_TRUNCATED', offset: second })]);
    expect(dumpSum(base).records).toBe(1);
    expect(peakMemory() - before).toBeLessThan(4 * bytes.length);
  });

  it('do not unpack to more than is allowed', () => {
    const base = packed('bomb', '.gz', null, ['0']);
    limits.maxVolumeBytes = 20_000;
    const problems = problemsOf(base);
    expect(problems.map((p) => p.code)).toEqual(['E_ARCHIVE_LIMIT']);
    expect(dumpSum(base).records).toBeGreaterThan(5);
  });

  it.each(['xz', 'lzma', 'bzip2', 'gzip', 'compress', 'zstd'] as const)(
    'that are gone meanwhile (%s) are an error of their reader, not one the thread dies of',
    async (format) => {
      const read = async (): Promise<void> => {
        for await (const chunk of byPackage(join(dir, 'gone'), format)) expect(chunk).toBeNull();
      };
      await expect(read()).rejects.toMatchObject({ code: 'E_ARCHIVE_UNPACK' });
      // What comes later than the error would show as an unhandled one.
      await new Promise((resolve) => setTimeout(resolve, 20));
    },
  );

  const streams = (suffix: string): readonly [string, ...string[]] | null => KINDS.find(([s]) => s === suffix)![1];
  it.for(['.xz', '.bz2', '.gz', '.zst'])('of several streams one behind the other (%s) are one', (suffix, { skip }) => {
    const program = streams(suffix);
    if (program && !have(program[0])) skip(`no ${program[0]}`);
    const base = packed(`joined${suffix}`, suffix, program, []);
    const whole = readFileSync(`${base}.0`);
    const parts = [whole.subarray(0, 5000), whole.subarray(5000)].map((bytes) => {
      writeFileSync(`${base}-part`, bytes);
      return pack(`${base}-part`, program);
    });
    rmSync(`${base}.0`);
    // A frame of zstd's own that holds nothing.
    const none = suffix === '.zst' ? Buffer.from('502a4d1803000000616263', 'hex') : Buffer.alloc(0);
    writeFileSync(`${base}.0${suffix}`, Buffer.concat([parts[0]!, none, parts[1]!]));
    for (const packagedOnly of [false, true]) {
      limits.packagedOnly = packagedOnly;
      expect(sumText(dumpSum(base))).toBe(expected);
    }
  });

  it.runIf(have('zstd'))('of zstd are held to their checksum, and to the memory that zstd itself allows', () => {
    limits.packagedOnly = true;
    const base = packed('checked', '.zst', ['zstd', '-cq'], ['0']);
    const whole = readFileSync(`${base}.0.zst`);
    const another = Buffer.from(whole);
    another[another.length - 2]! ^= 1;
    writeFileSync(`${base}.0.zst`, another);
    expect(problemsOf(base)).toMatchObject([{ code: 'E_ARCHIVE_UNPACK', found: 'the checksum is another' }]);
    // A frame without content size whose window is 256 GiB.
    writeFileSync(`${base}.0.zst`, Buffer.concat([whole.subarray(0, 4), Buffer.from([0, 28 << 3]), whole.subarray(6)]));
    expect(() => dumpSum(base)).toThrow(expect.objectContaining({ code: 'E_ARCHIVE_UNPACK' }));
  });

  it.runIf(have('zstd'))('of zstd hold whatever is small', async () => {
    for (let n = 0; n < 40; n++) {
      for (const args of [['-cq'], ['-cq', '--no-check']]) {
        const bytes = Buffer.from(Array.from({ length: n }, (_, i) => (n % 3 === 0 ? 7 : (31 * i) & 255)));
        writeFileSync(join(dir, 'small.zst'), execFileSync('zstd', args, { input: bytes }));
        const chunks: Uint8Array[] = [];
        for await (const chunk of byPackage(join(dir, 'small.zst'), 'zstd')) chunks.push(chunk);
        expect(Buffer.concat(chunks), `${n} ${args}`).toEqual(bytes);
      }
    }
  });

  it.runIf(have('bzip2'))('of bzip2 may have something else behind them, as for bzip2', () => {
    const base = packed('behind', '.bz2', ['bzip2', '-c'], ['0']);
    writeFileSync(`${base}.0.bz2`, Buffer.concat([readFileSync(`${base}.0.bz2`), Buffer.from('something else')]));
    for (const packagedOnly of [false, true]) {
      limits.packagedOnly = packagedOnly;
      expect(sumText(dumpSum(base))).toBe(expected);
    }
  });

  it('of hundreds of files leave no thread and no program behind', () => {
    const base = packed('many', '.gz', null);
    mkdirSync(join(dir, 'x'), { recursive: true });
    for (let i = 0; i < 200; i++) probeArchive(base);
    expect(sumText(dumpSum(base))).toBe(expected);
  });
});
