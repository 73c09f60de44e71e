// Owns columns: the values of a record put in order of their instances, so that what comes and goes does not shift the others.

import {
  AL_CAP,
  AL_FIXED,
  AL_IDS,
  AL_MASTER,
  AL_PLAINS,
  AL_RECORDS,
  AL_ROWS,
  AL_SEEN,
  AL_SIZE,
  AR_MAP,
  AR_SIZE,
  C_ALIGN,
  C_FLAGS,
  C_NMETRICS,
  C_SLOTS,
  C_WINDOW,
  F_STEADY,
  IM_N,
  MP_AT,
  MP_PLAIN,
  STOP_MEMORY,
  STOP_NONE,
  STOP_SHAPE,
  W_ARENA,
} from '../layout';
import { regrow, take } from '../memory';
import { setColumns, setRow } from './columns';
import { clearMap, follow } from './idmap';
import { countOf } from './rows';

/** Gives a consumer columns: the instances of metric `master`. */
export function setAlign(c: usize, master: i32): bool {
  const arena = <usize>load<u32>(c, C_WINDOW) + W_ARENA;
  const n = load<i32>(c, C_NMETRICS);
  const a = take(arena, AL_SIZE);
  const rows = take(arena, n * AR_SIZE);
  if (!a || !rows) return false;
  for (let i = 0; i < n; i++) clearMap(rows + i * AR_SIZE + AR_MAP);
  store<i32>(a, master, AL_MASTER);
  store<u32>(a, <u32>rows, AL_ROWS);
  store<u32>(c, <u32>a, C_ALIGN);
  return true;
}

/** Room for the counts of the columns that the last record added. */
function widen(arena: usize, a: usize, known: i32): bool {
  const n = load<i32>(a + AL_IDS, IM_N);
  if (n > load<i32>(a, AL_CAP)) {
    const cap = known ? n << 1 : n;
    const seen = regrow(arena, load<u32>(a, AL_SEEN), known << 2, cap << 2);
    if (!seen) return false;
    store<u32>(a, <u32>seen, AL_SEEN);
    store<i32>(a, cap, AL_CAP);
  }
  for (let i = known; i < n; i++) store<i32>(<usize>load<u32>(a, AL_SEEN) + (i << 2), -load<i32>(a, AL_PLAINS));
  return true;
}

function count(a: usize, map: usize, n: i32): void {
  store<i32>(a, load<i32>(a, AL_RECORDS) + 1, AL_RECORDS);
  if (load<i32>(map, MP_PLAIN) == 1) {
    store<i32>(a, load<i32>(a, AL_PLAINS) + 1, AL_PLAINS);
    return;
  }
  const seen: usize = load<u32>(a, AL_SEEN);
  const at: usize = load<u32>(map, MP_AT);
  for (let i = 0; i < n; i++) {
    const column = load<i32>(at + (i << 2));
    if (column >= 0) store<i32>(seen + (column << 2), load<i32>(seen + (column << 2)) + 1);
  }
}

/** Puts the current record's rows into columns. STOP_NONE, STOP_SHAPE (F_STEADY) or STOP_MEMORY. */
export function align(c: usize, arena: usize): i32 {
  const a: usize = load<u32>(c, C_ALIGN);
  const slots: usize = load<u32>(c, C_SLOTS);
  const rows: usize = load<u32>(a, AL_ROWS);
  const master = load<i32>(a, AL_MASTER);
  const n = load<i32>(c, C_NMETRICS);
  const ids = a + AL_IDS;
  const values = countOf(master) > 0 ? countOf(master) : 0;
  if (load<i32>(c, C_FLAGS) & F_STEADY) {
    for (let i = 0; i < n; i++) {
      if (!load<i32>(a, AL_FIXED)) store<i32>(a, values, AL_FIXED);
      // A metric without values too makes the record one of another shape.
      if (countOf(i) != load<i32>(a, AL_FIXED)) return STOP_SHAPE;
    }
  }
  if (values) {
    const known = load<i32>(ids, IM_N);
    const slot: usize = load<u32>(slots + (master << 2));
    const map = rows + master * AR_SIZE + AR_MAP;
    if (!follow(arena, map, ids, slot, values, true)) return STOP_MEMORY;
    if (load<i32>(ids, IM_N) > known && !widen(arena, a, known)) return STOP_MEMORY;
    count(a, map, values);
  }
  setColumns(load<i32>(ids, IM_N), arena);
  for (let i = 0; i < n; i++) {
    if (countOf(i) <= 0) continue;
    const row = rows + i * AR_SIZE;
    if (!follow(arena, row + AR_MAP, ids, load<u32>(slots + (i << 2)), countOf(i), false)) return STOP_MEMORY;
    setRow(i, row);
  }
  return STOP_NONE;
}
