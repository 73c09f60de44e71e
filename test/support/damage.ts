// Owns damaging archives and judging what the decoder makes of them: for the property test and the fuzzer.

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Random } from '../../fixtures/generate/random.ts';
import { planNode, WANTED_METRICS } from '../../src/analytics/index.ts';
import { ERRORS, type Problem } from '../../src/kernel/index.ts';
import { archiveInfo, checkArchive, copyArchive, decodeNode, dumpSum, peakMemory, Wasm } from '../../src/pcp/index.ts';
import { decodeArchive } from '../oracle/archive.ts';
import { Damage } from '../oracle/damage.ts';
import { dumpSum as oracleSum } from '../oracle/dump.ts';
import { sumText } from '../oracle/sums.ts';

export interface Pristine {
  readonly base: string;
  readonly members: ReadonlyMap<string, Buffer>;
  /** Records and marks by (member, offset behind the record). */
  readonly ends: readonly { readonly member: string; readonly end: number }[];
  /** Records of every member, index entries included: what structure-aware blows aim at. */
  readonly frames: readonly Frame[];
}

interface Frame {
  readonly member: string;
  readonly at: number;
  readonly length: number;
}

const LABEL_V2 = 132;

function framesOf(member: string, bytes: Buffer): Frame[] {
  const label = bytes.length < 4 ? 0 : bytes.readInt32BE(0);
  const frames: Frame[] = [{ member, at: 0, length: Math.min(label, bytes.length) }];
  for (let at = label; at >= 0 && at + 4 <= bytes.length; ) {
    const length = member !== 'index' ? bytes.readInt32BE(at) : label === LABEL_V2 ? 20 : 32;
    if (length < 12 || at + length > bytes.length) break;
    frames.push({ member, at, length });
    at += length;
  }
  return frames;
}

export function pristineArchive(base: string): Pristine {
  const names = readdirSync(dirname(base)).filter((f) => f.startsWith(`${basename(base)}.`));
  const members = new Map(names.map((f) => [f.slice(basename(base).length + 1), readFileSync(join(dirname(base), f))]));
  const ends: { member: string; end: number }[] = [];
  for (const member of [...members.keys()].filter((m) => /^\d+$/.test(m)).sort((a, b) => Number(a) - Number(b))) {
    const bytes = members.get(member)!;
    for (let at = bytes.length < 4 ? 0 : bytes.readInt32BE(0); at >= 0 && at + 4 <= bytes.length; ) {
      const length = bytes.readInt32BE(at);
      if (length < 16) break;
      at += length;
      ends.push({ member, end: at });
    }
  }
  const frames = [...members].flatMap(([member, bytes]) => framesOf(member, bytes));
  return { base, members, ends, frames };
}

export interface Blow {
  readonly member: string;
  readonly at: number;
  /** Bytes written there; null: the file ends here. */
  readonly bytes: readonly number[] | null;
  /** Bytes taken out there; then `bytes` are put in between, and not over what follows. */
  readonly cut?: number;
}

/** A truncation, or a flipped byte: blind. */
export function strike(victim: Pristine, random: Random): Blow {
  const names = [...victim.members.keys()];
  const member = names[Math.floor(random() * names.length)]!;
  const bytes = victim.members.get(member)!;
  const at = Math.floor(random() * bytes.length);
  if (random() < 0.4) return { member, at, bytes: null };
  return { member, at, bytes: [bytes[at]! ^ (1 + Math.floor(random() * 255))] };
}

const WORDS = [
  0, 1, -1, 2, 3, 4, 7, 8, 16, 20, 24, 0x7fffffff, -0x80000000, 0x00ffffff, 0x10000000, 0x7ffffff0, 255, 65536,
];

/** A word of the structure (all are 32 bits at multiples of 4 from the label's end) set to a value that hurts. */
export function strikeWord(victim: Pristine, random: Random): Blow {
  const names = [...victim.members.keys()];
  const member = names[Math.floor(random() * names.length)]!;
  const bytes = victim.members.get(member)!;
  const at = Math.floor((random() * bytes.length) / 4) * 4;
  const old = at + 4 <= bytes.length ? bytes.readInt32BE(at) : 0;
  const pick = Math.floor(random() * (WORDS.length + 3));
  const value = WORDS[pick] ?? old + [1, -1, 4][pick - WORDS.length]!;
  return { member, at, bytes: word(value) };
}

