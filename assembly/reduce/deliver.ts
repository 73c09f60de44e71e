// Owns handing a record to all consumers of a window: a short way for the plain ones, the whole of consume() for the others.

import { settleCoverage } from '../coverage';
import {
  C_ACCEPTED,
  C_PLAIN,
  C_PLAIN_ROLL,
  C_RECORDS,
  C_STOP,
  GS_ALONE,
  GS_SIZE,
  LANE_ORDER,
  LANE_ROWS,
  L_BAD,
  L_COUNT,
  L_DOMAIN,
  L_GEN,
  L_SEQ,
  L_VALS,
  STOP_NONE,
  STOP_SKIP,
  Q_LANE,
  WP_CONSUMER,
  WP_GEN,
  WP_HITS,
  WP_ROLL,
  WP_SET,
  WP_SIZE,
  WP_SLOT,
  W_ARENA,
  W_CONSUMERS,
  W_CORRECTED,
  W_NCONSUMERS,
  W_NCOUNTERS,
  W_NPLAINS,
  W_NSETS,
  W_PLAINS,
  W_SETS,
} from '../layout';
import { take } from '../memory';
import { consume, halt } from './consumer';
import { uncorrect, watchCounters } from './counters';
import { endSet, pushSet, setOf, settleSet } from './group';
import { isPlain } from './order';
import { rollValues } from './roll';

/** Lists the plain consumers of a window, and puts them first among the others. False if memory is exhausted. */
function listPlains(w: usize): bool {
  const n = load<i32>(w, W_NCONSUMERS);
  const list: usize = load<u32>(w, W_CONSUMERS);
  const plains = take(w + W_ARENA, n * WP_SIZE + 16);
  if (!plains) return false;
  store<u32>(w, <u32>plains, W_PLAINS);
  let found = 0;
  for (let i = 0; i < n; i++) {
    const c = load<u32>(list + (i << 2));
    const slot = load<u32>(c, C_PLAIN);
    if (!slot) continue;
    const p = plains + found * WP_SIZE;
    store<u32>(p, slot, WP_SLOT);
    store<u32>(p, load<u32>(c, C_PLAIN_ROLL), WP_ROLL);
    store<u32>(p, c, WP_CONSUMER);
    store<u32>(list + (i << 2), load<u32>(list + (found << 2)));
    store<u32>(list + (found << 2), c);
    found++;
  }
  store<i32>(w, found, W_NPLAINS);
  return true;
}

/** Adds the records that a plain consumer got on the short way to its counters. */
function settle(p: usize): void {
  const c: usize = load<u32>(p, WP_CONSUMER);
  const hits = load<i32>(p, WP_HITS);
  store<i32>(c, load<i32>(c, C_RECORDS) + hits, C_RECORDS);
  store<i32>(c, load<i32>(c, C_ACCEPTED) + hits, C_ACCEPTED);
  store<i32>(p, 0, WP_HITS);
}

/** Brings all counters of a window up to date, for whoever reads them. */
export function settleWindow(w: usize): void {
  settleCoverage(w);
  const sets: usize = load<u32>(w, W_SETS);
  for (let i = 0; i < load<i32>(w, W_NSETS); i++) settleSet(sets + i * GS_SIZE);
  const plains: usize = load<u32>(w, W_PLAINS);
  for (let i = 0; i < load<i32>(w, W_NPLAINS); i++) settle(plains + i * WP_SIZE);
}

/** Hands the current record to all consumers of a window. `steady`: the plan that it was taken by, or 0. */
export function consumeAll(w: usize, r: usize, seq: i32, ns: i64, t: f64, steady: usize): bool {
  if (!load<u32>(w, W_PLAINS) && !listPlains(w)) return false;
  if (load<i32>(w, W_NCOUNTERS) && !watchCounters(w, r, seq, ns)) return false;
  const plains = load<i32>(w, W_NPLAINS);
  if (plains) {
    const set = steady ? setOf(w, steady, seq) : 0;
    if (set) pushSet(set, steady);
    if (!set || !load<i32>(set, GS_ALONE)) consumePlains(w, seq, t, set);
  }
  const arena = w + W_ARENA;
  const n = load<i32>(w, W_NCONSUMERS);
  const list: usize = load<u32>(w, W_CONSUMERS);
  for (let i = plains; i < n; i++) consume(load<u32>(list + (i << 2)), arena, seq, t);
  if (load<i32>(w, W_CORRECTED)) uncorrect(w);
  return true;
}

/** Hands it to the plain ones, but for the members of `set`, which have it. */
function consumePlains(w: usize, seq: i32, t: f64, set: usize): void {
  const arena = w + W_ARENA;
  let p: usize = load<u32>(w, W_PLAINS);
  const end = p + load<i32>(w, W_NPLAINS) * WP_SIZE;
  for (; p < end; p += WP_SIZE) {
    const slot: usize = load<u32>(p, WP_SLOT);
    if (load<i32>(slot, L_SEQ) != seq) continue;
    const own: usize = load<u32>(p, WP_SET);
    if (own) {
      if (own == set) continue;
      endSet(own);
    }
    const count = load<i32>(slot, L_COUNT);
    // Not with other instances than before, which the long way looks at.
    const hits = load<i32>(p, WP_GEN) == load<i32>(slot, L_GEN) ? load<i32>(p, WP_HITS) : 0;
    // In the plain case there is nothing to judge; the first record, and all that is odd, goes the long way.
    if (hits && count > 0 && <u32>count <= <u32>load<i32>(slot, L_DOMAIN) && !load<i32>(slot, L_BAD)) {
      store<i32>(p, hits + 1, WP_HITS);
      const status = rollValues(load<u32>(p, WP_ROLL), arena, false, load<u32>(slot, L_VALS), count);
      if (status == STOP_NONE) continue;
      // The long way finds it stopped from now on.
      settle(p);
      halt(load<u32>(p, WP_CONSUMER), status, 0);
      continue;
    }
    const c: usize = load<u32>(p, WP_CONSUMER);
    settle(p);
    const accepted = load<i32>(c, C_ACCEPTED);
    consume(c, arena, seq, t);
    // One hit in advance opens the short way for the next record.
    const lane: usize = load<u32>(<usize>load<u32>(p, WP_ROLL), Q_LANE);
    const plain = isPlain(load<u32>(lane + LANE_ROWS, LANE_ORDER), slot);
    if (plain && load<i32>(c, C_ACCEPTED) > accepted && load<i32>(c, C_STOP) <= STOP_SKIP) {
      store<i32>(c, load<i32>(c, C_RECORDS) - 1, C_RECORDS);
      store<i32>(c, load<i32>(c, C_ACCEPTED) - 1, C_ACCEPTED);
      store<i32>(p, 1, WP_HITS);
      store<i32>(p, load<i32>(slot, L_GEN), WP_GEN);
    }
  }
}
