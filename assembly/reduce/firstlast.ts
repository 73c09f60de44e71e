// Owns FIRSTLAST: the first and the last record of a consumer's metrics, kept exactly (64-bit integers as integers).

import { Arena, COUNTERS, Consumer, Counter, copy, FirstLast, FirstLastRow, List, none } from '../layout';
import { take } from '../memory';
import { isExact } from './restarts';
import { countOf, valsOf } from './rows';

function reserveRow(arena: Arena, row: FirstLastRow, n: i32, first: bool): bool {
  if (n <= row.capacity && !first) return true;
  const cap = first ? n : n + (n >> 1);
  const last = take<usize>(arena, cap << 3);
  const ids = take<List<u32>>(arena, cap << 2);
  const keys = take<List<i64>>(arena, cap << 3);
  if (!last || !ids || !keys) return false;
  row.last = last;
  row.ids = ids;
  row.keys = keys;
  row.capacity = cap;
  row.generation = -1;
  return true;
}

/**
 * One delivered record with its outcome. Copies the rows each time: which record is the last is known only at the end,
 * and a few kB per record cost less than reading backwards. False if memory is exhausted.
 */
export function firstLast(q: FirstLast, c: Consumer, t: f64, outcome: i32, code: i32): bool {
  const arena = c.window.arena;
  const n = c.metricCount;
  const slots = c.slots;
  const norms = c.norms;
  const counters = (c.flags & COUNTERS) != 0;
  const first = q.calls == 0;
  if (first) {
    q.firstOutcome = outcome;
    q.firstCode = code;
    q.firstTime = t;
  }
  for (let i = 0; i < n; i++) {
    const row = q.rows[i];
    const slot = slots[i];
    const count = countOf(i) > 0 ? countOf(i) : 0;
    if (!reserveRow(arena, row, count, first)) return false;
    const exact = isExact(slot) && !slot.bad && !(norms && norms[i].range != 0);
    const corrected = counters ? slot.corrected : none<Counter>();
    const from = exact ? changetype<usize>(corrected ? corrected.outRaw : slot.raw) : changetype<usize>(valsOf(i));
    memory.copy(row.last, from, count << 3);
    row.lastCount = count;
    row.exact = exact ? 1 : 0;
    if (count && slot.generation != row.generation) {
      const pairs = slot.pairs;
      const ids = row.ids;
      for (let k = 0; k < count; k++) ids[k] = load<u32>(pairs + (k << 3));
      copy(row.keys, slot.keys, count);
      row.generation = slot.generation;
    }
    if (first) {
      const values = take<usize>(arena, count << 3);
      const ids = take<List<u32>>(arena, count << 2);
      const keys = take<List<i64>>(arena, count << 3);
      if (!values || !ids || !keys) return false;
      memory.copy(values, from, count << 3);
      copy(ids, row.ids, count);
      copy(keys, row.keys, count);
      row.firstIds = ids;
      row.firstKeys = keys;
      row.first = values;
      row.firstCount = count;
    }
  }
  q.calls++;
  q.lastOutcome = outcome;
  q.lastCode = code;
  q.lastTime = t;
  return true;
}