const word = (value: number): number[] => [24, 16, 8, 0].map((shift) => (value >> shift) & 255);

/** A blow at the structure: records lost, doubled, out of order, of another length, zeroed; fields with values that hurt. */
export function strikeStructure(victim: Pristine, random: Random): Blow {
  const below = (n: number): number => Math.floor(random() * n);
  const frame = victim.frames[below(victim.frames.length)]!;
  const { member, at, length } = frame;
  const record = [...victim.members.get(member)!.subarray(at, at + length)];
  const [lengthWord, hurt] = [word(length), WORDS[below(WORDS.length)]!];
  switch (below(8)) {
    case 0:
      return { member, at, cut: length, bytes: [] };
    case 1:
      return { member, at: at + length, cut: 0, bytes: record };
    case 2: {
      // Another record of the same member in its place.
      const same = victim.frames.filter((f) => f.member === member);
      const other = same[below(same.length)]!;
      return {
        member,
        at,
        cut: length,
        bytes: [...victim.members.get(member)!.subarray(other.at, other.at + other.length)],
      };
    }
    case 3: {
      // Both lengths agree on something else: bytes fewer, or more that are made up.
      const shift = (1 + below(8)) * (random() < 0.5 ? 1 : -1) * (random() < 0.7 ? 4 : 1);
      const inside = record.slice(4, -4);
      const next = shift < 0 ? inside.slice(0, shift) : [...inside, ...Array.from({ length: shift }, () => below(256))];
      return { member, at, cut: length, bytes: [...word(next.length + 8), ...next, ...word(next.length + 8)] };
    }
    case 4: {
      const from = below(length);
      return { member, at: at + from, bytes: new Array<number>(Math.min(length, 1 + below(64))).fill(0) };
    }
    case 5:
      // Lost bytes in the middle: the rest moves up.
      return { member, at: at + below(length), cut: 1 + below(16), bytes: [] };
    case 6:
      // The stamp of a record, or the type and first field of metadata.
      return { member, at: at + 4 * (1 + below(4)), bytes: word(hurt) };
    default: {
      const field = 4 * below(length >> 2);
      const old = record.length >= field + 4 ? Buffer.from(record).readInt32BE(field) : 0;
      const value = random() < 0.5 ? hurt : old + [1, -1, 4, -4, 256][below(5)]!;
      // With the length word the trailer changes too: the frame is sound and wrong.
      if (field === 0 && length > 8)
        return { member, at, cut: length, bytes: [...word(value), ...record.slice(4, -4), ...word(value)] };
      return { member, at: at + field, bytes: field === 0 ? lengthWord : word(value) };
    }
  }
}

/** The members of a victim after the blows. */
export function* damaged(victim: Pristine, blows: readonly Blow[]): Generator<[member: string, bytes: Buffer]> {
  for (const [member, whole] of victim.members) {
    let bytes: Buffer = Buffer.from(whole);
    for (const blow of blows) {
      if (blow.member !== member) continue;
      if (blow.bytes === null) bytes = bytes.subarray(0, blow.at);
      else if (blow.cut !== undefined)
        bytes = Buffer.concat([
          bytes.subarray(0, blow.at),
          Buffer.from(blow.bytes),
          bytes.subarray(blow.at + blow.cut),
        ]);
      else Buffer.from(blow.bytes).copy(bytes, blow.at);
    }
    yield [member, bytes];
  }
}

export function place(victim: Pristine, blows: readonly Blow[], target: string): void {
  for (const f of readdirSync(dirname(target))) {
    if (f.startsWith(`${basename(target)}.`)) rmSync(join(dirname(target), f));
  }
  for (const [member, bytes] of damaged(victim, blows)) writeFileSync(`${target}.${member}`, bytes);
}

/** Whole records before the blow; 0 if it fell on metadata or index. */
export function wholeBefore(victim: Pristine, blow: Blow): number {
  if (!/^\d+$/.test(blow.member)) return 0;
  return victim.ends.findIndex(
    (e) => Number(e.member) > Number(blow.member) || (e.member === blow.member && e.end > blow.at),
  );
}

