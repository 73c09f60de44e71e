// Owns records as rows for the TypeScript engine (src/reduce/row.ts): framed here, everything else in JavaScript.

import type { Cell, Row } from '../../reduce/index.ts';
import * as L from '../wasm/layout.gen.ts';
import type { Wasm } from '../wasm/wasm.ts';
import { NO_STRING, sessionBytes, versionAt, versionMembers } from './domains.ts';
import { COUNTER, NO_INDOM } from './metric.ts';
import type { ArchiveReader } from './reader.ts';
import { type StoredSet, storedBlock, storedSets } from './records.ts';

const EMPTY = new Float64Array(0);
const STRING = 6;
/** Blocks of type 0 come from old writers: the descriptor's type holds (archive-format.md §5.5). */
const OLD = 0;
/** Bytes of a value block before its content: type and length. */
const HEAD = 4;

interface Named {
  /** With what values are multiplied by; null: nothing, and integers are exact. */
  readonly names: readonly (readonly [string, number | null])[];
  readonly pmid: number;
  readonly type: number;
  readonly semantics: number;
  readonly indom: number;
}

/** Wanted metrics by pmID. */
export type WantedRows = ReadonlyMap<number, Named>;

/** `factorOf`: what values of a metric are multiplied by; null if those of all archives are as they are stored. */
export function wantedRows(
  reader: ArchiveReader,
  wanted: ReadonlySet<string>,
  factorOf: (name: string) => number | null,
): WantedRows {
  const table = new Map<number, Named>();
  for (const { name, pmid, type, indom, semantics } of reader.metrics) {
    if (!wanted.has(name)) continue;
    const names = [...(table.get(pmid)?.names ?? []), [name, factorOf(name)] as const];
    table.set(pmid, { names, pmid, type, semantics, indom });
  }
  return table;
}

/** A record as a row, and its value sets of metrics that are not described. */
export interface ReadRow extends Row {
  readonly undescribed: readonly number[];
}

/** The record that the reader stands at, which has been checked. Names can be asked while it is open. */
export function rowAt(wasm: Wasm, reader: ArchiveReader, wanted: WantedRows): ReadRow {
  const r = reader.address;
  const ns = wasm.i64(r + L.Reader.ns);
  const cells = new Map<string, Cell>();
  /** Wanted ones that are damaged: as if the record did not have them. */
  const lost = new Set<number>();
  const undescribed: number[] = [];
  const about = { t: wasm.f64(r + L.Reader.time), ns, cells, source: wasm.i32(r + L.Reader.id), undescribed };
  if (wasm.i32(r + L.Reader.setCount) === 0) return { ...about, mark: true };
  for (const set of storedSets(wasm, reader)) {
    if (set.count > 0 && !reader.descriptors.has(set.pmid)) undescribed.push(set.pmid);
    const metric = wanted.get(set.pmid);
    if (!metric || lost.has(set.pmid)) continue;
    if (set.damaged) {
      lost.add(set.pmid);
      continue;
    }
    const cell = cellOf(wasm, reader, set, metric, ns);
    // Of a metric that occurs twice the first counts.
    for (const [name, factor] of metric.names) if (!cells.has(name)) cells.set(name, converted(cell, factor));
  }
  if (lost.size > 0 && reader.unsound) reader.passOver(reader.unsound);
  return about;
}

/** In other units: no integers any more, in no archive. */
function converted(cell: Cell, factor: number | null): Cell {
  if (factor === null) return cell;
  const { raw: _, counter, ...rest } = cell;
  const values = cell.values.map((x) => x * factor);
  return { ...rest, values, ...(counter ? { counter: { ...counter, scale: factor } } : {}) };
}

/** Types up to double are numbers. */
const LAST_NUMBER = 5;
const BITS: Readonly<Record<number, number>> = { 0: 32, 1: 32, 2: 64, 3: 64 };

