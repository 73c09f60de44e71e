// Owns the library: an archive, or several of a host as one, opened and read without PCP.

import {
  type ArchiveLabel,
  ArchiveReader,
  type ArchiveRecord,
  decodeNode,
  instancesAt,
  type Metric,
  type NodeWindowResult,
  readRecords,
  type ValueSet,
  Wasm,
} from '../decode/index.ts';
import { JobsumError, NS, type Problem, toProblem } from '../kernel/index.ts';
import type { ConsumerSpec } from '../reduce/index.ts';
import { globMatcher, resolveArchives } from './names.ts';

export interface RecordOptions {
  /** Names, prefixes (`mem.util`) or globs (`disk.*.read*`); default all. */
  readonly metrics?: readonly string[];
  /** Inclusive, nanoseconds since the epoch. */
  readonly from?: bigint;
  readonly to?: bigint;
  /** Called at the end with what was wrong with the data. */
  readonly onProblems?: (problems: readonly Problem[]) => void;
}

/** A record, and which of the archives it came from. */
export interface PcpRecord extends ArchiveRecord {
  readonly archive: string;
  /** Instance names of a set at this record's time; a number that the domain does not have is its own name. */
  readonly names: (set: ValueSet) => string[];
}

interface Member {
  readonly path: string;
  readonly label: ArchiveLabel;
  readonly metrics: readonly Metric[];
}

/** One millisecond behind the last record of an archive that ends before others: the gap between them (§7.4). */
const MARK_AFTER = 1_000_000n;

/**
 * Opens an archive by its base, any of its files, a directory, or a comma-separated list of these.
 * @throws JobsumError E_ARCHIVE_* if none can be opened; what is wrong with some is in `problems`
 */
export function openArchive(name: string): PcpArchive {
  return new PcpArchive(resolveArchives(name));
}

export class PcpArchive {
  /** Of the earliest archive. */
  readonly label: ArchiveLabel;
  readonly metrics: readonly Metric[];
  /** What was found wrong when opening. */
  readonly problems: readonly Problem[];
  readonly #members: readonly Member[];

  constructor(paths: readonly string[]) {
    const problems: Problem[] = [];
    const members: Member[] = [];
    const wasm = new Wasm();
    for (const path of paths) {
      wasm.x.openSession(0);
      try {
        const reader = new ArchiveReader(wasm, path);
        members.push({ path, label: reader.label, metrics: [...reader.metrics] });
        problems.push(...reader.problems);
        reader.close();
      } catch (error) {
        if (paths.length === 1) throw error;
        problems.push(toProblem(error));
      }
    }
    members.sort((a, b) => (a.label.startNs < b.label.startNs ? -1 : a.label.startNs > b.label.startNs ? 1 : 0));
    const host = members[0]?.label.host;
    this.#members = members.filter((m) => {
      if (m.label.host === host) return true;
      problems.push({
        code: 'E_ARCHIVE_HOST',
        message: 'archive of another host',
        file: m.path,
        expected: host!,
        found: m.label.host,
      });
      return false;
    });
    const [first] = this.#members;
    if (!first)
      throw new JobsumError('E_ARCHIVE_MISSING', 'none of the archives can be read', { file: paths.join(',') });
    this.label = first.label;
    const metrics = new Map<string, Metric>();
    for (const member of this.#members) {
      for (const metric of member.metrics) {
        const known = metrics.get(metric.name);
        if (!known) metrics.set(metric.name, metric);
        else if (known.type !== metric.type || known.semantics !== metric.semantics || known.units !== metric.units) {
          problems.push({
            code: 'E_ARCHIVE_CONFLICT',
            message: `metric ${metric.name} is described in two ways`,
            file: member.path,
          });
        }
      }
    }
    this.metrics = [...metrics.values()];
    this.problems = problems;
  }

  /** Records of all archives in time order; at equal times the archive that begins first goes first (§7.3). */
  *records(options: RecordOptions = {}): Generator<PcpRecord> {
    const from = options.from ?? -(2n ** 63n);
    const to = options.to ?? 2n ** 63n - 1n;
    const wanted = globMatcher(options.metrics);
    const problems: Problem[] = [];
    const open = this.#members.map((member) => {
      const wasm = new Wasm();
      wasm.x.openSession(0);
      const reader = new ArchiveReader(wasm, member.path);
      const atOpen = reader.problems.length;
      if (options.from !== undefined) reader.seek(from);
      const records = readRecords(wasm, reader, (m) => wanted(m.name));
      const names = (ns: bigint, set: ValueSet) => instancesAt(wasm, reader, set.metric.indom, ns, set.instances);
      return { member, reader, records, names, atOpen, head: records.next(), lastNs: null as bigint | null };
    });
    let yielded = false;
    try {
      let live = open.filter((o) => !o.head.done);
      while (live.length > 0) {
        const next = live.reduce((a, b) => (b.head.value!.ns < a.head.value!.ns ? b : a));
        const record = next.head.value as ArchiveRecord;
        if (record.ns > to) break;
        next.lastNs = record.ns;
        if (record.ns >= from && (record.mark || record.sets.length > 0)) {
          yielded = true;
          yield { ...record, archive: next.member.path, names: (set) => next.names(record.ns, set) };
        }
        next.head = next.records.next();
        if (!next.head.done) continue;
        live = live.filter((o) => o !== next);
        const ns = record.ns + MARK_AFTER;
        if (!yielded || live.length === 0 || ns > to) continue;
        const place = { volume: record.volume, offset: record.offset, archive: next.member.path };
        yield { ns, ...place, mark: true, sets: [], names: () => [] };
      }
      for (const o of open) problems.push(...o.reader.problems.slice(o.atOpen));
    } finally {
      for (const o of open) o.reader.close();
    }
    options.onProblems?.(problems);
  }

  /** Runs reducers inside the decoder over a span of time (nanoseconds, inclusive); all of the archive by default. */
  reduce(
    specs: readonly ConsumerSpec[],
    span: { readonly from?: bigint; readonly to?: bigint } = {},
  ): NodeWindowResult {
    const startNs = span.from ?? -(2n ** 63n) + 1n;
    const endNs = span.to ?? 2n ** 63n - 1n;
    const result = decodeNode(new Wasm(), {
      archives: this.#members.map((m) => m.path),
      wanted: [...new Set(specs.flatMap((s) => s.metrics))],
      windows: [
        {
          startNs,
          endNs,
          walltime: Number((endNs - startNs) / NS),
          archives: this.#members.map((_, i) => i),
          declare: (has) => specs.filter((s) => s.metrics.every(has)),
        },
      ],
    });
    return result.windows[0]!;
  }
}
