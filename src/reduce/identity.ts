// Owns what an instance is: the name that its domain has for its number at the record's time, whatever the number.

import type { Cell } from './row.ts';

/**
 * The same (===) for the same instance in all records and archives of a node. Names of which only one instance of a domain has
 * each are these names; one without a name is its number.
 */
export type Identity = string | number;

/** The one value of a metric without instance domain, whatever is stored as its number. No name has a NUL in it. */
const ALONE = '\0';

const known = new WeakMap<Cell, readonly Identity[]>();

/** Of the values of a metric in a record, in stored order. */
export function identitiesOf(cell: Cell): readonly Identity[] {
  let list = known.get(cell);
  if (!list) {
    const { nameOf, identityOf = nameOf } = cell;
    list = Array.from(cell.ids, (id) => (identityOf ? (identityOf(id) ?? id) : ALONE));
    known.set(cell, list);
  }
  return list;
}