function cellOf(wasm: Wasm, reader: ArchiveReader, set: StoredSet, metric: Named, ns: bigint): Cell {
  const domain: Pick<Cell, 'domainSize' | 'nameOf' | 'identityOf' | 'counter'> = {};
  if (metric.type <= LAST_NUMBER) {
    const undeclared = metric.semantics !== COUNTER;
    Object.assign(domain, {
      counter: { bits: BITS[metric.type] ?? 0, agent: (metric.pmid >>> 22) & 0x1ff, undeclared },
    });
  }
  if (metric.indom !== NO_INDOM) {
    const version = versionAt(wasm, reader, metric.indom, ns);
    const nameOf = (id: number): string | undefined => {
      const name = version === 0 ? NO_STRING : wasm.x.nameIn(version, id) >>> 0;
      return name === NO_STRING ? undefined : sessionBytes(wasm, name).toString('utf8');
    };
    const identityOf = (id: number) => (version === 0 ? undefined : identitiesOf(wasm, reader, version).get(id));
    const domainSize = version === 0 ? 0 : wasm.i32(version + L.Version.count);
    Object.assign(domain, { domainSize, nameOf, identityOf });
  }
  const ids = Int32Array.from(set.pairs, (pair) => wasm.view.getInt32(pair));
  if (set.count <= 0) return { count: set.count, values: EMPTY, ids, ...domain };
  const block = (pair: number): Buffer | null => (set.format === 0 ? null : storedBlock(wasm, reader, pair));
  if (metric.type === STRING) {
    const texts = set.pairs.map((pair) => stringOf(block(pair)));
    const strings = texts.map((text) => text ?? '');
    return { count: set.count, values: EMPTY, strings, ids, ...domain, unconvertible: texts.includes(null) };
  }
  const values = set.pairs.map((pair) => numberOf(metric.type, block(pair), wasm.view, pair + 4));
  const exact = values.every((v) => typeof v === 'bigint');
  return {
    count: set.count,
    values: Float64Array.from(values, (v) => Number(v ?? Number.NaN)),
    ...(exact && metric.type === 2 ? { raw: BigInt64Array.from(values) } : {}),
    ...(exact && metric.type === 3 ? { raw: BigUint64Array.from(values) } : {}),
    ids,
    ...domain,
    unconvertible: values.includes(null),
  };
}

const identities = new WeakMap<ArchiveReader, Map<number, ReadonlyMap<number, string>>>();

/** By number, in a version of an instance domain: names byte for byte; one that several members have, with the number. */
function identitiesOf(wasm: Wasm, reader: ArchiveReader, version: number): ReadonlyMap<number, string> {
  const ofReader = identities.get(reader) ?? new Map<number, ReadonlyMap<number, string>>();
  identities.set(reader, ofReader);
  let table = ofReader.get(version);
  if (!table) {
    const members = versionMembers(wasm, version).map(({ id, name }) => ({ id, name: name.toString('latin1') }));
    const bearers = new Map<string, number>();
    for (const { name } of members) bearers.set(name, (bearers.get(name) ?? 0) + 1);
    // Of a number listed twice the first counts.
    table = new Map(
      members.toReversed().map(({ id, name }) => [id, bearers.get(name) === 1 ? name : `${name}\0${id}`]),
    );
    ofReader.set(version, table);
  }
  return table;
}

function stringOf(block: Buffer | null): string | null {
  if (block === null || (block[0] !== STRING && block[0] !== OLD)) return null;
  const body = block.subarray(HEAD);
  const end = body.indexOf(0);
  return body.toString('utf8', 0, end < 0 ? body.length : end);
}

/** null: not convertible to the metric's type. */
function numberOf(type: number, block: Buffer | null, view: DataView, at: number): number | bigint | null {
  if (block === null) {
    if (type === 0) return view.getInt32(at);
    if (type === 1) return view.getUint32(at);
    return type === 4 ? view.getFloat32(at) : null;
  }
  if (block[0] !== type && block[0] !== OLD) return null;
  const body = block.subarray(HEAD);
  if (type === 4) return body.length === 4 ? body.readFloatBE(0) : null;
  if (body.length !== 8) return null;
  if (type === 2) return body.readBigInt64BE(0);
  if (type === 3) return body.readBigUInt64BE(0);
  return type === 5 ? body.readDoubleBE(0) : null;
}
