// Owns columns: the values of a record put in order of their instances, so that what comes and goes does not shift the others.

import {
  Alignment,
  Arena,
  ColumnRow,
  Consumer,
  Places,
  STEADY,
  STOP_MEMORY,
  STOP_NONE,
  STOP_SHAPE,
  Structs,
} from '../layout';
import { regrow, take } from '../memory';
import { setColumns, setRow } from './columns';
import { clearMap, follow } from './idmap';
import { countOf } from './rows';

/** Gives a consumer columns: the instances of metric `master`. */
export function setAlign(c: Consumer, master: i32): bool {
  const arena = c.window.arena;
  const n = c.metricCount;
  const a = take<Alignment>(arena, offsetof<Alignment>());
  const rows = take<Structs<ColumnRow>>(arena, n * offsetof<ColumnRow>());
  if (!a || !rows) return false;
  for (let i = 0; i < n; i++) clearMap(rows[i].places);
  a.master = master;
  a.rows = rows;
  c.align = a;
  return true;
}

/** Room for the counts of the columns that the last record added. */
function widen(arena: Arena, a: Alignment, known: i32): bool {
  const n = a.ids.count;
  if (n > a.capacity) {
    const cap = known ? n << 1 : n;
    const seen = regrow(arena, a.seen, known << 2, cap << 2);
    if (!seen) return false;
    a.seen = seen;
    a.capacity = cap;
  }
  for (let i = known; i < n; i++) a.seen[i] = -a.plains;
  return true;
}

function count(a: Alignment, map: Places, n: i32): void {
  a.records++;
  if (map.plain == 1) {
    a.plains++;
    return;
  }
  const seen = a.seen;
  const at = map.at;
  for (let i = 0; i < n; i++) {
    const column = at[i];
    if (column >= 0) seen[column]++;
  }
}

/** Puts the current record's rows into columns. STOP_NONE, STOP_SHAPE (STEADY) or STOP_MEMORY. */
export function align(c: Consumer, arena: Arena): i32 {
  const a = c.align;
  const slots = c.slots;
  const rows = a.rows;
  const master = a.master;
  const n = c.metricCount;
  const ids = a.ids;
  const values = countOf(master) > 0 ? countOf(master) : 0;
  if (c.flags & STEADY) {
    for (let i = 0; i < n; i++) {
      if (!a.fixed) a.fixed = values;
      // A metric without values too makes the record one of another shape.
      if (countOf(i) != a.fixed) return STOP_SHAPE;
    }
  }
  if (values) {
    const known = ids.count;
    const slot = slots[master];
    const map = rows[master].places;
    if (!follow(arena, map, ids, slot, true)) return STOP_MEMORY;
    if (ids.count > known && !widen(arena, a, known)) return STOP_MEMORY;
    count(a, map, values);
  }
  setColumns(ids.count, arena);
  for (let i = 0; i < n; i++) {
    if (countOf(i) <= 0) continue;
    const row = rows[i];
    if (!follow(arena, row.places, ids, slots[i], false)) return STOP_MEMORY;
    setRow(i, row);
  }
  return STOP_NONE;
}
