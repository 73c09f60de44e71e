// Owns from when on versions of instance domains hold in an archive whose clock was wrong.

import * as L from '../wasm/layout.gen.ts';
import { outOfMemory, type Wasm } from '../wasm/wasm.ts';
import type { IndexEntry } from './index-file.ts';
import type { Times } from './timeline.ts';

const FIRST = -(2n ** 63n);
const NEVER = 2n ** 63n - 1n;

/** A version as the metadata have it. */
interface Version {
  /** Addresses of its domain and its struct. */
  readonly domain: number;
  readonly at: number;
  /** Time and place of its record in the metadata. */
  readonly stampNs: bigint;
  readonly place: bigint;
}

function domainsOf(wasm: Wasm, reader: number): number[] {
  const list = wasm.u32(reader + L.Reader.domains);
  return Array.from({ length: wasm.i32(reader + L.Reader.domainCount) }, (_, i) => wasm.u32(list + 4 * i));
}

function versionsOf(wasm: Wasm, domain: number): Version[] {
  const list = wasm.u32(domain + L.Domain.versions);
  return Array.from({ length: wasm.i32(domain + L.Domain.count) }, (_, i) => {
    const at = list + i * L.Version.SIZE;
    return { domain, at, stampNs: wasm.i64(at + L.Version.stamp), place: wasm.i64(at + L.Version.fileOffset) };
  });
}

/** What a domain holds first is known of times before too: the members are those that its values have. */
export function holdFromTheBeginning(wasm: Wasm, reader: number): void {
  for (const domain of domainsOf(wasm, reader)) {
    const first = wasm.u32(domain + L.Domain.versions);
    if (wasm.i32(domain + L.Domain.count) > 0) wasm.view.setBigInt64(first + L.Version.ns, FIRST, true);
  }
}

/** The entries of an index that go forward, in places of metadata and data. */
function inOrder(entries: readonly IndexEntry[]): IndexEntry[] {
  const ordered: IndexEntry[] = [];
  for (const e of entries) {
    const last = ordered.at(-1);
    const forward =
      !last || (e.meta >= last.meta && (e.volume > last.volume || (e.volume === last.volume && e.data >= last.data)));
    if (forward) ordered.push(e);
  }
  return ordered;
}

/**
 * Whether versions may hold from wrong times. The index has an entry for a record with which metadata are written: what lies before its
 * place in the metadata is not later than it, what lies behind not earlier, and no record before it is later. `timeBefore`: of the
 * record before an entry's place, if that is known.
 */
export function oddStamps(
  wasm: Wasm,
  reader: number,
  entries: readonly IndexEntry[],
  timeBefore: (entry: IndexEntry) => bigint | null,
): boolean {
  if (entries.some((e, i) => i > 0 && e.ns < entries[i - 1]!.ns)) return true;
  const ordered = inOrder(entries);
  const asked = new Map<IndexEntry, boolean>();
  const isLate = (entry: IndexEntry): boolean => {
    const known = asked.get(entry) ?? (timeBefore(entry) ?? entry.ns) > entry.ns;
    asked.set(entry, known);
    return known;
  };
  const isOdd = ({ stampNs, place }: Version): boolean => {
    const behind = upper(ordered.length, (i) => ordered[i]!.meta <= place);
    const own = [ordered[behind - 1], ordered[behind]].filter((e) => e?.ns === stampNs);
    return own.length === 0 || own.some((e) => isLate(e!));
  };
  // The only version of a domain always holds.
  return domainsOf(wasm, reader).some((d) => wasm.i32(d + L.Domain.count) > 1 && versionsOf(wasm, d).some(isOdd));
}

/** How many of `n` things in order are before something. */
function upper(n: number, isBefore: (i: number) => boolean): number {
  let low = 0;
  for (let high = n; low < high; ) {
    const mid = (low + high) >>> 1;
    if (isBefore(mid)) low = mid + 1;
    else high = mid;
  }
  return low;
}

/**
 * A logger stamps an instance domain with the time of the record with which it is written. That of a record whose time is left out is as
 * wrong: such a version holds from the next kept record on, and never if there is none. `volumes`: the numbers of the volumes.
 *
 * The time of a version nearly always says with which record it was written. Where several records have that time, left out and kept,
 * the order decides, which is the same in metadata and data: the places of the index tell it, and the versions that lie before and
 * behind it in the metadata. What is still undecided is taken for sound.
 */
