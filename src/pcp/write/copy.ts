// Owns copying an archive, or a window and some metrics of it, into a new valid one: records as stored, nothing re-measured.

import { JobsumError, type Problem } from '../../kernel/index.ts';
import { Instant } from '../../reduce/index.ts';
import type { LabelRecord } from '../archive/annotations.ts';
import { domainVersions } from '../archive/domains.ts';
import { checkPatterns, globMatcher } from '../archive/globs.ts';
import { join } from '../archive/join.ts';
import { type Member, namesIn, openMembers } from '../archive/members.ts';
import { type Metric, NO_INDOM, pmidText } from '../archive/metric.ts';
import { ArchiveReader } from '../archive/reader.ts';
import { type ArchiveRecord, type RawSet, rawSets, readRecords } from '../archive/records.ts';
import { resolveArchives } from '../files/fileset.ts';
import { Wasm } from '../wasm/wasm.ts';
import { CopiedAnnotations } from './copy-annotations.ts';
import { CopiedDomains, DomainView } from './copy-domains.ts';
import type { Version } from './frames.ts';
import { KeptNumbers } from './kept-numbers.ts';
import { ArchiveWriter } from './writer.ts';

/** What to copy, and into what. */
export interface CopyOptions {
  /** Default: that of the source. */
  readonly version?: Version;
  /** Names, prefixes or globs; default all. */
  readonly metrics?: readonly string[];
  /** Inclusive, nanoseconds. */
  readonly from?: bigint;
  /** Inclusive, nanoseconds. */
  readonly to?: bigint;
  /** Everything the metadata describes, also what no record uses, and the label's own start. Default: what is used. */
  readonly whole?: boolean;
  /** Go on behind damage with the next record that can be found, and a mark for what is lost. */
  readonly salvage?: boolean;
}

/** What a copy holds, and what was wrong with its source. */
export interface CopyResult {
  /** Marks among them. */
  readonly records: number;
  readonly values: number;
  /** What could not be copied, as the metadata do not describe the metric: no reader could tell the values. Also a problem. */
  readonly undescribed: Undescribed;
  readonly problems: readonly Problem[];
}

/** Values of metrics without descriptor. */
export interface Undescribed {
  readonly values: number;
  /** Records that held nothing else. */
  readonly records: number;
  /** Their pmIDs, as `domain.cluster.item`. */
  readonly metrics: readonly string[];
}

/** Bytes of a volume after which the next one begins: offsets of version 2 end at 2 GiB. */
const VOLUME_BYTES = 1_000_000_000;
/** pmIDs named in a message. */
const SHOWN = 5;

/**
 * Copies to `base`, whose files must not exist. Several archives of a host are joined in order of time.
 *
 * ```js
 * import { copyArchive } from 'jobsum/pcp';
 *
 * const { records } = copyArchive('/pcp/n1/20260302.00.10', '/tmp/part', { metrics: ['mem'], version: 3 });
 * ```
 *
 * @throws JobsumError E_ARCHIVE_* (source), E_NAME_UNKNOWN (one of `metrics` matches nothing), E_USAGE (no record qualifies), E_EXISTS (the target), E_IO
 */
export function copyArchive(source: string, base: string, options: CopyOptions = {}): CopyResult {
  const { members, problems } = openMembers(resolveArchives(source), {
    salvage: options.salvage === true,
    written: true,
  });
  if (options.metrics) checkPatterns(options.metrics, namesIn(members), source);
  const inputs: Input[] = [];
  try {
    for (const member of members) inputs.push(new Input(member, options));
    const counts = new Copy(inputs, base, options).made();
    return {
      ...counts,
      undescribed: {
        values: inputs.reduce((sum, i) => sum + i.unknown.values, 0),
        records: inputs.reduce((sum, i) => sum + i.unknown.records, 0),
        metrics: inOrder(new Set(inputs.flatMap((i) => [...i.unknown.pmids]))),
      },
      problems: [...problems, ...inputs.flatMap((i) => i.problems)],
    };
  } finally {
    for (const input of inputs) input.reader.close();
  }
}

/** The sets of the next record but for those of metrics that another has at the same instant. One archive is copied as it is. */
function newAt(instant: Instant | null, ns: bigint, sets: readonly RawSet[]): readonly RawSet[] {
  const keyOf = ({ metric }: RawSet): string => String(metric.pmid);
  const fresh = instant?.fresh(0, ns, sets.map(keyOf));
  if (fresh === undefined) return sets;
  return fresh === null ? [] : sets.filter((set) => fresh.has(keyOf(set)));
}

