// Owns the instance a consumer looks for by name: that of the name itself, or of one that a dot continues (analytics.md §2.19).

import { identitiesOf } from './identity.ts';
import type { Cell } from './row.ts';

/** Where the values of the first instance of metric 0 that fits stand in each metric; -1: nowhere. */
export function matcher(cells: readonly (Cell | null)[], wanted: string): (metric: number) => number {
  const head = cells[0];
  const fits = (name: string | undefined): boolean =>
    name !== undefined && (name === wanted || name.startsWith(`${wanted}.`));
  const at = head && head.count > 0 ? Array.from(head.ids).findIndex((id) => fits(head.nameOf?.(id))) : -1;
  if (at < 0) return () => -1;
  const instance = identitiesOf(head!)[at]!;
  return (metric) => {
    const cell = cells[metric];
    if (!cell || cell.count <= 0) return -1;
    const instances = identitiesOf(cell);
    return instances[at] === instance ? at : instances.indexOf(instance);
  };
}
