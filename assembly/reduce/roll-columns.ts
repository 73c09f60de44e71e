// Owns ROLL by column: each instance has a count of its own, so that one that comes or goes does not end the others'.

import {
  AR_MAP,
  MAX_COLUMNS,
  MP_AT,
  MP_PLAIN,
  Q_FLAGS,
  Q_LANE,
  Q_SKIP_FIRST,
  RC_COUNT,
  RC_MAX,
  RC_MEAN,
  RC_MIN,
  RC_SHARE,
  RC_SIZE,
  RO_CHUNKS,
  RO_COUNT,
  RO_DIRECT,
  RO_WIDTH,
  STOP_MEMORY,
  STOP_NONE,
} from '../layout';
import { take } from '../memory';
import { columns, rowOf } from './columns';
import { anyLane, isPresent, ready, vector, width } from './lane';
import { countOf, valsOf } from './rows';

/** Room for `n` columns, in chunks that stay where they are: thousands come and go in a day, each of them once. */
function reserve(q: usize, arena: usize, n: i32): bool {
  const old = load<i32>(q, RO_WIDTH);
  if (n <= old) return true;
  let chunks: usize = load<u32>(q, RO_CHUNKS);
  if (!chunks) {
    chunks = take(arena, (MAX_COLUMNS / RC_SHARE) << 2);
    if (!chunks) return false;
    store<u32>(q, <u32>chunks, RO_CHUNKS);
  }
  for (let k = (old + RC_SHARE - 1) / RC_SHARE; k * RC_SHARE < n; k++) {
    const chunk = take(arena, RC_SHARE * RC_SIZE);
    if (!chunk) return false;
    store<u32>(chunks + (k << 2), <u32>chunk);
  }
  store<i32>(q, n, RO_WIDTH);
  return true;
}

/** Takes value v into column i. */
// @ts-ignore: decorator
@inline
function put(chunks: usize, i: i32, v: f64): void {
  const c = <usize>load<u32>(chunks + ((i / RC_SHARE) << 2)) + (i % RC_SHARE) * RC_SIZE;
  const n = load<f64>(c, RC_COUNT) + 1;
  store<f64>(c, n, RC_COUNT);
  if (n == 1) {
    store<f64>(c, v, RC_MEAN);
    store<f64>(c, v, RC_MIN);
    store<f64>(c, v, RC_MAX);
    return;
  }
  const m = load<f64>(c, RC_MEAN);
  store<f64>(c, m + (v - m) * (1.0 / n), RC_MEAN);
  if (v < load<f64>(c, RC_MIN) || v != v) store<f64>(c, v, RC_MIN);
  if (v > load<f64>(c, RC_MAX) || v != v) store<f64>(c, v, RC_MAX);
}

/** One record; `first`: the first that the consumer accepted. */
export function rollColumns(q: usize, arena: usize, first: bool): i32 {
  const lane: usize = load<u32>(q, Q_LANE);
  if (!ready(lane)) return STOP_NONE;
  const direct = load<i32>(q, RO_DIRECT) - 1;
  const map: usize = direct < 0 ? 0 : rowOf(direct) + AR_MAP;
  // Values as they lie in the record, unless one instance is there twice: the last of them counts, once.
  const plain = map && load<i32>(map, MP_PLAIN) >= 0;
  if (!plain) {
    const status = anyLane(lane);
    if (status != STOP_NONE) return status;
  }
  const n = plain ? columns : width;
  if (!reserve(q, arena, n)) return STOP_MEMORY;
  if (first && load<i32>(q, Q_FLAGS) & Q_SKIP_FIRST) return STOP_NONE;
  store<i32>(q, load<i32>(q, RO_COUNT) + 1, RO_COUNT);
  const chunks: usize = load<u32>(q, RO_CHUNKS);
  if (plain) {
    const x = valsOf(direct);
    const at: usize = load<u32>(map, MP_AT);
    for (let k = 0; k < countOf(direct); k++) {
      const column = load<i32>(at + (k << 2));
      if (column >= 0) put(chunks, column, load<f64>(x + (k << 3)));
    }
    return STOP_NONE;
  }
  for (let i = 0; i < n; i++) if (isPresent(i)) put(chunks, i, load<f64>(vector + (i << 3)));
  return STOP_NONE;
}
