// Owns values in the units that are asked for: an archive that has a metric in others gets a factor for it.

import { Metric, Slot } from '../layout';
import { T_DOUBLE } from './values';

/** Converts the values of a slot that has just been filled. False: they are as they were stored. */
export function scaleSlot(slot: Slot, m: Metric): bool {
  const scale = m.scale;
  slot.scale = scale;
  if (scale == 1 || slot.type > T_DOUBLE) return false;
  const values = slot.values;
  const n = slot.count;
  for (let i = 0; i < n; i++) values[i] *= scale;
  return true;
}
