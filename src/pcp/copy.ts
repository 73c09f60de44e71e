// Owns copying an archive, or a window and some metrics of it, into a new valid one: records as stored, nothing re-measured.

import {
  ArchiveReader,
  domainVersions,
  type Metric,
  NO_INDOM,
  type RawSet,
  rawSets,
  readRecords,
  versionAt,
  versionMembers,
  Wasm,
} from '../decode/index.ts';
import { JobsumError, type Problem } from '../kernel/index.ts';
import { ArchiveWriter, type Version } from '../write/index.ts';
import { globMatcher, resolveArchives } from './names.ts';

export interface CopyOptions {
  /** Default: that of the source. */
  readonly version?: Version;
  readonly metrics?: readonly string[];
  /** Inclusive, nanoseconds. */
  readonly from?: bigint;
  readonly to?: bigint;
  /** Everything the metadata describes, also what no record uses, and the label's own start. Default: what is used. */
  readonly whole?: boolean;
}

export interface CopyResult {
  readonly records: number;
  readonly problems: readonly Problem[];
}

/** Bytes of a volume after which the next one begins: offsets of version 2 end at 2 GiB. */
const VOLUME_BYTES = 1_000_000_000;

/**
 * Copies to `base`, whose files must not exist. Several archives of a host are merged in order of time.
 * @throws JobsumError E_ARCHIVE_* (source), E_USAGE (no record qualifies, target exists), E_IO
 */
export function copyArchive(source: string, base: string, options: CopyOptions = {}): CopyResult {
  const inputs = resolveArchives(source).map((path) => new Input(path, options));
  try {
    return new Copy(inputs, base, options).run();
  } finally {
    for (const input of inputs) input.reader.close();
  }
}

interface Domain {
  readonly version: number;
  readonly members: ReturnType<typeof versionMembers>;
  /** Equal texts mean equal members. */
  readonly text: string;
}

class Input {
  readonly wasm = new Wasm();
  readonly reader: ArchiveReader;
  readonly #records: Iterator<{ ns: bigint; mark: boolean }>;
  readonly wanted: (metric: Metric) => boolean;
  head: { ns: bigint; mark: boolean } | null = null;
  /** Each instance domain as it was last looked at. */
  readonly #domains = new Map<number, Domain>();

  constructor(path: string, options: CopyOptions) {
    const matches = globMatcher(options.metrics);
    this.wanted = (m) => matches(m.name);
    this.wasm.x.openSession(0);
    this.reader = new ArchiveReader(this.wasm, path);
    // Only time and kind are of interest here: the sets are taken raw.
    this.#records = readRecords(this.wasm, this.reader, () => false);
    this.next();
  }

  /** Members of an instance domain at a time, made anew only when its version is another; null without one. */
  domainAt(indom: number, ns: bigint): Domain | null {
    const version = versionAt(this.wasm, this.reader, indom, ns);
    if (version === 0) return null;
    const known = this.#domains.get(indom);
    if (known?.version === version) return known;
    const members = versionMembers(this.wasm, version);
    const text = members.map((m) => `${m.id} ${m.name.toString('latin1')}`).join('\n');
    const domain = { version, members, text };
    this.#domains.set(indom, domain);
    return domain;
  }

  next(): void {
    const { done, value } = this.#records.next();
    this.head = done ? null : value;
  }
}

class Copy {
  readonly #inputs: readonly Input[];
  readonly #base: string;
  readonly #options: CopyOptions;
  #writer: ArchiveWriter | null = null;
  readonly #described = new Set<number>();
  /** Text of the members last written, by instance domain. */
  readonly #members = new Map<number, string>();

  constructor(inputs: readonly Input[], base: string, options: CopyOptions) {
    this.#inputs = inputs;
    this.#base = base;
    this.#options = options;
  }

  run(): CopyResult {
    const { from = -(2n ** 63n), to = 2n ** 63n - 1n } = this.#options;
    let records = 0;
    for (;;) {
      const live = this.#inputs.filter((i) => i.head !== null);
      if (live.length === 0) break;
      const input = live.reduce((a, b) => (b.head!.ns < a.head!.ns ? b : a));
      const { ns, mark } = input.head!;
      if (ns > to) break;
      if (ns >= from) {
        const sets = mark ? [] : rawSets(input.wasm, input.reader, input.wanted);
        if (sets.length > 0 || (mark && (this.#writer || this.#options.whole))) {
          this.#writer ??= this.#open(input, ns);
          const writer = this.#writer;
          if (!this.#options.whole) for (const set of sets) this.#describe(input, set, ns);
          if (writer.volumeBytes > VOLUME_BYTES) writer.nextVolume();
          writer.raw(ns, sets);
          records++;
        }
      }
      input.next();
      // A gap between inputs: counters of two loggers are not to be differenced.
      if (input.head || live.length === 1 || !this.#writer) continue;
      const end = ns + 1_000_000n;
      const others = live.filter((i) => i !== input);
      if (end <= to && others.every((i) => i.head!.ns > end)) {
        this.#writer.mark(end);
        records++;
      }
    }
    if (!this.#writer)
      throw new JobsumError('E_USAGE', 'no record qualifies', { file: this.#inputs[0]!.reader.files.base });
    this.#writer.close();
    return { records, problems: this.#inputs.flatMap((i) => i.reader.problems) };
  }

  #open(input: Input, ns: bigint): ArchiveWriter {
    const { label } = input.reader;
    const whole = this.#options.whole;
    const writer = new ArchiveWriter(this.#base, {
      version: this.#options.version ?? label.version,
      host: label.host,
      timezone: label.timezone,
      startNs: whole ? label.startNs : ns,
      exclusive: true,
      ...(whole ? { pid: label.pid } : {}),
    });
    if (!whole) return writer;
    for (const { reader, wasm, wanted } of this.#inputs) {
      const indoms = new Set<number>();
      for (const metric of reader.metrics.filter(wanted)) {
        writer.describe(metric);
        if (metric.indom !== NO_INDOM) indoms.add(metric.indom);
      }
      for (const indom of indoms)
        for (const { ns: at, members } of domainVersions(wasm, reader, indom)) writer.rawIndom(indom, at, members);
    }
    return writer;
  }

  /** Descriptor before the first record of a metric; instances, stamped with the record's time, when they differ. */
  #describe(input: Input, { metric }: RawSet, ns: bigint): void {
    const writer = this.#writer!;
    if (!this.#described.has(metric.pmid)) {
      this.#described.add(metric.pmid);
      const names = input.reader.metrics.filter((m) => m.pmid === metric.pmid);
      for (const m of names.length > 0 ? names : [metric]) writer.describe(m);
    }
    if (metric.indom === NO_INDOM) return;
    const domain = input.domainAt(metric.indom, ns);
    if (!domain) return;
    const { members, text } = domain;
    if (this.#members.get(metric.indom) === text) return;
    this.#members.set(metric.indom, text);
    writer.rawIndom(metric.indom, ns, members);
  }
}
