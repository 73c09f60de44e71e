// Owns random archives: every type, changing instances, also under other numbers and names, metrics with two names, gaps, error codes,
// marks, repeated and missing metrics; from a seed.

import { seeded } from '../../fixtures/generate/random.ts';
import {
  ArchiveWriter,
  type Datum,
  type InstanceSpec,
  indomId,
  type MetricSpec,
  NO_INDOM,
  pmid,
  type TypeName,
  UNITS,
  type Version,
  type WrittenSet,
} from '../../src/pcp/index.ts';

export interface RandomMetric extends MetricSpec {
  /** Values can be folded as numbers. */
  readonly numeric: boolean;
}

export interface RandomArchive {
  readonly base: string;
  readonly metrics: readonly RandomMetric[];
  readonly startNs: bigint;
  readonly endNs: bigint;
}

export interface RandomOptions {
  readonly base: string;
  readonly seed: string;
  readonly version: Version;
  readonly records: number;
  readonly volumes?: number;
  /** Instead of volumes: archives of their own, `BASE-1`, `BASE-2` … behind the first. */
  readonly split?: boolean;
  /** Only what pmlogger itself would write: times that never go backwards, no unknown instances, no error codes. */
  readonly tidy?: boolean;
  /** As a logger mostly writes: the same metrics and instances again and again, and seldom something else. */
  readonly calm?: boolean;
  /**
   * The clock is set by less than two sampling intervals, for one record or some, but at neither end of the archive; and mostly no domain
   * changes. So nothing shows when the archive is opened.
   */
  readonly steps?: boolean;
}

const NS = 1_000_000_000n;
const TYPE_LIST: readonly TypeName[] = ['i32', 'u32', 'i64', 'u64', 'float', 'double', 'string'];
const START = 1_772_409_600n * NS;
/** Records of which the times are looked at when an archive is opened. */
const AT_OPEN = 66;
/** Stored in place of a count: a value missing, a metric unknown, an indom unknown. */
const CODES = [-12351, -12357, -12358];

