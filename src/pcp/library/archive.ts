// Owns the library: an archive, or several of a host as one, opened and read without PCP.

import { JobsumError, NS, type Problem } from '../../kernel/index.ts';
import { type ConsumerSpec, Instant } from '../../reduce/index.ts';
import { InstanceIdentities, instancesAt } from '../archive/domains.ts';
import { checkPatterns, globMatcher } from '../archive/globs.ts';
import { type Joined, join } from '../archive/join.ts';
import { type Member, namesIn, openMembers } from '../archive/members.ts';
import type { ArchiveLabel, Metric } from '../archive/metric.ts';
import { ArchiveReader } from '../archive/reader.ts';
import { readRecords, type ValueSet } from '../archive/records.ts';
import { resolveArchives } from '../files/fileset.ts';
import { decodeNode } from '../reduce/passes.ts';
import type { NodeTask, NodeWindowResult } from '../reduce/session.ts';
import { lend, Wasm } from '../wasm/wasm.ts';
import { type PcpRecord, RecordStream } from './record-stream.ts';
import { type Help, type Instance, Surroundings } from './surroundings.ts';

const EARLIEST = -(2n ** 63n);
const LATEST = 2n ** 63n - 1n;

/** How an archive is opened. */
export interface OpenOptions {
  /**
   * Go on behind damage, with the next plausible record or volume, and give what is lost as a mark. Default: stop there, as PCP
   * does.
   */
  readonly salvage?: boolean;
}

/** A span of time in nanoseconds since the epoch, both ends inclusive. */
export interface TimeSpan {
  /** Default: the beginning. */
  readonly from?: bigint;
  /** Default: the end. */
  readonly to?: bigint;
}

/** Which records to read, and how. */
export interface RecordOptions extends TimeSpan {
  /**
   * Names, prefixes (`mem.util`) or globs (`disk.*.read*`); default all. A metric with several names has a set for each that is asked
   * for; by default one, under its first name.
   */
  readonly metrics?: readonly string[];
  /** 64-bit integers as bigints, exact. Default: as numbers, of which those beyond 2⁵³ are the nearest double. */
  readonly bigint?: boolean;
  /** Called at the end with what was wrong with the data. */
  readonly onProblems?: (problems: readonly Problem[]) => void;
}

/**
 * Opens an archive by its base, any of its files, a directory, or a comma-separated list of these.
 *
 * ```js
 * import { openArchive } from 'jobsum/pcp';
 *
 * const archive = openArchive('/pcp/n1/20260302.00.10');
 * console.log(archive.label.host, archive.metrics.length);
 * ```
 *
 * @throws JobsumError E_ARCHIVE_* if none can be opened; what is wrong with some is in `problems`
 */
export function openArchive(name: string, options: OpenOptions = {}): PcpArchive {
  return new PcpArchive(resolveArchives(name), options);
}

/** One archive, or several of a host joined in order of time. Holds no file open between calls. */
export class PcpArchive {
  /** Of the earliest archive. */
  readonly label: ArchiveLabel;
  /** Metrics by name, in the order of the metadata. */
  readonly metrics: readonly Metric[];
  /** What was found wrong when opening. */
  readonly problems: readonly Problem[];
  readonly #members: readonly Member[];
  readonly #salvage: boolean;
  readonly #byName: ReadonlyMap<string, Metric>;
  readonly #surroundings: Surroundings;

