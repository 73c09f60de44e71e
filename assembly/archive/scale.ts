// Owns values in the units that are asked for: an archive that has a metric in others gets a factor for it.

import { L_COUNT, L_SCALE, L_TYPE, L_VALS, M_SCALE } from '../layout';
import { T_DOUBLE } from './values';

/** Converts the values of a slot that has just been filled. False: they are as they were stored. */
export function scaleSlot(slot: usize, m: usize): bool {
  const scale = load<f64>(m, M_SCALE);
  store<f64>(slot, scale, L_SCALE);
  if (scale == 1 || load<i32>(slot, L_TYPE) > T_DOUBLE) return false;
  const vals: usize = load<u32>(slot, L_VALS);
  const end = vals + (load<i32>(slot, L_COUNT) << 3);
  if (load<i32>(slot, L_COUNT) > 0) for (let p = vals; p < end; p += 8) store<f64>(p, load<f64>(p) * scale);
  return true;
}
