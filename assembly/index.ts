// Owns the ABI: the exported functions, nothing else. src/pcp/wasm/wasm.ts has their TypeScript side.

import { Reader } from './layout';
import { giveWindow, takeWindow, windowCapacity } from './memory';

export { foldDeltas, metadataBytes } from './archive/delta';
export { describeMetric, wantMetric } from './archive/described';
export { scanIndex, seekIndex } from './archive/index-file';
export { findIndom, nameIn, reorderVersions, versionAt } from './archive/indom';
export { readLabel } from './archive/label';
export { scanMeta } from './archive/meta';
export { soundSet } from './archive/record';
export { resync } from './archive/resync';
export { dissolveAll } from './archive/steady';
export { stringsAddress, stringsCount } from './archive/strings';
export { setAlign } from './reduce/align';
export { takeMoments, watchBoot } from './reduce/boot';
export { watchCounter } from './reduce/counters';
export { settleWindow } from './reduce/deliver';
export { linkReducer } from './reduce/fullseries';
export { addMatch } from './reduce/match';
export { setSections } from './reduce/sections';
export { setWrap } from './reduce/wrapsum';
export { nextHead, nextRecord, scanData, skipRecord } from './scan';
export {
  addConsumer,
  addLane,
  addReducer,
  addSlotWant,
  attachWindows,
  closeReader,
  closeWindow,
  openReader,
  openWindow,
  setLaneRow,
  setLead,
  setMetric,
  setTally,
  slotAt,
} from './select';

import { resetScratch } from './reduce/lane';
import { openSession as open } from './select';

export function openSession(slots: i32): bool {
  resetScratch();
  return open(slots);
}

/** Memory and file pages. */
const PAGE: u32 = 4096;

/**
 * Moves the unread tail to the window's start, such that what is read next lies as in the file's pages: the kernel copies
 * from page to page much faster. Returns how many bytes to read behind it.
 */
export function slide(r: Reader): u32 {
  const win = r.buffer;
  const pos = r.position;
  const end = r.end;
  const have = <u32>(end - pos);
  const next = r.fileOffset + <i64>(end - win);
  const cap = r.capacity;
  let shift = (<u32>next - <u32>win - have) & (PAGE - 1);
  // A record that needs all of the window gets it.
  if (<u32>r.length > cap - shift || have + shift >= cap) shift = 0;
  const to = win + shift;
  if (pos != to) memory.copy(to, pos, have);
  r.position = to;
  r.end = to + have;
  r.fileOffset = next - have - shift;
  const free = cap - shift - have;
  const beyond = (<u32>next + free) & (PAGE - 1);
  return free > beyond + PAGE ? free - beyond : free;
}

/** Empties the window for a file position. */
export function seekWindow(r: Reader, offset: i64): void {
  const win = r.buffer;
  r.position = win;
  r.end = win;
  r.fileOffset = offset;
}

/** A window of at least `bytes` with the same content; false if memory is exhausted. */
export function growWindow(r: Reader, bytes: u32): bool {
  const old = r.buffer;
  const win = takeWindow(bytes);
  if (!win) return false;
  const pos = r.position;
  const end = r.end;
  memory.copy(win, pos, end - pos);
  r.fileOffset += <i64>(pos - old);
  r.buffer = win;
  r.capacity = windowCapacity(win);
  r.position = win;
  r.end = win + (end - pos);
  giveWindow(old);
  return true;
}

/** Scratch memory for TypeScript, which puts strings there; 0 if memory is exhausted. */
export function takeBytes(bytes: u32): usize {
  return takeWindow(bytes);
}

export function giveBytes(p: usize): void {
  giveWindow(p);
}
