// Owns the BSON type of each number of a document, fixed by its field and not by its value (summary-document.md §1):
// 8.0 stays a double in every job, a count an integer.

import type { BSON } from 'mongodb';
import { isTyped } from '../document/index.ts';

export type BsonTypes = Pick<typeof BSON, 'Double' | 'Long'>;

/** Counts and codes wherever they stand in a document. Everything else that is computed is a double. */
const INTEGERS = new Set(['cnt', 'error', 'version', 'maxcores', 'nodes_used', 'missingnodes']);

/** The same in the section `coverage`: how many there are of something, and indices of nodes. */
const COVERAGE_INTEGERS = new Set([
  ...['expected', 'reporting', 'full', 'records', 'archives', 'bytes', 'omitted', 'index', 'unreadable', 'gaps'],
  ...['nodes', 'partial', 'missing'],
]);

const NULL_SYMBOL = '\u2400';

const MAX_INT32 = 2 ** 31 - 1;
const MIN_INT32 = -(2 ** 31);

/** What the driver stores as the type wanted; it makes an Int32 of whole numbers that fit, a double of all others. */
function numeric(value: number, integer: boolean, { Double, Long }: BsonTypes): unknown {
  if (!Number.isSafeInteger(value)) return value;
  if (!integer || Object.is(value, -0)) return new Double(value);
  return value >= MIN_INT32 && value <= MAX_INT32 ? value : Long.fromNumber(value);
}

function typed(
  value: unknown,
  integer: boolean,
  parent: string,
  types: BsonTypes,
  integers: ReadonlySet<string> = INTEGERS,
): unknown {
  if (typeof value === 'number') return numeric(value, integer, types);
  if (typeof value === 'bigint') return types.Long.fromBigInt(value);
  if (typeof value !== 'object' || value === null || value instanceof Date || isTyped(value)) return value;
  if (Array.isArray(value)) return value.map((v) => typed(v, integer, parent, types, integers));
  const members: [string, unknown][] = [];
  for (const [key, v] of Object.entries(value)) {
    if (v === undefined) continue;
    const whole = integer || integers.has(key) || (parent === 'effcpus' && key === 'all');
    // Objects below a device that is called like a count are no counts.
    const list = Array.isArray(v) && typeof v[0] === 'number' && integers === COVERAGE_INTEGERS;
    const inherits = integer || list || typeof v === 'number' ? whole : false;
    // A name in BSON ends with a null byte, and so has none.
    members.push([key.replaceAll('\0', NULL_SYMBOL), typed(v, inherits, key, types, integers)]);
  }
  // The driver looks at an object's member of that name to learn its type, and at no member of a map.
  return Object.hasOwn(value, '_bsontype') ? new Map(members) : Object.fromEntries(members);
}

/** The document as it is stored: numbers typed, `created` a date, the accounting record with its whole numbers as integers. */
export function toBson(document: Readonly<Record<string, unknown>>, types: BsonTypes): Record<string, unknown> {
  const { acct, created, coverage, ...rest } = document;
  return {
    ...(typed(rest, false, '', types) as Record<string, unknown>),
    ...(created === undefined ? {} : { created: typeof created === 'string' ? new Date(created) : created }),
    ...(coverage === undefined ? {} : { coverage: typed(coverage, false, 'coverage', types, COVERAGE_INTEGERS) }),
    ...(acct === undefined ? {} : { acct: typed(acct, true, 'acct', types) }),
  };
}
