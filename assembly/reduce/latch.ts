// Owns LATCH: the first value of a scalar lane.

import { Latch, SKIP_FIRST } from '../layout';
import { ready, scalarLane } from './lane';

/** `first`: the first record that the consumer accepted. */
export function latch(q: Latch, first: bool): void {
  if (q.set) return;
  if (q.flags & SKIP_FIRST && first) return;
  const lane = q.lane;
  if (!ready(lane)) return;
  q.value = scalarLane(lane);
  q.set = 1;
}
