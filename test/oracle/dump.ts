// Owns the canonical dump (tools/CANONICAL_DUMP.md): one line of text after the other.

import { createHash } from 'node:crypto';
import type { OracleArchive } from './archive.ts';
import { nsOfStamp, stampText } from './bytes.ts';
import { versionAt } from './indom.ts';
import { indomText, pmErrorName, pmidText, SEMANTICS, TYPE_NAMES, unitFields, unitsText } from './names.ts';
import type { DataRecord } from './record.ts';
import { bytesText, pairText } from './values.ts';

const NO_INDOM = 0xffffffff;
/** libpcp adds these to every name space by itself. */
const BUILTIN: ReadonlyMap<string, string> = new Map([
  ['event.flags', '511.0.1'],
  ['event.missed', '511.0.2'],
]);

export interface DumpSum {
  readonly version: number;
  readonly records: number;
  readonly marks: number;
  readonly values: number;
  readonly status: string;
  readonly sha256: string;
}

interface Counts {
  records: number;
  marks: number;
  values: number;
  last: string | null;
}

export function* canonicalDump(archive: OracleArchive): Iterable<string> {
  yield* dumpLines(archive, { records: 0, marks: 0, values: 0, last: null });
}

export function dumpSum(archive: OracleArchive): DumpSum {
  const counts: Counts = { records: 0, marks: 0, values: 0, last: null };
  const hash = createHash('sha256');
  for (const line of dumpLines(archive, counts)) hash.update(`${line}\n`);
  return { version: archive.label.version, ...counts, status: statusText(archive), sha256: hash.digest('hex') };
}

function statusText(archive: OracleArchive): string {
  return archive.status.kind === 'eof' ? 'eof' : archive.status.damage.pm;
}

function* dumpLines(archive: OracleArchive, counts: Counts): Iterable<string> {
  const { label } = archive;
  yield `{"label":{"version":${label.version},"host":${bytesText(label.host)},"tz":${bytesText(label.timezone)},"start":"${stampText(label.start)}"}}`;
  const indoms = new Set<number>();
  /** pmid → the name that sorts first, as JSON. */
  const keys = new Map<number, string>();
  const names = [...archive.names].map(([name, pmid]) => ({ name: Buffer.from(name, 'latin1'), pmid }));
  for (const { name, pmid } of names.sort((a, b) => a.name.compare(b.name))) {
    if (BUILTIN.get(name.toString('latin1')) === pmidText(pmid)) continue;
    const d = archive.descs.get(pmid)!;
    const indom = d.indom === NO_INDOM ? 'null' : `"${indomText(d.indom)}"`;
    const sem = SEMANTICS.has(d.semantics) ? `"${SEMANTICS.get(d.semantics)}"` : `${d.semantics}`;
    yield `{"metric":${bytesText(name)},"pmid":"${pmidText(pmid)}","indom":${indom},"type":"${TYPE_NAMES.get(d.type) ?? d.type}","sem":${sem},"units":${JSON.stringify(unitFields(d.units))},"unitstr":${JSON.stringify(unitsText(d.units))}}`;
    if (!keys.has(pmid)) keys.set(pmid, bytesText(name));
    if (d.indom !== NO_INDOM) indoms.add(d.indom);
  }
  for (const indom of sortedIndoms(indoms)) {
    const all = newestNames(archive, indom);
    if (all !== null) yield `{"indom":"${indomText(indom)}","all":${all}}`;
  }
  yield* recordLines(archive, keys, counts);
  const last = counts.last === null ? 'null' : `"${counts.last}"`;
  yield `{"end":{"status":"${statusText(archive)}","last":${last},"records":${counts.records},"marks":${counts.marks},"values":${counts.values}}}`;
}

/** By domain, then serial; bit 31 is not part of either. */
function sortedIndoms(indoms: Iterable<number>): number[] {
  return [...indoms].sort((a, b) => (a & 0x7fffffff) - (b & 0x7fffffff));
}

function membersText(members: Iterable<readonly [number, Buffer]>): string {
  const sorted = [...members].sort((a, b) => a[0] - b[0] || a[1].compare(b[1]));
  return `[${sorted.map(([id, name]) => `[${id},${bytesText(name)}]`).join(',')}]`;
}

function newestNames(archive: OracleArchive, indom: number): string | null {
  const versions = archive.indoms.get(indom);
  if (versions === undefined || versions.length === 0) return null;
  const newest = new Map<number, Buffer>();
  for (const version of versions.toReversed()) {
    // An instance twice: the first counts.
    for (const [id, name] of version.members) if (!newest.has(id)) newest.set(id, name);
  }
  return membersText(newest);
}

function* recordLines(archive: OracleArchive, keys: Map<number, string>, counts: Counts): Iterable<string> {
  /** Instance domain → text last written. */
  const written = new Map<number, string>();
  let before: bigint | null = null;
  for (const record of archive.records) {
    const ns = nsOfStamp(record.stamp);
    // libpcp never delivers a record that is earlier than one before it: by seconds first, then by the 32 bits beside them.
    const order = (record.stamp.sec << 32n) + BigInt.asIntN(32, record.stamp.nsec);
    if (before !== null && order < before) continue;
    before = order;
    const when = stampText(record.stamp);
    counts.last = when;
    counts.records++;
    if (record.sets.length === 0) {
      counts.marks++;
      yield `{"t":"${when}","mark":true}`;
      continue;
    }
    const used = new Set<number>();
    const items = recordItems(archive, record, keys, used, counts);
    for (const indom of sortedIndoms(used)) {
      const version = versionAt(archive.indoms.get(indom), ns);
      const text = version === undefined ? 'null' : membersText(version.members);
      if (written.get(indom) === text) continue;
      written.set(indom, text);
      yield `{"t":"${when}","indom":"${indomText(indom)}","now":${text}}`;
    }
    items.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
    yield `{"t":"${when}","m":{${items.map((i) => `${i.key}:${i.text}`).join(',')}}}`;
  }
}

function recordItems(
  archive: OracleArchive,
  record: DataRecord,
  keys: Map<number, string>,
  used: Set<number>,
  counts: Counts,
): { key: string; text: string }[] {
  const seen = new Map<string, number>();
  return record.sets.map((set) => {
    const desc = archive.descs.get(set.pmid);
    const plain = keys.get(set.pmid) ?? `"#${pmidText(set.pmid)}"`;
    const times = (seen.get(plain) ?? 0) + 1;
    seen.set(plain, times);
    const key = times === 1 ? plain : `${plain.slice(0, -1)}#${times}"`;
    if (set.numval < 0) return { key, text: `{"error":"${pmErrorName(set.numval)}"}` };
    if (set.numval > 0 && desc !== undefined && desc.indom !== NO_INDOM) used.add(desc.indom);
    counts.values += set.numval;
    return { key, text: `[${set.pairs.map((p) => `[${p.instance},${pairText(desc?.type, p)}]`).join(',')}]` };
  });
}
