// Owns LATCH: the first value of a scalar lane.

import { LA_SET, LA_VALUE, Q_FLAGS, Q_LANE, Q_SKIP_FIRST } from '../layout';
import { ready, scalarLane } from './lane';

/** `first`: the first record that the consumer accepted. */
export function latch(q: usize, first: bool): void {
  if (load<i32>(q, LA_SET)) return;
  if (load<i32>(q, Q_FLAGS) & Q_SKIP_FIRST && first) return;
  const lane: usize = load<u32>(q, Q_LANE);
  if (!ready(lane)) return;
  store<f64>(q, scalarLane(lane), LA_VALUE);
  store<i32>(q, 1, LA_SET);
}
