// Owns the units word of a metric: its fields, the text for them, and what values are multiplied by to be in other units
// (archive-format.md §3.3).

import type { UnitsName } from '../../reduce/index.ts';

const signed = (x: number): number => (x > 7 ? x - 16 : x);

export interface Units {
  readonly dimSpace: number;
  readonly dimTime: number;
  readonly dimCount: number;
  readonly scaleSpace: number;
  readonly scaleTime: number;
  readonly scaleCount: number;
  /** PCP 7.2: a unit besides, and its scale; 0 and 0 for none. */
  readonly extraUnit: number;
  readonly extraScale: number;
}

export function unitsOf(word: number): Units {
  return {
    dimSpace: signed((word >>> 28) & 15),
    dimTime: signed((word >>> 24) & 15),
    dimCount: signed((word >>> 20) & 15),
    scaleSpace: signed((word >>> 16) & 15),
    scaleTime: signed((word >>> 12) & 15),
    scaleCount: signed((word >>> 8) & 15),
    extraUnit: (word >>> 3) & 31,
    extraScale: word & 7,
  };
}

const SPACE = ['byte', 'Kbyte', 'Mbyte', 'Gbyte', 'Tbyte', 'Pbyte', 'Ebyte', 'Zbyte', 'Ybyte'];
const TIME = ['nanosec', 'microsec', 'millisec', 'sec', 'min', 'hour'];

/** Extra units by number. */
const EXTRA = ['', 'temperature', 'voltage', 'current', 'power'];
const MILLIWATT = 0x23;
/** Of the word, without the extra unit. */
const DIMENSIONS = 0xffffff00;

function raised(name: string, exponent: number): string {
  return Math.abs(exponent) === 1 ? name : `${name}^${Math.abs(exponent)}`;
}

/** `milliwatt`, `power x scale 4`; units that are not known by their number: `unit 9 x scale 2`. */
function extraText(word: number): string {
  const { extraUnit, extraScale } = unitsOf(word);
  if ((word & 0xff) === MILLIWATT) return 'milliwatt';
  const name = EXTRA[extraUnit] ?? `unit ${extraUnit}`;
  return (word & 0xff) === 0 ? '' : `${name} x scale ${extraScale}`.trim();
}

/** As PCP's tools print units: `Kbyte`, `byte / sec`, `count x 10^3`; and the extra unit. Empty for none. */
export function unitsText(word: number): string {
  return [dimensionsText(word), extraText(word)].filter((part) => part !== '').join(' ');
}

/** As PCP 6 prints them, which knows no extra units. */
export function dimensionsText(word: number): string {
  const u = unitsOf(word);
  const count = u.scaleCount === 0 ? 'count' : u.scaleCount === 1 ? 'count x 10' : `count x 10^${u.scaleCount}`;
  // The text takes these two without sign, unlike the fields.
  const space = u.scaleSpace & 15;
  const time = u.scaleTime & 15;
  const parts: [string, number][] = [
    [SPACE[space] ?? `space-${space}`, u.dimSpace],
    [TIME[time] ?? `time-${time}`, u.dimTime],
    [count, u.dimCount],
  ];
  const above = parts.filter(([, d]) => d > 0).map(([name, d]) => raised(name, d));
  const below = parts.filter(([, d]) => d < 0).map(([name, d]) => raised(name, d));
  if (u.dimSpace === 0 && u.dimTime === 0 && u.dimCount === 0) {
    // A dimensionless value can still carry a power of ten.
    return u.scaleCount === 0 ? '' : u.scaleCount === 1 ? 'x 10' : `x 10^${u.scaleCount}`;
  }
  if (below.length === 0) return above.join(' ');
  return `${above.length > 0 ? `${above.join(' ')} ` : ''}/ ${below.join(' ')}`;
}

/** Whether two extra units contradict each other: where there is none, or one that is not known, nothing is said. */
function differInExtra(a: number, b: number): boolean {
  const isKnown = (word: number): boolean => EXTRA[unitsOf(word).extraUnit] !== undefined && (word & 0xf8) !== 0;
  return (a & 0xff) !== (b & 0xff) && isKnown(a) && isKnown(b);
}

/** Whether two descriptions of a metric contradict each other in their units. */
export function differInUnits(a: number, b: number): boolean {
  return ((a ^ b) & DIMENSIONS) !== 0 || differInExtra(a, b);
}

/** In bytes, in nanoseconds. */
const SPACE_SIZES = SPACE.map((_, i) => 1024 ** i);
const TIME_SIZES = [1, 1e3, 1e6, 1e9, 60e9, 3600e9];

const isNone = (u: Units): boolean =>
  [u.dimSpace, u.dimTime, u.dimCount, u.scaleCount, u.extraUnit].every((field) => field === 0);

/** One dimension's part; NaN for a scale that does not exist. */
function part(from: number | undefined, to: number | undefined, dimension: number): number {
  if (dimension === 0) return 1;
  const [above, below] = dimension > 0 ? [from, to] : [to, from];
  return ((above ?? Number.NaN) / (below ?? Number.NaN)) ** Math.abs(dimension);
}

/** What values in units `from` are multiplied by to be in units `to`; null: they are of another dimension. None goes with any. */
export function conversion(from: number, to: number): number | null {
  const [a, b] = [unitsOf(from), unitsOf(to)];
  if (!differInUnits(from, to) || isNone(a) || isNone(b)) return 1;
  const sameDimension = a.dimSpace === b.dimSpace && a.dimTime === b.dimTime && a.dimCount === b.dimCount;
  if (!sameDimension || differInExtra(from, to)) return null;
  const hasNone = a.dimSpace === 0 && a.dimTime === 0 && a.dimCount === 0;
  const factor =
    part(SPACE_SIZES[a.scaleSpace], SPACE_SIZES[b.scaleSpace], a.dimSpace) *
    part(TIME_SIZES[a.scaleTime], TIME_SIZES[b.scaleTime], a.dimTime) *
    // What has no dimension can still carry a power of ten.
    part(10 ** a.scaleCount, 10 ** b.scaleCount, hasNone ? 1 : a.dimCount);
  return Number.isFinite(factor) ? factor : null;
}

/** Units words in common use. */
export const UNITS = {
  none: 0,
  count: 0x00100000,
  byte: 0x10000000,
  kbyte: 0x10010000,
  mbyte: 0x10020000,
  gbyte: 0x10030000,
  nanosecond: 0x01000000,
  microsecond: 0x01001000,
  millisecond: 0x01002000,
  second: 0x01003000,
  milliwatt: MILLIWATT,
} as const;

/** Of power no scale but one is known: the others are that many of it. */
const MILLIWATTS: Readonly<Record<string, number>> = { microwatt: 1e-3, milliwatt: 1, watt: 1e3 };

/** As `conversion`, to units that are asked for by name. */
export function conversionTo(from: number, to: UnitsName): number | null {
  const size = MILLIWATTS[to];
  if (size === undefined) return conversion(from, UNITS[to as keyof typeof UNITS]);
  const factor = conversion(from, UNITS.milliwatt);
  return factor !== null && (from & 0xff) === UNITS.milliwatt ? factor / size : factor;
}
