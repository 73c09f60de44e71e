// Owns whether the archives of a host describe a metric alike: what is left out where they do not, and what is converted.

import { compare, type Problem } from '../../kernel/index.ts';
import type { UnitsName } from '../../reduce/index.ts';
import { conversion, conversionTo, differInUnits, unitsText } from '../files/units.ts';
import { type Metric, pmidText } from './metric.ts';
import { pcpErrorName } from './pcp-errors.ts';

/** In the order in which PCP looks at them, and its errors for them (archive-format.md §3.1). */
const FIELDS = [
  ['type', -12404],
  ['semantics', -12405],
  ['indom', -12406],
  ['units', -12407],
] as const;

/** What the metrics met so far are like. */
export class Agreement {
  readonly byName = new Map<string, Metric>();
  /** By pmID, and the archive that it is first met in. */
  readonly #first = new Map<number, { readonly metric: Metric; readonly file: string }>();
  readonly #written: boolean;
  readonly #converted: boolean;

  /**
   * `written`: the archives are to become one, so that names and pmIDs must agree too. `converted`: values are brought to common
   * units, so that a metric may have several of one dimension.
   */
  constructor({ written = false, converted = false } = {}) {
    this.#written = written;
    this.#converted = converted;
  }

  /** The contradiction to a metric met before, if there is one; then the metric is not taken. */
  add(metric: Metric, file: string): Problem | null {
    const first = this.#first.get(metric.pmid);
    const known = this.byName.get(metric.name) ?? (this.#written ? first?.metric : undefined);
    const other = known && FIELDS.find(([f]) => this.#differ(f, known, metric));
    const renumbered = this.#written && known !== undefined && known.pmid !== metric.pmid;
    // Names of one pmID are written once: those of the archive that had it first.
    const renamed = this.#written && !this.byName.has(metric.name) && (first?.file ?? file) !== file;
    if (!known || (other === undefined && !renumbered && !renamed)) {
      if (!this.byName.has(metric.name)) this.byName.set(metric.name, metric);
      if (!first) this.#first.set(metric.pmid, { metric, file });
      return null;
    }
    const name = (m: Metric): string => `${pmidText(m.pmid)} ${m.name}`;
    const say = (m: Metric): string => {
      if (other === undefined) return name(m);
      return `${other[0]} ${other[0] === 'units' ? describeUnits(m.units) : m[other[0]]}`;
    };
    const pcp = other === undefined ? '' : ` (${pcpErrorName(other[1])})`;
    return {
      code: 'E_ARCHIVE_CONFLICT',
      message: `metric ${metric.name} is described otherwise than in an earlier archive and left out of this one${pcp}`,
      file,
      expected: say(known),
      found: say(metric),
    };
  }

  #differ(field: (typeof FIELDS)[number][0], a: Metric, b: Metric): boolean {
    if (field !== 'units') return a[field] !== b[field];
    return this.#converted ? conversion(b.units, a.units) === null : differInUnits(a.units, b.units);
  }
}

const describeUnits = (word: number): string => unitsText(word) || 'none';

/** An archive of a node: its metrics as far as they are wanted. */
interface Described {
  readonly index: number;
  readonly path: string;
  readonly startNs: bigint;
  readonly metrics: readonly Metric[];
}

/** The metrics of an archive that are not read as they are: those left out, and what values of others are multiplied by. */
export interface Reading {
  readonly leftOut: ReadonlySet<string>;
  readonly factors: ReadonlyMap<string, number>;
}

/** Of archives by index; those that are not in it are read as they are. */
export type Readings = ReadonlyMap<number, Reading>;

/** Windows that read the same archives alike. */
export interface Group {
  /** Their indices. */
  readonly windows: readonly number[];
  readonly readings: Readings;
  readonly problems: readonly Problem[];
}

/**
 * Only archives of the same window can contradict each other: what was upgraded between two jobs is nothing to either. `units`: those
 * that are asked for by metric; of other metrics those of the first archive. Absent: nothing is converted.
 */
export function groupsOf(
  windows: readonly { readonly archives: readonly number[] }[],
  archives: readonly Described[],
  units?: ExpectedUnits,
): Group[] {
  const byStart = [...archives].sort((a, b) => compare(a.startNs, b.startNs) || a.index - b.index);
  const groups = new Map<string, Group & { readonly windows: number[] }>();
  const known = new Map<string, Omit<Group, 'windows'>>();
  windows.forEach((w, i) => {
    const sources = w.archives.join();
    const own = byStart.filter((a) => w.archives.includes(a.index));
    const found = known.get(sources) ?? agreementOf(own, units);
    known.set(sources, found);
    const factors = [...found.readings].map(([index, r]) => [index, ...r.factors]);
    const key = JSON.stringify([found.problems, factors]);
    const group = groups.get(key) ?? { ...found, windows: [] };
    group.windows.push(i);
    groups.set(key, group);
  });
  return [...groups.values()];
}

/** By name of the metric. */
export type ExpectedUnits = Readonly<Record<string, UnitsName>>;

function agreementOf(archives: readonly Described[], units?: ExpectedUnits): Omit<Group, 'windows'> {
  const agreement = new Agreement({ converted: units !== undefined });
  const readings = new Map<number, Reading>();
  const problems: Problem[] = [];
  for (const { index, path, metrics } of archives) {
    const leftOut = new Set<string>();
    const factors = new Map<string, number>();
    for (const metric of metrics) {
      const { name } = metric;
      const expected = units && Object.hasOwn(units, name) ? units[name] : undefined;
      const given = expected === undefined ? 1 : conversionTo(metric.units, expected);
      const problem = given === null ? otherDimension(metric, path, expected!) : agreement.add(metric, path);
      if (problem) {
        problems.push(problem);
        leftOut.add(name);
        continue;
      }
      const first = agreement.byName.get(name)!;
      const factor = units && expected === undefined ? conversion(metric.units, first.units) : given;
      if (factor !== null && factor !== 1) factors.set(name, factor);
    }
    if (leftOut.size > 0 || factors.size > 0) readings.set(index, { leftOut, factors });
  }
  return { readings, problems };
}

/** Metrics that cannot be read in the units asked for, and why. */
export function misfitsOf(metrics: readonly Metric[], file: string, units: ExpectedUnits): Record<string, Problem> {
  const unfit = metrics.flatMap((metric) => {
    const expected = Object.hasOwn(units, metric.name) ? units[metric.name] : undefined;
    const fits = expected === undefined || conversionTo(metric.units, expected) !== null;
    return fits ? [] : [[metric.name, otherDimension(metric, file, expected)] as const];
  });
  return Object.fromEntries(unfit);
}

const otherDimension = ({ name, units }: Metric, file: string, expected: UnitsName): Problem => ({
  code: 'E_ARCHIVE_UNITS',
  message: `metric ${name} has units that cannot be converted and is left out`,
  file,
  expected,
  found: describeUnits(units),
});
