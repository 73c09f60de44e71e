// Owns memory: blocks of powers of two from the top of the heap, and arenas that chain them and give them back whole.
// Nothing allocates while records are read, except a struct that must hold more instances than ever before.

import { Arena } from './layout';

/** 64 KiB: one page of WASM memory, the smallest block. */
const MIN_SHIFT: u32 = 16;
const CLASSES: u32 = 15;
/** Block head: next block of its chain or free list, size class, whether it was in use before (else it is zero, as memory grows), and in
 * an arena how many bytes it and the blocks behind it have. */
const HEAD: u32 = 16;

const freeLists = memory.data(60);
let top: usize = 0;

function classOf(size: u32): u32 {
  if (size <= 1 << MIN_SHIFT) return 0;
  return 32 - clz<u32>(size - 1) - MIN_SHIFT;
}

/** A block of at least `size` bytes plus its head; 0 if the maximum memory is reached. */
function takeBlock(size: u32): usize {
  if (size > 0x3fff0000) return 0;
  const c = classOf(size + HEAD);
  if (c >= CLASSES) return 0;
  const list = freeLists + (c << 2);
  let block: usize = load<u32>(list);
  if (block) {
    store<u32>(list, load<u32>(block));
  } else {
    if (!top) top = (__heap_base + 63) & ~63;
    block = top;
    const end = top + (1 << (c + MIN_SHIFT));
    const need = ((end + 0xffff) >>> 16) as i32;
    const have = memory.size();
    // By an eighth at least, as each call has its price, but by no more than 4 MiB beyond need: what is not touched costs nothing.
    const more = min(have >>> 3, 64);
    if (need > have && memory.grow(max(need - have, more)) < 0 && memory.grow(need - have) < 0) return 0;
    top = end;
  }
  store<u32>(block + 4, c);
  return block;
}

function giveBlock(block: usize): void {
  store<u32>(block, 1, 8);
  const list = freeLists + (load<u32>(block + 4) << 2);
  store<u32>(block, load<u32>(list));
  store<u32>(list, block as u32);
}

/** A window of bytes: a block of its own. */
export function takeWindow(size: u32): usize {
  const block = takeBlock(size);
  return block ? block + HEAD : 0;
}

export function giveWindow(window: usize): void {
  if (window) giveBlock(window - HEAD);
}

/** Usable bytes of a window. */
export function windowCapacity(window: usize): u32 {
  return ((<u32>1) << (load<u32>(window - HEAD + 4) + MIN_SHIFT)) - HEAD;
}

/** Bytes of all blocks of an arena. */
export function arenaBytes(arena: Arena): u32 {
  const block = arena.block;
  return block ? load<u32>(block, 12) : 0;
}

/** Zeroed memory for a struct or a list, aligned to 16; 0 if the maximum is reached. */
export function take<T>(arena: Arena, size: u32): T {
  return changetype<T>(takeBytes(arena, size));
}

function takeBytes(arena: Arena, size: u32): usize {
  const rounded = (size + 15) & ~15;
  if (rounded < size) return 0;
  let cur = arena.current;
  if (cur == 0 || rounded > <u32>(arena.end - cur)) {
    const block = takeBlock(rounded);
    if (!block) return 0;
    const blockBytes = (<u32>1) << (load<u32>(block + 4) + MIN_SHIFT);
    store<u32>(block, arenaBytes(arena) + blockBytes, 12);
    store<u32>(block, arena.block as u32);
    arena.block = block;
    cur = block + HEAD;
    arena.end = block + blockBytes;
  }
  arena.current = cur + rounded;
  if (load<u32>(arena.block, 8)) memory.fill(cur, 0, rounded);
  return cur;
}

/** A larger copy of an array whose `used` bytes are kept; 0 if the maximum is reached. The old one stays until release. */
export function regrow<T>(arena: Arena, old: T, used: u32, size: u32): T {
  return changetype<T>(regrowBytes(arena, changetype<usize>(old), used, size));
}

function regrowBytes(arena: Arena, old: usize, used: u32, size: u32): usize {
  const grown = takeBytes(arena, size);
  if (grown && used) memory.copy(grown, old, used);
  return grown;
}

export function release(arena: Arena): void {
  let block = arena.block;
  while (block) {
    const next: usize = load<u32>(block);
    giveBlock(block);
    block = next;
  }
  memory.fill(changetype<usize>(arena), 0, offsetof<Arena>());
}
