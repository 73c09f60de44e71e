// Owns FIRSTLAST: the first and the last record of a consumer's metrics, kept exactly (64-bit integers as integers).

import {
  C_FLAGS,
  C_NMETRICS,
  C_NORMS,
  C_SLOTS,
  F_COUNTERS,
  FL_CALLS,
  FL_FIRST_CODE,
  FL_FIRST_OUT,
  FL_FIRST_T,
  FL_LAST_CODE,
  FL_LAST_OUT,
  FL_LAST_T,
  FL_ROWS,
  FLR_CAP,
  FLR_FIRST,
  FLR_FIRST_IDS,
  FLR_FIRST_KEYS,
  FLR_GEN,
  FLR_IDS,
  FLR_INT,
  FLR_KEYS,
  FLR_LAST,
  FLR_NFIRST,
  FLR_NLAST,
  FLR_SIZE,
  K_OUT_RAW,
  L_CORRECTED,
  L_GEN,
  L_KEYS,
  L_PAIRS,
  L_BAD,
  L_RAW,
  N_RANGE,
  N_SIZE,
} from '../layout';
import { take } from '../memory';
import { isExact } from './restarts';
import { countOf, valsOf } from './rows';

function reserveRow(arena: usize, row: usize, n: i32, first: bool): bool {
  if (n <= load<i32>(row, FLR_CAP) && !first) return true;
  const cap = first ? n : n + (n >> 1);
  const last = take(arena, cap << 3);
  const ids = take(arena, cap << 2);
  const keys = take(arena, cap << 3);
  if (!last || !ids || !keys) return false;
  store<u32>(row, <u32>last, FLR_LAST);
  store<u32>(row, <u32>ids, FLR_IDS);
  store<u32>(row, <u32>keys, FLR_KEYS);
  store<i32>(row, cap, FLR_CAP);
  store<i32>(row, -1, FLR_GEN);
  return true;
}

/**
 * One delivered record with its outcome. Copies the rows each time: which record is the last is known only at the end,
 * and a few kB per record cost less than reading backwards. False if memory is exhausted.
 */
export function firstLast(q: usize, c: usize, arena: usize, t: f64, outcome: i32, code: i32): bool {
  const n = load<i32>(c, C_NMETRICS);
  const slots: usize = load<u32>(c, C_SLOTS);
  const norms: usize = load<u32>(c, C_NORMS);
  const counters = (load<i32>(c, C_FLAGS) & F_COUNTERS) != 0;
  const first = load<i32>(q, FL_CALLS) == 0;
  if (first) {
    store<i32>(q, outcome, FL_FIRST_OUT);
    store<i32>(q, code, FL_FIRST_CODE);
    store<f64>(q, t, FL_FIRST_T);
  }
  for (let i = 0; i < n; i++) {
    const row = <usize>load<u32>(q, FL_ROWS) + i * FLR_SIZE;
    const slot: usize = load<u32>(slots + (i << 2));
    const count = countOf(i) > 0 ? countOf(i) : 0;
    if (!reserveRow(arena, row, count, first)) return false;
    const exact = isExact(slot) && !load<i32>(slot, L_BAD) && !(norms && load<f64>(norms + i * N_SIZE, N_RANGE) != 0);
    const corrected: usize = counters ? <usize>load<u32>(slot, L_CORRECTED) : 0;
    const from: usize = !exact ? valsOf(i) : corrected ? <usize>load<u32>(corrected, K_OUT_RAW) : <usize>load<u32>(slot, L_RAW);
    memory.copy(load<u32>(row, FLR_LAST), from, count << 3);
    store<i32>(row, count, FLR_NLAST);
    store<i32>(row, exact ? 1 : 0, FLR_INT);
    if (count && load<i32>(slot, L_GEN) != load<i32>(row, FLR_GEN)) {
      const pairs: usize = load<u32>(slot, L_PAIRS);
      const ids: usize = load<u32>(row, FLR_IDS);
      for (let k = 0; k < count; k++) store<u32>(ids + (k << 2), load<u32>(pairs + (k << 3)));
      memory.copy(load<u32>(row, FLR_KEYS), load<u32>(slot, L_KEYS), count << 3);
      store<i32>(row, load<i32>(slot, L_GEN), FLR_GEN);
    }
    if (first) {
      const copy = take(arena, count << 3);
      const ids = take(arena, count << 2);
      const keys = take(arena, count << 3);
      if (!copy || !ids || !keys) return false;
      memory.copy(copy, from, count << 3);
      memory.copy(ids, load<u32>(row, FLR_IDS), count << 2);
      memory.copy(keys, load<u32>(row, FLR_KEYS), count << 3);
      store<u32>(row, <u32>ids, FLR_FIRST_IDS);
      store<u32>(row, <u32>keys, FLR_FIRST_KEYS);
      store<u32>(row, <u32>copy, FLR_FIRST);
      store<i32>(row, count, FLR_NFIRST);
    }
  }
  store<i32>(q, load<i32>(q, FL_CALLS) + 1, FL_CALLS);
  store<i32>(q, outcome, FL_LAST_OUT);
  store<i32>(q, code, FL_LAST_CODE);
  store<f64>(q, t, FL_LAST_T);
  return true;
}
