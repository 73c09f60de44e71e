// Owns turning records into rows for the TypeScript engine (src/reduce/row.ts): values as numbers, names as text.

import type { Cell, Row } from '../../src/reduce/index.ts';
import type { OracleArchive } from './archive.ts';
import { nsOfStamp, secondsOf, untilNul } from './bytes.ts';
import { foldVersions } from './indom.ts';
import { heldFrom, keptRecords, versionFor } from './kept.ts';
import type { Desc } from './meta.ts';
import type { DataRecord, Pair, ValueSet } from './record.ts';

const NO_INDOM = 0xffffffff;
/** By type; floating point has none. */
const BITS: Readonly<Record<number, number>> = { 0: 32, 1: 32, 2: 64, 3: 64 };
const EMPTY = new Float64Array(0);
type Described = Pick<OracleArchive, 'descs' | 'indoms'>;

/** Rows in stored order, marks among them; records whose time cannot be right (marks count) are left out. */
export function* rowsOf(archive: OracleArchive, wanted?: Iterable<string>): Iterable<Row> {
  const names =
    wanted === undefined
      ? [...archive.names]
      : [...new Set(wanted)].flatMap((name) => {
          const key = Buffer.from(name).toString('latin1');
          const pmid = archive.names.get(key);
          return pmid === undefined ? [] : [[key, pmid] as const];
        });
  const namesOf = new Map<number, (readonly [string, number])[]>();
  for (const pair of names) namesOf.set(pair[1], [...(namesOf.get(pair[1]) ?? []), pair]);
  const records = [...archive.records];
  const kept = keptRecords(records);
  const from = heldFrom(records, kept);
  const domains = new Map(
    [...archive.indomRecords].map(([indom, said]) => [indom, foldVersions(said.map((r) => ({ ...r, ns: from(r) })))]),
  );
  for (const [i, record] of records.entries()) {
    const ns = nsOfStamp(record.stamp);
    if (!kept.has(i)) continue;
    if (record.sets.length === 0) {
      yield { t: secondsOf(record.stamp), ns, cells: new Map(), mark: true };
      continue;
    }
    yield {
      t: secondsOf(record.stamp),
      ns,
      cells: cellsOf({ descs: archive.descs, indoms: domains }, record, ns, namesOf),
    };
  }
}

function cellsOf(
  archive: Described,
  record: DataRecord,
  ns: bigint,
  namesOf: ReadonlyMap<number, readonly (readonly [string, number])[]>,
): Map<string, Cell> {
  const cells = new Map<string, Cell>();
  for (const set of record.sets) {
    const desc = archive.descs.get(set.pmid);
    const names = namesOf.get(set.pmid);
    if (desc === undefined || names === undefined) continue;
    const cell = cellOf(archive, set, desc, ns);
    for (const [key] of names) {
      const name = Buffer.from(key, 'latin1').toString('utf8');
      // Of a metric that occurs twice the first counts.
      if (!cells.has(name)) cells.set(name, cell);
    }
  }
  return cells;
}

function cellOf(archive: Described, set: ValueSet, desc: Desc, ns: bigint): Cell {
  const domain: Partial<Cell> = {};
  if (desc.indom !== NO_INDOM) {
    const members = versionFor(archive.indoms.get(desc.indom), ns)?.members ?? [];
    const texts = new Map(members.toReversed().map(([id, name]) => [id, name.toString('utf8')]));
    const bytes = members.map(([id, name]) => [id, name.toString('latin1')] as const);
    const shared = (name: string): boolean => bytes.filter(([, other]) => other === name).length > 1;
    Object.assign(domain, {
      domainSize: members.length,
      nameOf: (id: number) => texts.get(id),
      // A name that several members have tells nothing without the number.
      identityOf(id: number) {
        const name = bytes.find(([other]) => other === id)?.[1];
        return name !== undefined && shared(name) ? `${name}\0${id}` : name;
      },
    });
  }
  if (desc.type < 6) {
    const undeclared = desc.semantics !== 1;
    Object.assign(domain, { counter: { bits: BITS[desc.type] ?? 0, agent: (set.pmid >>> 22) & 0x1ff, undeclared } });
  }
  const ids = Int32Array.from(set.pairs, (p) => p.instance);
  if (set.numval <= 0) return { count: set.numval, values: EMPTY, ids, ...domain };
  const texts = desc.type === 6 ? set.pairs.map(stringOf) : null;
  if (texts !== null) {
    const strings = texts.map((s) => s ?? '');
    return { count: set.numval, values: EMPTY, strings, ids, ...domain, unconvertible: texts.includes(null) };
  }
  const values = set.pairs.map((p) => numberOf(desc.type, p));
  const exact = values.every((v) => typeof v === 'bigint');
  return {
    count: set.numval,
    values: Float64Array.from(values, (v) => Number(v ?? Number.NaN)),
    ...(exact && desc.type === 2 ? { raw: BigInt64Array.from(values as bigint[]) } : {}),
    ...(exact && desc.type === 3 ? { raw: BigUint64Array.from(values as bigint[]) } : {}),
    ids,
    ...domain,
    unconvertible: values.includes(null),
  };
}

/** Type 0 blocks come from old writers: the descriptor's type holds (archive-format.md §5.5). */
const OLD = 0;

function stringOf(pair: Pair): string | null {
  if (pair.block === undefined || (pair.block.type !== 6 && pair.block.type !== OLD)) return null;
  return untilNul(pair.block.body).toString('utf8');
}

/** null: not convertible to the metric's type. */
function numberOf(type: number, pair: Pair): number | bigint | null {
  const { block, word } = pair;
  if (block === undefined) {
    if (type === 0) return word | 0;
    if (type === 1) return word;
    if (type !== 4) return null;
    const raw = Buffer.alloc(4);
    raw.writeUInt32BE(word);
    return raw.readFloatBE(0);
  }
  if (block.type !== type && block.type !== OLD) return null;
  const { body } = block;
  if (type === 4) return body.length === 4 ? body.readFloatBE(0) : null;
  if (body.length !== 8) return null;
  if (type === 2) return body.readBigInt64BE(0);
  if (type === 3) return body.readBigUInt64BE(0);
  return type === 5 ? body.readDoubleBE(0) : null;
}