  /** @internal Use {@link openArchive}. */
  constructor(paths: readonly string[], options: OpenOptions = {}) {
    this.#salvage = options.salvage === true;
    const { members, metrics, problems } = openMembers(paths, { salvage: this.#salvage });
    this.#members = members;
    this.label = members[0]!.label;
    this.metrics = metrics;
    this.problems = problems;
    this.#byName = new Map(metrics.map((m) => [m.name, m]));
    this.#surroundings = new Surroundings(members, this.#salvage);
  }

  get #file(): string {
    return this.#members.map((m) => m.path).join(',');
  }

  /** The metric of a name. */
  metric(name: string): Metric | undefined {
    return this.#byName.get(name);
  }

  /**
   * Records of all archives in order of time; where an archive ends before another begins there is a mark, unless both say that
   * pmcd was not restarted between. What several archives have at one instant is given once, from the first.
   *
   * ```js
   * for await (const record of archive.records({ metrics: ['kernel.all.*'], bigint: true })) {
   *   for (const set of record.sets) console.log(record.ns, set.metric.name, record.names(set), set.values);
   * }
   * ```
   *
   * With `for … of` instead of `for await … of` they are read without giving way to other work.
   *
   * @throws JobsumError E_NAME_UNKNOWN if one of `metrics` matches nothing
   */
  records(options: RecordOptions = {}): RecordStream {
    if (options.metrics) checkPatterns(options.metrics, namesIn(this.#members), this.#file);
    return new RecordStream(() => this.#read(options), options.bigint === true);
  }

  *#read(options: RecordOptions): Generator<PcpRecord> {
    const { from = EARLIEST, to = LATEST } = options;
    const matches = options.metrics?.length ? globMatcher(options.metrics) : null;
    const inputs = this.#members.map((member) => {
      const wasm = new Wasm();
      wasm.x.openSession(0);
      const reader = new ArchiveReader(wasm, member.path, { salvage: this.#salvage, readOn: true });
      // What was given cannot be taken back.
      reader.clock?.judge();
      const records = readRecords(wasm, reader, (names) => {
        const own = names.filter((m) => !member.leftOut.has(m.pmid));
        return matches ? own.filter((m) => matches(m.name)) : own.slice(0, 1);
      });
      const names = (ns: bigint, set: ValueSet) => instancesAt(wasm, reader, set.metric.indom, ns, set.instances);
      const known = new InstanceIdentities(wasm, reader);
      const identities = (ns: bigint, set: ValueSet) => known.at(set.metric.indom, ns, set.instances);
      const of = { names, identities };
      return { member, reader, records: aheadOf(records, reader, from), of, atOpen: reader.problems.length };
    });
    try {
      let begun = false;
      const instant = new Instant();
      /** Marks behind archives that have ended; behind the last one that has records of its own there is none. */
      const gaps: PcpRecord[] = [];
      const joined = join(
        inputs.map((i) => i.records),
        { from, to },
      );
      for (const { input, ns, record } of joined as Iterable<Joined<PcpRecord>>) {
        const { member, reader, of } = inputs[input]!;
        // Of all metrics one in which nothing is sound is a record still.
        if (matches && record && !record.mark && record.sets.length === 0) continue;
        if (!record && !begun) continue;
        begun = true;
        const archive = member.path;
        const names = (set: ValueSet) => of.names(ns, set);
        const identities = (set: ValueSet) => of.identities(ns, set);
        if (!record) {
          gaps.push({ ns, ...reader.place, mark: true, sets: [], archive, names, identities });
          continue;
        }
        let { sets } = record;
        if (!record.mark) {
          const about = sets.map((set) => set.metric.name);
          const fresh = instant.fresh(input, ns, about);
          if (!fresh) continue;
          if (fresh.size < about.length) sets = sets.filter((set) => fresh.has(set.metric.name));
        }
        yield* gaps.splice(0);
        yield { ...record, sets, archive, names, identities };
      }
    } finally {
      for (const { reader } of inputs) reader.close();
    }
    options.onProblems?.(
      inputs.flatMap(({ reader, atOpen }) =>
        reader
          .dated()
          .slice(atOpen)
          .map((d) => d.problem),
      ),
    );
  }

  /**
   * Members of a metric's instance domain, ids ascending: those of a time (nanoseconds), or all there ever were with their
   * newest names. Empty for a metric without instance domain, and before the domain is first recorded.
   *
   * ```js
   * for (const { id, name } of archive.instances('disk.dev.read')) console.log(id, name);
   * ```
   */
  instances(metric: string | Metric, at?: bigint): readonly Instance[] {
    const found = typeof metric === 'string' ? this.metric(metric) : metric;
    return found ? this.#surroundings.instances(found.indom, at) : [];
  }

  /**
   * Labels of the host (no metric), of a metric, or of one of its instances, at a time (default: the latest). The more special
   * replaces the more general: context, domain, instance domain, cluster, item, instance.
   *
   * ```js
   * console.log(archive.labels().get('hostname'), archive.labels('disk.dev.read', { instance: 0 }));
   * ```
   */
  labels(
    metric?: string | Metric,
    options: { readonly at?: bigint; readonly instance?: number } = {},
  ): ReadonlyMap<string, string> {
    const found = typeof metric === 'string' ? this.metric(metric) : metric;
    return this.#surroundings.labels(found, options.at ?? LATEST, options.instance);
  }

  /** Help texts of a metric; of its instance domain with `indom`. A missing long text is the short one, as in PCP. */
  help(metric: string | Metric, options: { readonly indom?: boolean } = {}): Help | null {
    const found = typeof metric === 'string' ? this.metric(metric) : metric;
    if (!found) return null;
    return options.indom
      ? this.#surroundings.help('indom', found.indom)
      : this.#surroundings.help('metric', found.pmid);
  }

  /**
   * Runs reducers inside the decoder over a span of time; all of the archive by default.
   *
   * ```js
   * const { consumers } = archive.reduce({
   *   metrics: ['mem.util.free'],
   *   mode: 'all',
   *   reducers: [{ kind: 'ROLL', lane: { fold: 'each', rows: [{ metric: 0 }] } }],
   * });
   * console.log(consumers[0].reducers[0].mean);
   * ```
   *
   * @throws JobsumError E_NAME_UNKNOWN if the archive does not have a metric
   */
  reduce(spec: ConsumerSpec | readonly ConsumerSpec[], span: TimeSpan = {}): NodeWindowResult {
    const specs = Array.isArray(spec) ? (spec as readonly ConsumerSpec[]) : [spec as ConsumerSpec];
    const wanted = [...new Set(specs.flatMap((s) => s.metrics))];
    const missing = wanted.filter((name) => !this.#byName.has(name));
    if (missing.length > 0) {
      const place = { file: this.#file, expected: missing.join(' ') };
      throw new JobsumError('E_NAME_UNKNOWN', 'the archive has no such metric', place);
    }
    const startNs = span.from ?? EARLIEST + 1n;
    const endNs = span.to ?? LATEST;
    const task: NodeTask = {
      archives: this.#members.map((m) => m.path),
      wanted,
      salvage: this.#salvage,
      windows: [
        {
          startNs,
          endNs,
          walltime: Number((endNs - startNs) / NS),
          archives: this.#members.map((_, i) => i),
          declare: (has) => specs.filter((s) => s.metrics.every(has)),
        },
      ],
    };
    return lend((wasm) => decodeNode(wasm, task)).windows[0]!;
  }
}

/** The first record, which may name the collector; then, if the span begins later, those from there on by the index. */
function* aheadOf<R extends { readonly ns: bigint }>(
  records: Generator<R>,
  reader: ArchiveReader,
  from: bigint,
): Generator<R> {
  const first = records.next();
  if (first.done) return;
  yield first.value;
  if (first.value.ns < from) reader.seek(from);
  yield* records;
}
