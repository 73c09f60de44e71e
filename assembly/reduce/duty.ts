// Owns DUTY: for each column the time in which its share of metric 0 in the sum of all metrics is above one half, and below.

import {
  C_NMETRICS,
  DU_ABOVE,
  DU_BELOW,
  DU_CAP,
  DU_COUNT,
  DU_HAVE,
  DU_MAX,
  DU_PREV,
  DU_WIDTH,
  STOP_MEMORY,
  STOP_NONE,
} from '../layout';
import { regrow } from '../memory';
import { columns, columnVals } from './columns';
import { placeAll, wholeColumn, wholeRecord } from './wrapsum';

const HALF: f64 = 0.5;

function reserve(q: usize, arena: usize, n: i32, metrics: i32): bool {
  const old = load<i32>(q, DU_CAP);
  if (n <= old) return true;
  const cap = old ? n << 1 : n;
  const prev = regrow(arena, load<u32>(q, DU_PREV), (old * metrics) << 3, (cap * metrics) << 3);
  const above = regrow(arena, load<u32>(q, DU_ABOVE), old << 3, cap << 3);
  const below = regrow(arena, load<u32>(q, DU_BELOW), old << 3, cap << 3);
  const count = regrow(arena, load<u32>(q, DU_COUNT), old << 3, cap << 3);
  const have = regrow(arena, load<u32>(q, DU_HAVE), old, cap);
  if (!prev || !above || !below || !count || !have) return false;
  store<u32>(q, <u32>prev, DU_PREV);
  store<u32>(q, <u32>above, DU_ABOVE);
  store<u32>(q, <u32>below, DU_BELOW);
  store<u32>(q, <u32>count, DU_COUNT);
  store<u32>(q, <u32>have, DU_HAVE);
  store<i32>(q, cap, DU_CAP);
  return true;
}

// @ts-ignore: decorator
@inline
function add(list: usize, k: i32, x: f64): void {
  store<f64>(list + (k << 3), load<f64>(list + (k << 3)) + x);
}

export function duty(q: usize, c: usize, arena: usize): i32 {
  const metrics = load<i32>(c, C_NMETRICS);
  if (!wholeRecord(metrics)) return STOP_NONE;
  if (!placeAll(metrics) || !reserve(q, arena, columns, metrics)) return STOP_MEMORY;
  store<i32>(q, columns, DU_WIDTH);
  const have: usize = load<u32>(q, DU_HAVE);
  let sum: f64 = 0;
  for (let k = 0; k < columns; k++) {
    if (!wholeColumn(k, metrics)) continue;
    const known = load<u8>(have + k) != 0;
    store<u8>(have + k, 1);
    let prev = <usize>load<u32>(q, DU_PREV) + ((k * metrics) << 3);
    let own: f64 = 0;
    let total: f64 = 0;
    for (let m = 0; m < metrics; m++) {
      const x = load<f64>(columnVals(m) + (k << 3));
      const d = x - load<f64>(prev);
      if (m == 0) own = d;
      total += d;
      store<f64>(prev, x);
      prev += 8;
    }
    if (!known) continue;
    const share = own / total;
    add(load<u32>(q, DU_COUNT), k, 1);
    if (share > HALF) add(load<u32>(q, DU_ABOVE), k, total);
    else add(load<u32>(q, DU_BELOW), k, total);
    sum += share;
  }
  // Of a sum that is no number nothing is said; half-way goes to the even.
  const busy = nearest<f64>(sum);
  if (busy > load<f64>(q, DU_MAX)) store<f64>(q, busy, DU_MAX);
  return STOP_NONE;
}
