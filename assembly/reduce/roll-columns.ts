// Owns ROLL by column: each instance has a count of its own, so that one that comes or goes does not end the others'.

import {
  Arena,
  CHUNK_COLUMNS,
  List,
  MAX_COLUMNS,
  none,
  Places,
  Roll,
  RollColumn,
  SKIP_FIRST,
  STOP_MEMORY,
  STOP_NONE,
  Structs,
} from '../layout';
import { take } from '../memory';
import { columns, rowOf } from './columns';
import { anyLane, isPresent, ready, vector, width } from './lane';
import { countOf, valsOf } from './rows';

/** Room for `n` columns, in chunks that stay where they are: thousands come and go in a day, each of them once. */
function reserve(q: Roll, arena: Arena, n: i32): bool {
  const old = q.width;
  if (n <= old) return true;
  let chunks = q.chunks;
  if (!chunks) {
    chunks = take<List<Structs<RollColumn>>>(arena, (MAX_COLUMNS / CHUNK_COLUMNS) << 2);
    if (!chunks) return false;
    q.chunks = chunks;
  }
  for (let k = (old + CHUNK_COLUMNS - 1) / CHUNK_COLUMNS; k * CHUNK_COLUMNS < n; k++) {
    const chunk = take<usize>(arena, CHUNK_COLUMNS * offsetof<RollColumn>());
    if (!chunk) return false;
    chunks[k] = changetype<Structs<RollColumn>>(chunk);
  }
  q.width = n;
  return true;
}

/** Takes value v into column i. @inline */
function put(chunks: List<Structs<RollColumn>>, i: i32, v: f64): void {
  const c = chunks[i / CHUNK_COLUMNS][i % CHUNK_COLUMNS];
  const n = c.count + 1;
  c.count = n;
  if (n == 1) {
    c.mean = v;
    c.min = v;
    c.max = v;
    return;
  }
  const m = c.mean;
  c.mean = m + (v - m) * (1.0 / n);
  if (v < c.min || v != v) c.min = v;
  if (v > c.max || v != v) c.max = v;
}

/** One record; `first`: the first that the consumer accepted. */
export function rollColumns(q: Roll, arena: Arena, first: bool): i32 {
  const lane = q.lane;
  if (!ready(lane)) return STOP_NONE;
  const direct = q.direct - 1;
  const map = direct < 0 ? none<Places>() : rowOf(direct).places;
  // Values as they lie in the record, unless one instance is there twice: the last of them counts, once.
  const plain = !!map && map.plain >= 0;
  if (!plain) {
    const status = anyLane(lane);
    if (status != STOP_NONE) return status;
  }
  const n = plain ? columns : width;
  if (!reserve(q, arena, n)) return STOP_MEMORY;
  if (first && q.flags & SKIP_FIRST) return STOP_NONE;
  q.count++;
  const chunks = q.chunks;
  if (plain) {
    const x = valsOf(direct);
    const at = map.at;
    for (let k = 0; k < countOf(direct); k++) {
      const column = at[k];
      if (column >= 0) put(chunks, column, x[k]);
    }
    return STOP_NONE;
  }
  for (let i = 0; i < n; i++) if (isPresent(i)) put(chunks, i, vector[i]);
  return STOP_NONE;
}