export interface Attempt {
  readonly text: string;
  readonly records: number;
  readonly code?: string;
}

/** Sum line, or the code of the error. Anything without a code is thrown on: it is a finding. */
export function attempt(read: () => object): Attempt {
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

const wasm = new Wasm();

function analyse(base: string, metrics: readonly string[]) {
  const job = { jobId: '1001', start: 0, end: 100, nodes: [], nodeCount: 1, walltime: 100, acct: { user: 'user1' } };
  const [window] = decodeNode(wasm, {
    archives: [base],
    wanted: [...WANTED_METRICS, ...metrics],
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

/** What a decoder may take: 256 MiB and the largest record, which in these archives is small. */
const MAX_MEMORY = 256 * 2 ** 20;

/** What can be copied reads without damage, and in both versions alike. */
function judgeCopy(base: string): string[] {
  const copies = ([2, 3] as const).map((version) => {
    const target = `${base}-copy${version}`;
    for (const member of ['meta', 'index', '0']) rmSync(`${target}.${member}`, { force: true });
    return attempt(() => {
      copyArchive(base, target, { version, salvage: true });
      const { text: _, ...sum } = { text: '', ...dumpSum(target, { strict: true }) };
      return sum;
    });
  });
  const [a, b] = copies.map((c) => `${c.records} ${c.text.split(' ')[4] ?? ''}`);
  // A time may not fit version 2.
  if (copies.some((c) => c.code !== undefined)) return [];
  return a === b && !a!.includes('LOGREC') ? [] : [`copies: version 2 ${a}, version 3 ${b}`];
}

export interface Verdict {
  /** How reading ended: a code, or the canonical dump's status. */
  readonly ending: string;
  readonly records: number;
  /** What is wrong with the decoder; empty: nothing. */
  readonly wrong: readonly string[];
}

/**
 * Reads a damaged archive in every way and compares with the slow decoder, which reads it at `plain`: it knows no compressed files.
 * null: there is nothing to compare with.
 */
export function judge(
  base: string,
  metrics: readonly string[] = [],
  copied = false,
  plain: string | null = base,
): Verdict {
  const wrong: string[] = [];
  try {
    const ours = attempt(() => dumpSum(base));
    const theirs = plain === null ? ours : attempt(() => oracleSum(decodeArchive(plain)));
    // The slow decoder finds the same records, values and end.
    if (ours.code !== undefined ? theirs.code === undefined : ours.text !== theirs.text)
      wrong.push(`${ours.text} ${ours.code ?? ''}, oracle ${theirs.text} ${theirs.code ?? ''}`);
    // Neither the reducers nor the overview trap, hang, or fail without a code.
    const window = analyse(base, metrics);
    // A counter that goes back is said of a node, and is no damage of its archive.
    const damage = window.problems.filter((p) => p.code !== 'E_COUNTER_RESET');
    if (!coded(damage)) wrong.push(JSON.stringify(damage));
    if (ours.code !== undefined && damage.length === 0) wrong.push(`silent ${ours.code}`);
    const info = attempt(() => ({ ...archiveInfo(base), marks: 0 }));
    if (info.code !== undefined && ours.code === undefined) wrong.push(`info ${info.code}`);
    const check = checkArchive(base);
    if (ours.code !== undefined && check.findings.length === 0) wrong.push(`check is silent about ${ours.code}`);
    if (!coded(check.findings.map((f) => ({ file: '', ...f })))) wrong.push(JSON.stringify(check.findings));
    // Going on behind damage gives no less than stopping there.
    const salvaged = attempt(() => dumpSum(base, { salvage: true }));
    if (ours.code === undefined && salvaged.records < ours.records)
      wrong.push(`salvaged ${salvaged.text} ${salvaged.code ?? ''}, without ${ours.text}`);
    if (copied) wrong.push(...judgeCopy(base));
    const peak = peakMemory();
    if (peak > MAX_MEMORY) wrong.push(`the decoder took ${peak} bytes of memory`);
    return { ending: ours.code ?? ours.text.split(' ')[4]!, records: ours.records, wrong };
  } catch (error) {
    return { ending: 'thrown', records: 0, wrong: [...wrong, String((error as Error).stack ?? error)] };
  }
}
