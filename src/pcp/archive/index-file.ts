// Owns the temporal index as TypeScript sees it: reading it, and what is odd about its entries.

import { statSync } from 'node:fs';
import type { Problem } from '../../kernel/index.ts';
import type { FileSet } from '../files/fileset.ts';
import { STRAY_BYTES } from '../files/limits.ts';
import { isPacked } from '../files/source.ts';
import type { FileStream } from '../files/stream.ts';
import * as L from '../wasm/layout.gen.ts';
import { outOfMemory, type Wasm } from '../wasm/wasm.ts';

/** Most entries of an index: pmlogger makes one in 100 kB. */
const MAX_ENTRIES = 500_000;

/** Reads all entries behind the label; a partial one at the end is the problem, and more than can be are, of which none is used. */
export function readIndex(wasm: Wasm, reader: number, stream: FileStream): Problem | null {
  const { file } = stream.source;
  do {
    if (wasm.x.scanIndex(reader) < 0) throw outOfMemory();
    if (wasm.i32(reader + L.Reader.indexCount) > MAX_ENTRIES) {
      wasm.view.setInt32(reader + L.Reader.indexCount, 0, true);
      const message = 'the temporal index has more entries than are read';
      return { code: 'E_ARCHIVE_INDEX', message, file, expected: `at most ${MAX_ENTRIES}` };
    }
  } while (stream.fill());
  if (stream.unread === 0 && wasm.i32(reader + L.Reader.indexCount) > 0) return null;
  if (stream.unread === 0) {
    // PCP takes the whole archive for empty.
    const message = 'the temporal index holds a label and nothing else';
    return { code: 'E_ARCHIVE_INDEX', message, file, record: 'label' };
  }
  return {
    ...{ code: 'E_ARCHIVE_INDEX', message: 'the temporal index ends inside an entry', file, offset: stream.offset },
    found: `${stream.unread} bytes`,
  };
}

const EARLIEST = -(2n ** 63n);
const FOREVER = 2n ** 63n - 1n;

/** Time of the record that starts where the reader stands, after all times at the end of the file; null: none starts there. */
export function timeHere(wasm: Wasm, reader: number, stream: FileStream): bigint | null {
  for (;;) {
    const status = wasm.x.scanData(reader, EARLIEST);
    // Whatever may be odd about its time.
    if (status === L.S_UNTIL || status === L.S_ODD) return wasm.i64(reader + L.Reader.ns);
    if (status !== L.S_MORE && status !== L.S_GROW) return null;
    try {
      if (status === L.S_GROW) stream.makeRoom();
      else if (!stream.fill()) return stream.unread > STRAY_BYTES ? null : FOREVER;
    } catch {
      // Longer than the file or than a record may be, or damaged below the compression: whoever reads on meets the same.
      return null;
    }
  }
}

export interface IndexEntry {
  readonly ns: bigint;
  readonly volume: number;
  readonly meta: bigint;
  readonly data: bigint;
}

function indexEntry(wasm: Wasm, reader: number, i: number): IndexEntry {
  const at = wasm.u32(reader + L.Reader.index) + i * L.IndexEntry.SIZE;
  return {
    ns: wasm.i64(at + L.IndexEntry.ns),
    volume: wasm.i32(at + L.IndexEntry.volume),
    meta: wasm.i64(at + L.IndexEntry.meta),
    data: wasm.i64(at + L.IndexEntry.data),
  };
}

export function indexEntries(wasm: Wasm, reader: number): IndexEntry[] {
  return Array.from({ length: wasm.i32(reader + L.Reader.indexCount) }, (_, i) => indexEntry(wasm, reader, i));
}

/** A jump by the index must save at least this much reading. */
const WORTH_A_SEEK = 2 * 1024 * 1024;

/** Most bytes that are read only to see whether the clock was set there. */
const WORTH_A_LOOK = 1024 * 1024;

/** Bytes from one entry's place to a later one's; infinite if nobody knows. */
function bytesBetween(a: IndexEntry, b: IndexEntry, { volumes }: FileSet): number {
  if (a.volume === b.volume) return Number(b.data - a.data);
  const i = volumes.findIndex((v) => v.number === a.volume);
  if (i < 0 || volumes[i + 1]?.number !== b.volume || isPacked(volumes[i]!.path)) return Number.POSITIVE_INFINITY;
  return statSync(volumes[i]!.path).size - Number(a.data) + Number(b.data);
}

/**
 * The entry two places before another, if they are not far apart. From there on records are read before a window: where the clock was
 * set back a little, some of the window may lie before the place that the index gives, and which of them count is seen where it was set.
 */
function withRoom(wasm: Wasm, reader: number, entry: number, files: FileSet): IndexEntry {
  const last = indexEntry(wasm, reader, entry);
  let from = last;
  let places = 0;
  for (let i = entry - 1; i >= 0 && places < 2; i--) {
    const earlier = indexEntry(wasm, reader, i);
    if (earlier.volume === from.volume && earlier.data === from.data) continue;
    if (bytesBetween(earlier, last, files) > WORTH_A_LOOK) break;
    from = earlier;
    places++;
  }
  return from;
}

