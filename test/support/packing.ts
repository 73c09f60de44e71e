// Owns compressed archives for tests: made by the programs of this machine, damaged after that, judged in both ways of unpacking.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Random } from '../../fixtures/generate/random.ts';
import { dumpSum, limits, MAX_VOLUME_BYTES } from '../../src/pcp/index.ts';
import { type Attempt, attempt, type Blow, damaged, judge, type Pristine, type Verdict } from './damage.ts';
import { havePrograms } from './programs.ts';

export interface Kind {
  readonly suffix: string;
  /** Ways to make such a file; the first is the usual one. Empty: by zlib. */
  readonly pack: readonly (readonly [string, ...string[]])[];
  readonly unpack: readonly [string, ...string[]] | null;
  /** Damage of the content shows: there is a checksum behind it, unless the file was made without. */
  readonly checked: boolean;
}

const XZ: readonly [string, ...string[]] = ['xz', '-c'];

export const KINDS: readonly Kind[] = [
  {
    suffix: '.xz',
    // Blocks as pmlogcompress makes them; and without checksums, so that damage gets further inside.
    pack: [XZ, ['xz', '-c', '--block-size=4096'], ['xz', '-c', '--check=none']],
    unpack: ['xz', '-dcq'],
    checked: true,
  },
  {
    suffix: '.lzma',
    pack: [
      ['xz', '-c', '--format=lzma'],
      ['xz', '-c', '--format=lzma', '-0'],
    ],
    unpack: ['xz', '-dcq', '--format=lzma'],
    checked: false,
  },
  {
    suffix: '.bz2',
    pack: [
      ['bzip2', '-c'],
      ['bzip2', '-c', '-1'],
    ],
    unpack: ['bzip2', '-dcq'],
    checked: true,
  },
  { suffix: '.gz', pack: [], unpack: null, checked: true },
  {
    suffix: '.zst',
    pack: [
      ['zstd', '-cq'],
      ['zstd', '-cq', '--no-check'],
      ['zstd', '-cq', '-19', '--long=24'],
    ],
    unpack: ['zstd', '-dcq'],
    checked: true,
  },
  {
    suffix: '.Z',
    pack: [
      ['compress', '-c'],
      ['compress', '-c', '-b', '12'],
    ],
    unpack: ['gzip', '-dcq'],
    checked: false,
  },
];

/** Those whose programs this machine has; under CI all. */
export function kindsHere(): readonly Kind[] {
  return KINDS.filter(({ suffix, pack, unpack }) => {
    const programs = new Set([...pack.map((p) => p[0]), ...(unpack ? [unpack[0]] : [])]);
    return havePrograms(`archives compressed to ${suffix}`, ...programs);
  });
}

/** A member packed; `way` as in `pack`. */
function packed(kind: Kind, way: number, bytes: Buffer): Buffer {
  const how = kind.pack[way];
  if (!how) return gzipSync(bytes);
  const [program, ...args] = how;
  const { status, stdout } = spawnSync(program, args, { input: bytes, maxBuffer: 2 ** 30 });
  // compress ends with 2 where nothing was saved.
  if (status !== 0 && !(program === 'compress' && status === 2)) throw new Error(`${how.join(' ')}: ${status}`);
  return stdout;
}

/** A compressed copy of a file, made in the usual way. */
export function packFile(kind: Kind, from: string, to: string): void {
  writeFileSync(to, packed(kind, 0, readFileSync(from)));
}

const LIMIT = 32 * 2 ** 20;

interface Unpacked {
  readonly bytes: Buffer;
  /** The program says nothing is wrong. */
  readonly whole: boolean;
}

function unpacked(kind: Kind, bytes: Buffer): Unpacked {
  if (!kind.unpack) {
    try {
      return { bytes: gunzipSync(bytes, { maxOutputLength: LIMIT }), whole: true };
    } catch {
      return { bytes: Buffer.alloc(0), whole: false };
    }
  }
  const [program, ...args] = kind.unpack;
  const { status, stdout, error } = spawnSync(program, args, { input: bytes, maxBuffer: LIMIT, timeout: 20_000 });
  return { bytes: stdout ?? Buffer.alloc(0), whole: status === 0 && error === undefined };
}

/** Blows at packed bytes: most fall on the head and the tail, where the containers have their structure. */
function strikePacked(bytes: Buffer, random: Random): Buffer {
  const below = (n: number): number => Math.floor(random() * n);
  const where = random();
  const span = Math.min(48, bytes.length);
  const at = where < 0.3 ? below(span) : where < 0.5 ? bytes.length - 1 - below(span) : below(bytes.length);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (below(7)) {
    case 0:
      return Buffer.from(before);
    case 1:
      // Bytes lost, or some twice.
      return Buffer.concat([before, bytes.subarray(Math.min(bytes.length, at + 1 + below(40)))]);
    case 2:
      return Buffer.concat([before, after.subarray(0, below(64)), after]);
    case 3:
      return Buffer.concat([bytes, Buffer.from(Array.from({ length: 1 + below(40) }, () => below(256) * below(2)))]);
    default: {
      const struck = Buffer.from(bytes);
      struck[at] = random() < 0.3 ? [0, 1, 0x7f, 0x80, 0xff][below(5)]! : struck[at]! ^ (1 << below(8));
      return struck;
    }
  }
}