const inOrder = (pmids: ReadonlySet<number>): string[] => [...pmids].sort((a, b) => a - b).map(pmidText);

class Input {
  readonly wasm = new Wasm();
  readonly reader: ArchiveReader;
  readonly records: Iterator<ArchiveRecord>;
  readonly wanted: (metric: Metric) => boolean;
  readonly domains: DomainView;
  /** Left out: metrics without descriptor. */
  readonly unknown = { values: 0, records: 0, pmids: new Set<number>() };
  readonly #all: boolean;
  readonly #odd: readonly Problem[];
  readonly #atOpen: number;
  /** Records that are earlier than one before them. */
  #backwards = 0;

  constructor({ path, leftOut }: Member, options: CopyOptions) {
    const matches = globMatcher(options.metrics);
    this.#all = options.metrics === undefined;
    // A metric is copied whole, with all its names, by whichever it is asked for.
    this.wanted = (m) => !leftOut.has(m.pmid) && this.reader.named(m.pmid).some(({ name }) => matches(name));
    this.wasm.x.openSession(0);
    const salvage = options.salvage === true;
    this.reader = new ArchiveReader(this.wasm, path, { salvage, readOn: 'damage', annotations: true });
    // Only time and kind are of interest here: the sets are taken raw.
    this.records = readRecords(
      this.wasm,
      this.reader,
      () => [],
      () => this.#backwards++,
    );
    this.domains = new DomainView(this.wasm, this.reader);
    // What is wrong with labels and texts was not looked at by openMembers.
    this.#odd = this.reader.problems.filter((p) => p.record === 'label set' || p.record === 'help text');
    this.#atOpen = this.reader.problems.length;
  }