/**
 * The place from which on the records of a time are found by the index, with the time of its entry, if it is far enough ahead; null: read on. Volumes are given by
 * their place in the file set. A compressed one is unpacked from its beginning anyway: only whole ones are passed over.
 */
export function jumpTo(
  wasm: Wasm,
  reader: number,
  forNs: bigint,
  here: { readonly volume: number; readonly offset: number },
  files: FileSet,
): { readonly ns: bigint; readonly volume: number; readonly offset: number; readonly packed: boolean } | null {
  const { volumes } = files;
  const entry = wasm.x.seekIndex(reader, forNs);
  if (entry < 0) return null;
  const { ns, volume: number, data } = withRoom(wasm, reader, entry, files);
  const volume = volumes.findIndex((v) => v.number === number);
  const offset = Number(data);
  const further = volume > here.volume || (volume === here.volume && offset > here.offset + WORTH_A_SEEK);
  const packed = further && isPacked(volumes[volume]!.path);
  return further && !(packed && volume === here.volume) ? { ns, volume, offset, packed } : null;
}

/** The offsets of entries by the number of their volume. */
function grouped(entries: readonly IndexEntry[]): Map<number, number[]> {
  const offsets = new Map<number, number[]>();
  for (const { volume, data } of entries) {
    const own = offsets.get(volume);
    if (own) own.push(Number(data));
    else offsets.set(volume, [Number(data)]);
  }
  return offsets;
}

/**
 * Places at which records start behind another place of the same volume, as the index has them: where to go on behind damage. A volume
 * is given by its place in the file set.
 */
export function placesBehind(entries: readonly IndexEntry[], { volumes }: FileSet) {
  let byNumber: Map<number, number[]> | undefined;
  const sorted = new Map<number, Float64Array>();
  const placesIn = (volume: number): Float64Array => {
    byNumber ??= grouped(entries);
    const places = sorted.get(volume) ?? Float64Array.from(byNumber.get(volumes[volume]!.number) ?? []).sort();
    sorted.set(volume, places);
    return places;
  };
  // One after the other, as mostly the first serves: a file may be damaged everywhere.
  return function* (volume: number, offset: number): Iterable<number> {
    const places = placesIn(volume);
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (places[middle]! > offset) high = middle;
      else low = middle + 1;
    }
    for (let i = low; i < places.length; i++) yield places[i]!;
  };
}

/** It names a place that is not where it says: no jump is made from here on. */
export function dropIndex(wasm: Wasm, reader: number, file: string | null): Problem {
  wasm.view.setInt32(reader + L.Reader.indexCount, 0, true);
  const message = 'the temporal index leads astray and was not used';
  return { code: 'E_ARCHIVE_INDEX', message, ...(file ? { file } : {}) };
}

/** What is known of the places that entries name. */
interface Places {
  /** Whether a record may start at an offset of a volume. */
  starts(volume: number, offset: number): boolean;
  /** Whether the time of the record there is left out, and the entry's with it. */
  isWrong(volume: number, offset: number): boolean;
  /** Whether a volume is known not to be there. */
  isMissing(volume: number): boolean;
}

/** Where PCP begins: of records before it PCP reads none; of an archive in which no record starts there, none at all. */
const BEGINS_LATE = 'a first entry behind the first record, where PCP begins';
export const BEGINS_NOWHERE = 'a first entry at which no record starts, where PCP begins';

/** What an index must not say; each kind with its entries (counted from 1). `label`: its bytes. `sizes`: of the volumes, where known. */
export function indexOddities(
  entries: readonly IndexEntry[],
  label: number,
  sizes: ReadonlyMap<number, number | null>,
  { starts, isWrong, isMissing }: Places,
): ReadonlyMap<string, number[]> {
  const odd = new Map<string, number[]>();
  const note = (what: string, i: number): void => {
    const list = odd.get(what);
    if (list) list.push(i + 1);
    else odd.set(what, [i + 1]);
  };
  let begun = false;
  let latest: bigint | null = null;
  for (const [i, e] of entries.entries()) {
    const before = entries[i - 1];
    const size = sizes.get(e.volume);
    if (!isWrong(e.volume, Number(e.data))) {
      if (e.ns < 0n) note('a time before 1970', i);
      if (latest !== null && e.ns < latest) note('a time before that of the entry before', i);
      latest = e.ns;
    }
    if (before && e.volume < before.volume) note('a volume before that of the entry before', i);
    if (size === undefined && !isMissing(e.volume)) note('a volume that does not exist', i);
    if (before && e.volume === before.volume && (e.data < before.data || e.meta < before.meta))
      note('an offset before that of the entry before', i);
    const isBeyond = typeof size === 'number' && e.data > size;
    const isInside = !starts(e.volume, Number(e.data));
    if (!begun && size !== undefined) {
      begun = true;
      if (e.data < label || isBeyond || isInside) note(BEGINS_NOWHERE, i);
      else if (e.data > label) note(BEGINS_LATE, i);
    }
    if (e.data < label || e.meta < label) note('an offset inside the label', i);
    else if (isBeyond) note('an offset beyond the end of the volume', i);
    else if (isInside) note('an offset inside a record', i);
  }
  return odd;
}