export function redateVersions(
  wasm: Wasm,
  reader: number,
  times: Times,
  kept: Uint8Array,
  index: { readonly entries: readonly IndexEntry[]; readonly volumes: readonly number[] },
): void {
  const domains = domainsOf(wasm, reader);
  const versions = domains.flatMap((d) => versionsOf(wasm, d)).sort((a, b) => (a.place < b.place ? -1 : 1));
  const written = recordsOf(versions, times, kept);
  const bounds = boundsOf(versions, times, index);
  const nearest = new Map<number, number>();
  // The first record that each may have been written with, given those before it, and the last, given those behind it; -1: none. A
  // domain is written once with a record.
  let least = 0;
  const first = written.map(({ records }, k) => {
    const from = Math.max(least, bounds[k]![0], 1 + (nearest.get(versions[k]!.domain) ?? -1));
    const found = records[upper(records.length, (i) => records[i]! < from)] ?? -1;
    if (found >= 0) least = found;
    if (found >= 0) nearest.set(versions[k]!.domain, found);
    return found;
  });
  nearest.clear();
  let most = times.ns.length;
  const last = new Array<number>(written.length);
  for (let k = written.length - 1; k >= 0; k--) {
    const { domain } = versions[k]!;
    const to = Math.min(most, bounds[k]![1], (nearest.get(domain) ?? times.ns.length) - 1);
    const { records } = written[k]!;
    last[k] = records[upper(records.length, (i) => records[i]! <= to) - 1] ?? -1;
    if (last[k]! >= 0) most = last[k]!;
    if (last[k]! >= 0) nearest.set(domain, most);
  }
  const holdsFrom = new Map<number, bigint>();
  const nextKept = nextOf(kept);
  for (const [k, { at }] of versions.entries()) {
    const { records, keptBefore } = written[k]!;
    let from = upper(records.length, (i) => records[i]! < first[k]!);
    let to = upper(records.length, (i) => records[i]! <= last[k]!);
    if (first[k]! < 0 || from >= to) [from, to] = [0, records.length];
    if (from === to || keptBefore[from]! < keptBefore[to]!) continue;
    const next = nextKept[records[from]!]!;
    holdsFrom.set(at, next === kept.length ? NEVER : times.ns[next]!);
  }
  for (const domain of domains) reorder(wasm, reader, domain, holdsFrom);
  // As much again as when they were read.
  if (wasm.x.foldDeltas(reader, Number.POSITIVE_INFINITY, 0) === 0) throw outOfMemory();
  // What they know of domains holds no more.
  wasm.x.dissolveAll(reader);
}

/** Records of one time, in stored order, and how many of those before each are kept; shared by all versions of that time. */
interface Written {
  readonly records: number[];
  readonly keptBefore: number[];
}

/** Per version the records of its time. */
function recordsOf(versions: readonly Version[], { ns }: Times, kept: Uint8Array): Written[] {
  const byTime = new Map<bigint, Written>(versions.map((v) => [v.stampNs, { records: [], keptBefore: [0] }]));
  for (const [i, t] of ns.entries()) {
    const written = byTime.get(t);
    if (!written) continue;
    written.records.push(i);
    written.keptBefore.push(written.keptBefore.at(-1)! + kept[i]!);
  }
  return versions.map((v) => byTime.get(v.stampNs)!);
}

/** Per record the first kept one from it on; their number if there is none. */
function nextOf(kept: Uint8Array): Uint32Array {
  const next = new Uint32Array(kept.length);
  for (let i = kept.length - 1, found = kept.length; i >= 0; i--) {
    if (kept[i]) found = i;
    next[i] = found;
  }
  return next;
}

/** Per version the first and the last record that the index lets it be written with. */
function boundsOf(
  versions: readonly Version[],
  { volume, offset, ns }: Times,
  { entries, volumes }: { readonly entries: readonly IndexEntry[]; readonly volumes: readonly number[] },
): (readonly [number, number])[] {
  const places = new Map(volumes.map((number, v) => [number, v]));
  const ordered = inOrder(entries.filter((e) => places.has(e.volume)));
  const recordAt = (e: IndexEntry): number => {
    const v = places.get(e.volume)!;
    return upper(ns.length, (i) => volume[i]! < v || (volume[i] === v && offset[i]! < Number(e.data)));
  };
  return versions.map(({ stampNs, place }) => {
    const behind = upper(ordered.length, (i) => ordered[i]!.meta <= place);
    const [before, after] = [ordered[behind - 1], ordered[behind]];
    // One entry of its time is that of its record; PCP's lie before the version in the metadata, others' behind it.
    const own = [before, after].filter((e) => e?.ns === stampNs);
    const record = own.length === 1 ? recordAt(own[0]!) : -1;
    if (record >= 0 && ns[record] === stampNs) return [record, record];
    return [before ? recordAt(before) : 0, after ? recordAt(after) : ns.length];
  });
}

/** The versions of a domain in the order of the times from which they hold, of equal ones in that of the metadata. */
function reorder(wasm: Wasm, reader: number, domain: number, holdsFrom: ReadonlyMap<number, bigint>): void {
  const versions = versionsOf(wasm, domain);
  if (!versions.some((v) => holdsFrom.has(v.at))) return;
  const ordered = versions
    .map((v) => ({ ...v, fromNs: holdsFrom.get(v.at) ?? v.stampNs }))
    .sort((a, b) => (a.fromNs === b.fromNs ? Number(a.place - b.place) : a.fromNs < b.fromNs ? -1 : 1));
  const list = wasm.need(wasm.x.reorderVersions(reader, domain) >>> 0);
  for (const [i, { at, fromNs }] of ordered.entries()) {
    const to = list + i * L.Version.SIZE;
    wasm.bytes.copyWithin(to, at, at + L.Version.SIZE);
    wasm.view.setBigInt64(to + L.Version.ns, i === 0 ? FIRST : fromNs, true);
  }
}