function clear(target: string): void {
  const names = [target, `${target}-plain`].map((t) => `${basename(t)}.`);
  for (const f of readdirSync(dirname(target)))
    if (names.some((n) => f.startsWith(n))) rmSync(join(dirname(target), f));
}

export interface PackedCase {
  readonly kind: string;
  readonly text: string;
  /** What the programs make of it, as a plain archive; null: they say that something is damaged. */
  readonly plain: string | null;
  /** Whatever is damaged lies under a checksum. */
  readonly checked: boolean;
}

/**
 * Writes a victim, damaged by `blows`, packed by `kind` to `target`, and with a chance damaged again; beside it, as `TARGET-plain`,
 * what the programs unpack from it.
 */
export function placePacked(
  victim: Pristine,
  blows: readonly Blow[],
  target: string,
  kind: Kind,
  random: Random,
): PackedCase {
  const plain = `${target}-plain`;
  clear(target);
  const hit = random() < 0.6;
  const said: string[] = [];
  let whole = true;
  let checked = kind.checked;
  for (const [member, bytes] of damaged(victim, blows)) {
    if (random() < 0.2) {
      for (const base of [target, plain]) writeFileSync(`${base}.${member}`, bytes);
      continue;
    }
    const way = random() < 0.4 ? 0 : Math.floor(random() * kind.pack.length);
    if (/none|no-check/.test(kind.pack[way]?.join(' ') ?? '')) checked = false;
    let small = packed(kind, way, bytes);
    if (random() < 0.15) {
      // As logs are joined: two streams one behind the other are one.
      const half = Math.floor(random() * bytes.length);
      if (kind.suffix !== '.lzma' && kind.suffix !== '.Z')
        small = Buffer.concat([packed(kind, way, bytes.subarray(0, half)), packed(kind, way, bytes.subarray(half))]);
    }
    if (hit && random() < 0.6) {
      const times = 1 + Math.floor(random() * 3);
      for (let i = 0; i < times && small.length > 0; i++) small = strikePacked(small, random);
      said.push(`${member} x${times}`);
    }
    writeFileSync(`${target}.${member}${kind.suffix}`, small);
    const back = unpacked(kind, small);
    if (!back.whole) whole = false;
    writeFileSync(`${plain}.${member}`, back.bytes);
  }
  return { kind: kind.suffix, text: `${kind.suffix} ${said.join(' ')}`, plain: whole ? plain : null, checked };
}

/** A kept finding, copied to `target`, as if it had just been placed. */
export function placeFound(files: readonly string[], target: string): PackedCase {
  const plain = `${target}-plain`;
  clear(target);
  let found: PackedCase = { kind: '', text: '', plain, checked: false };
  for (const file of files) {
    const [member, suffix] = /\.(meta|index|\d+)(\.\w+)?$/.exec(file)!.slice(1) as [string, string | undefined];
    const bytes = readFileSync(file);
    writeFileSync(`${target}.${member}${suffix ?? ''}`, bytes);
    const kind = KINDS.find((k) => k.suffix === suffix);
    const back = kind ? unpacked(kind, bytes) : { bytes, whole: true };
    writeFileSync(`${plain}.${member}`, back.bytes);
    if (kind) found = { ...found, kind: kind.suffix, plain: back.whole ? found.plain : null };
  }
  return found;
}

/** Judges both ways of unpacking; where the programs find nothing wrong both give what the plain archive gives. */
export function judgePacked(target: string, found: PackedCase, metrics: readonly string[] = []): Verdict {
  const wrong: string[] = [];
  let verdict: Verdict = { ending: '', records: 0, wrong: [] };
  limits.maxVolumeBytes = LIMIT;
  try {
    const sums: Attempt[] = [];
    for (const packagedOnly of [false, true]) {
      limits.packagedOnly = packagedOnly;
      const name = packagedOnly ? 'packaged: ' : 'programs: ';
      verdict = judge(target, metrics, false, found.plain);
      wrong.push(...verdict.wrong.map((w) => name + w));
      let problems: readonly { readonly code: string }[] = [];
      const sum = attempt(() =>
        dumpSum(target, {
          onProblems: (p) => {
            problems = [...p];
          },
        }),
      );
      sums.push(sum);
      if (found.plain === null && found.checked && sum.code === undefined && problems.length === 0)
        wrong.push(`${name}silent about damage that the program sees: ${sum.text}`);
    }
    const [a, b] = sums;
    if (found.plain !== null && a!.text !== b!.text) wrong.push(`programs ${a!.text}, packaged ${b!.text}`);
  } catch (error) {
    wrong.push(String((error as Error).stack ?? error));
  } finally {
    limits.packagedOnly = false;
    limits.maxVolumeBytes = MAX_VOLUME_BYTES;
  }
  return { ...verdict, wrong };
}