  /** The wanted sets of the record that was just given. */
  sets(): RawSet[] {
    const before = this.unknown.values;
    const sets = rawSets(this.wasm, this.reader, this.wanted, (pmid, count) => {
      // Where only some metrics are wanted, those without name are not.
      if (!this.#all) return;
      this.unknown.pmids.add(pmid);
      this.unknown.values += count;
    });
    if (sets.length === 0 && this.unknown.values > before) this.unknown.records++;
    return sets;
  }

  /** What was met since the look at the archive. */
  get problems(): readonly Problem[] {
    const { values, records, pmids } = this.unknown;
    const list = inOrder(pmids);
    const more = list.length > SHOWN ? ` and ${list.length - SHOWN} more` : '';
    const alone = records > 0 ? `, and ${records} records that held nothing else` : '';
    const lost: Problem = {
      code: 'E_ARCHIVE_META',
      message: `${values} values of metrics that are not described were left out${alone}`,
      file: this.reader.files.meta,
      expected: 'a descriptor for every metric',
      found: `none for ${list.slice(0, SHOWN).join(', ')}${more}`,
    };
    const back: Problem = {
      code: 'E_ARCHIVE_CLOCK',
      message: `${this.#backwards} records that are earlier than one before them were left out, as by PCP`,
      file: this.reader.files.base,
    };
    return [
      ...this.#odd,
      ...this.reader.problems.slice(this.#atOpen),
      ...(this.#backwards > 0 ? [back] : []),
      ...(pmids.size > 0 ? [lost] : []),
    ];
  }
}

class Copy {
  readonly #inputs: readonly Input[];
  readonly #base: string;
  readonly #options: CopyOptions;
  readonly #described = new Set<number>();
  #writer: ArchiveWriter | null = null;
  #domains: CopiedDomains | null = null;
  #annotations: CopiedAnnotations | null = null;
  /** Of several archives; one is copied with the numbers that it has. */
  readonly #numbers: KeptNumbers | null;
  readonly #bodyOf = (index: number, record: LabelRecord, ns: bigint): Buffer =>
    this.#numbers?.labels(record, this.#inputs[index]!.domains.at(record.id, ns)) ?? record.body;

  constructor(inputs: readonly Input[], base: string, options: CopyOptions) {
    this.#inputs = inputs;
    this.#base = base;
    this.#options = options;
    this.#numbers = inputs.length > 1 ? new KeptNumbers() : null;
  }

  /** Whole, or nothing of it is left. */
  made(): Pick<CopyResult, 'records' | 'values'> {
    try {
      return this.#run();
    } catch (error) {
      this.#writer?.discard();
      throw error;
    }
  }

  #run(): Pick<CopyResult, 'records' | 'values'> {
    const { from = -(2n ** 63n), to = 2n ** 63n - 1n, whole = false } = this.#options;
    let [records, values] = [0, 0];
    const instant = this.#inputs.length > 1 ? new Instant() : null;
    const joined = join(
      this.#inputs.map((i) => i.records),
      { from, to },
    );
    for (const { input: index, ns, record } of joined) {
      const input = this.#inputs[index]!;
      const mark = record === null || record.mark;
      const sets = mark ? [] : newAt(instant, ns, input.sets());
      // An extract begins with data, and holds no record without a wanted metric.
      if (mark ? !this.#writer && !(whole && record) : sets.length === 0) continue;
      this.#writer ??= this.#open(input, ns);
      const writer = this.#writer;
      if (!whole) {
        for (const { metric } of sets) this.#describe(input, metric, ns);
        if (!mark) this.#annotations!.upTo(index, ns, this.#bodyOf);
      }
      if (writer.volumeBytes > VOLUME_BYTES) writer.nextVolume();
      writer.raw(ns, this.#renumbered(input, sets, ns));
      records++;
      for (const { count } of sets) values += Math.max(0, count);
    }
    if (!this.#writer)
      throw new JobsumError('E_USAGE', 'no record qualifies', { file: this.#inputs[0]!.reader.files.base });
    this.#writer.close();
    return { records, values };
  }

  #open(input: Input, ns: bigint): ArchiveWriter {
    const { label } = input.reader;
    const { whole, version } = this.#options;
    const highest = this.#inputs.some((i) => i.reader.label.version === 3) ? 3 : 2;
    const writer = new ArchiveWriter(this.#base, {
      version: version ?? highest,
      host: label.hostBytes,
      timezone: label.timezoneBytes,
      zoneinfo: label.zoneinfo,
      startNs: whole ? label.startNs : ns,
      exclusive: true,
      ...(whole ? { pid: label.pid } : {}),
    });
    this.#writer = writer;
    this.#domains = new CopiedDomains(writer, this.#inputs.length === 1);
    this.#annotations = new CopiedAnnotations(
      writer,
      this.#inputs.map((i) => i.reader.annotations!),
    );
    if (!whole) return writer;
    for (const i of this.#inputs) this.#describeAll(i, writer);
    this.#annotations.all(this.#bodyOf);
    return writer;
  }

  #describeAll({ wasm, reader, wanted }: Input, writer: ArchiveWriter): void {
    const indoms = new Set<number>();
    for (const metric of reader.metrics.filter(wanted)) {
      writer.describe(metric);
      if (metric.indom !== NO_INDOM) indoms.add(metric.indom);
    }
    for (const indom of indoms) {
      const versions = domainVersions(wasm, reader, indom);
      for (const [i, { ns, members }] of versions.entries()) {
        const alone = versions[i - 1]?.ns !== ns && versions[i + 1]?.ns !== ns;
        this.#domains!.write(indom, ns, this.#numbers?.members(indom, members) ?? members, alone);
      }
    }
  }

  /** Sets in the numbers of the copy. */
  #renumbered({ domains }: Input, sets: readonly RawSet[], ns: bigint): readonly RawSet[] {
    const numbers = this.#numbers;
    if (!numbers) return sets;
    return sets.map((s) => (s.metric.indom === NO_INDOM ? s : numbers.set(s, domains.at(s.metric.indom, ns))));
  }

  /** Descriptor before the first record of a metric; instances, stamped with the record's time, when they differ. */
  #describe(input: Input, metric: Metric, ns: bigint): void {
    if (!this.#described.has(metric.pmid)) {
      this.#described.add(metric.pmid);
      const names = input.reader.metrics.filter((m) => m.pmid === metric.pmid);
      for (const m of names.length > 0 ? names : [metric]) this.#writer!.describe(m);
      this.#annotations!.want(metric);
    }
    if (metric.indom === NO_INDOM) return;
    const domain = input.domains.at(metric.indom, ns);
    if (domain) this.#domains!.change(metric.indom, ns, this.#numbers?.domain(metric.indom, domain) ?? domain);
  }
}