export function writeRandomArchive(o: RandomOptions): RandomArchive {
  const random = seeded(o.seed);
  const below = (n: number): number => Math.floor(random() * n);
  const chance = (p: number): boolean => random() < p;
  const seldom = (p: number): boolean => chance(o.calm ? p / 25 : p);
  const host = 'random.example.org';
  let writer = new ArchiveWriter(o.base, { version: o.version, host, startNs: START });
  const domains = Array.from({ length: 1 + below(3) }, (_, serial) => ({
    indom: indomId(70, serial),
    members: [] as InstanceSpec[],
  }));
  const member = (): InstanceSpec => {
    const id = below(40);
    const end = chance(0.3) ? '.' : 'x'.repeat(below(4));
    return { id, name: `${id} name${end}${chance(0.1) ? ' ü "q"' : ''}` };
  };
  const unique = (list: InstanceSpec[]): InstanceSpec[] => [...new Map(list.map((m) => [m.id, m])).values()];
  /** The same instances under other numbers, or numbers with other names. */
  const shuffled = (members: readonly InstanceSpec[]): InstanceSpec[] => {
    const [a, b] = [below(members.length), below(members.length)];
    const [one, other] = [members[a]!, members[b]!];
    const instead = (i: number, next: Partial<InstanceSpec>) =>
      members.map((m, k) => (k === i ? { ...m, ...next } : m));
    switch (below(4)) {
      case 0:
        return members.map((m, k) => (k === a ? { ...m, id: other.id } : k === b ? { ...m, id: one.id } : m));
      case 1:
        return members.some((m) => m.id === one.id + 40) ? [...members] : instead(a, { id: one.id + 40 });
      case 2:
        return instead(a, { name: member().name });
      default:
        // A name of two.
        return instead(a, { name: other.name });
    }
  };
  const described = Array.from({ length: 2 + below(7) }, (_, i): RandomMetric => {
    // At least one metric is a number.
    const type = TYPE_LIST[below(TYPE_LIST.length - (i === 0 ? 1 : 0))]!;
    return {
      name: `random.m${i}`,
      pmid: pmid(70, 1, i),
      type,
      indom: chance(0.7) ? domains[below(domains.length)]!.indom : NO_INDOM,
      semantics: type === 'string' ? 'discrete' : chance(0.5) ? 'counter' : 'instant',
      units: UNITS.count,
      numeric: type !== 'string',
    };
  });
  // A second name of some.
  const aliases = described.filter(() => chance(0.15)).map((m) => ({ ...m, name: `alias.${m.name}` }));
  const metrics = [...described, ...aliases];
  let ns = START;
  for (const d of domains) d.members = unique(Array.from({ length: 1 + below(6) }, member));
  const describe = (): void => {
    for (const d of domains) writer.indom(d.indom, ns, d.members);
    for (const m of metrics) writer.metric(m);
  };
  describe();

  const datum = (type: TypeName): Datum => {
    if (type === 'string') return ['', 'a', 'running', 'idle', 'ÄÖ'][below(5)]!;
    if (type === 'i32') return below(2 ** 32) - 2 ** 31;
    if (type === 'u32') return below(2 ** 32);
    if (type === 'i64') return BigInt(Math.floor((random() - 0.5) * 2 ** (o.calm && chance(0.9) ? 50 : 60)));
    if (type === 'u64' && o.calm && chance(0.9)) return BigInt(below(2 ** 52));
    if (type === 'u64') return BigInt(Math.floor(random() * 2 ** 63)) * (chance(0.3) ? 2n : 1n);
    return seldom(0.02) ? Number.NaN : (random() - 0.3) * 10 ** below(9);
  };
  const setOf = (m: RandomMetric): WrittenSet => {
    if (!o.tidy && seldom(0.03)) return { pmid: m.pmid, type: m.type, ids: [], values: [], error: CODES[below(3)]! };
    let ids = m.indom === NO_INDOM ? [-1] : domains.find((d) => d.indom === m.indom)!.members.map((x) => x.id);
    if (m.indom !== NO_INDOM && seldom(0.1)) ids = ids.filter(() => chance(0.6));
    if (!o.tidy && m.indom !== NO_INDOM && seldom(0.05)) ids = [...ids, 900 + below(5)];
    return { pmid: m.pmid, type: m.type, ids, values: ids.map(() => datum(m.type)) };
  };

  const every = Math.max(1, Math.ceil(o.records / (o.volumes ?? 1)));
  // Logging groups, which write records of their own; one metric may be in both.
  const groups = o.calm && chance(0.5) ? 2 : 1;
  const shared = o.calm && chance(0.3);
  // Whether the next record gets an index entry. Such a record does not go back in time: what a reader that jumps there
  // should make of the records behind it is nowhere defined.
  let indexed = true;
  let offset = 0n;
  const quiet = o.steps && chance(0.7);
  for (let i = 0; i < o.records; i++) {
    const wait = 1 + below(60_000);
    // One in sixty is a gap.
    ns += BigInt(wait > 59_000 && !o.steps ? 20 * wait : wait) * 1_000_000n;
    if (i > 0 && i % every === 0) {
      if (o.split) {
        writer.close();
        writer = new ArchiveWriter(`${o.base}-${i / every}`, { version: o.version, host, startNs: ns });
        describe();
      } else writer.nextVolume();
      indexed = true;
    }
    for (const d of quiet ? [] : domains) {
      if (seldom(0.03)) {
        d.members = shuffled(d.members);
        indexed = true;
        writer.indom(d.indom, ns, d.members);
        continue;
      }
      if (!seldom(0.08)) continue;
      const gone = d.members.filter(() => chance(0.3));
      const come = unique(Array.from({ length: below(3) }, member)).filter(
        (m) => !d.members.some((x) => x.id === m.id),
      );
      const next = [...d.members.filter((m) => !gone.includes(m)), ...come];
      if (next.length === 0 || (gone.length === 0 && come.length === 0)) continue;
      d.members = next;
      indexed = true;
      if (o.version === 3 && chance(0.5))
        writer.indomDelta(
          d.indom,
          ns,
          come,
          gone.map((m) => m.id),
        );
      else writer.indom(d.indom, ns, next);
    }
    if (seldom(0.03)) {
      writer.mark(ns);
      indexed = false;
      continue;
    }
    if (o.steps && (i <= AT_OPEN || i > o.records - 9)) offset = 0n;
    else if (o.steps && !indexed) {
      if (chance(0.4)) offset = 0n;
      else if (chance(0.015)) offset = BigInt(below(180_000) - 90_000) * 1_000_000n;
    }
    const back = !o.tidy && !o.steps && !indexed && i < o.records - 9 && chance(0.03) ? 30n * NS : 0n;
    const due = described.filter((_, k) => k % groups === i % groups || (shared && k === 0));
    const chosen = due.filter(() => !seldom(0.15));
    const sets = chosen.map(setOf);
    if (sets.length === 0) continue;
    writer.record(ns - back + (indexed ? 0n : offset), sets);
    indexed = false;
  }
  writer.close();
  return { base: o.base, metrics, startNs: START, endNs: ns };
}
