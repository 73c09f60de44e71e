// Owns the canonical dump of an archive: one spelling for everything it holds, so that equal hashes mean equal decoders.

import { fromProblem, type Problem } from '../../kernel/index.ts';
import { allMembers, type Member, versionAt, versionMembers } from '../archive/domains.ts';
import { refusedByPcp } from '../archive/findings.ts';
import { indomText, type Metric, NO_INDOM, pmidText } from '../archive/metric.ts';
import { pcpErrorName } from '../archive/pcp-errors.ts';
import { ArchiveReader } from '../archive/reader.ts';
import { markBetween, NEVER, type StoredSet, storedBlock, storedSets } from '../archive/records.ts';
import {
  blockJson,
  inSituJson,
  instantJson,
  quote,
  SEMANTICS_NAMES,
  storedOrder,
  storedStamp,
  TYPE_NAMES,
  textJson,
} from '../archive/values.ts';
import { dimensionsText, unitsOf } from '../files/units.ts';
import * as L from '../wasm/layout.gen.ts';
import { Wasm } from '../wasm/wasm.ts';

/** Names that PCP adds to every name space by itself. */
const BUILT_IN = new Set(['event.flags=511.0.1', 'event.missed=511.0.2']);
/** What a reader's stop is called there. */
export const DAMAGED = 'PM_ERR_LOGREC';

export interface DumpTotals {
  readonly version: number;
  readonly records: number;
  readonly marks: number;
  readonly values: number;
  readonly status: string;
}

function pairs(members: readonly Member[]): string {
  // Damaged domains have an instance twice: then by name.
  const sorted = [...members].sort((a, b) => a.id - b.id || Buffer.compare(a.name, b.name));
  return `[${sorted.map((m) => `[${m.id},${textJson(m.name)}]`).join(',')}]`;
}

const bySerial = (a: number, b: number): number =>
  ((a >>> 22) & 0x1ff) - ((b >>> 22) & 0x1ff) || (a & 0x3fffff) - (b & 0x3fffff);

export interface DumpOptions {
  /** Refuse what PCP refuses to open: damaged metadata, labels that contradict each other. Default: read what is good. */
  readonly strict?: boolean;
  /** Go on behind damage; what is lost is a mark. */
  readonly salvage?: boolean;
  /** Called, when the last line was made, with everything that was wrong, and what the dump has. */
  readonly onProblems?: (problems: readonly Problem[], totals: DumpTotals) => void;
}

class CanonicalDump {
  readonly #wasm = new Wasm();
  readonly #reader: ArchiveReader;
  readonly #options: DumpOptions;
  /** Key (a JSON string) and descriptor by pmid. */
  readonly #keys = new Map<number, { key: string; metric: Metric | null }>();
  /** Version address and text last written per instance domain. */
  readonly #shown = new Map<number, { version: number; text: string }>();
  #records = 0;
  #marks = 0;
  #values = 0;
  #last: string | null = null;
  #order: bigint | null = null;
  #lastNs = NEVER;
  #status = 'eof';

  constructor(path: string, options: DumpOptions = {}) {
    this.#options = options;
    this.#wasm.x.openSession(0);
    const strict = options.strict === true;
    // Label sets are not in the dump, but PCP opens no archive in which one is damaged.
    this.#reader = new ArchiveReader(this.#wasm, path, { salvage: options.salvage === true, annotations: strict });
    const problem = strict ? this.#reader.problems.find(refusedByPcp) : undefined;
    if (!problem) return;
    this.#reader.close();
    throw fromProblem(problem);
  }

  get totals(): DumpTotals {
    return {
      version: this.#reader.label.version,
      records: this.#records,
      marks: this.#marks,
      values: this.#values,
      status: this.#status,
    };
  }

  *lines(): Generator<string> {
    try {
      const { label } = this.#reader;
      yield `{"label":{"version":${label.version},"host":${textJson(label.hostBytes)},"tz":${textJson(label.timezoneBytes)},"start":${label.startText}}}`;
      yield* this.#metrics();
      const problems = this.#reader.problems.length;
      while (this.#reader.next()) yield* this.#record();
      if (
        this.#reader.problems.slice(problems).some((p) => /TRUNCATED|LENGTH|TRAILER|RECORD|UNPACK|LIMIT/.test(p.code))
      )
        this.#status = DAMAGED;
      yield `{"end":{"status":"${this.#status}","last":${this.#last},"records":${this.#records},"marks":${this.#marks},"values":${this.#values}}}`;
      this.#options.onProblems?.(this.#reader.problems, this.totals);
    } finally {
      this.#reader.close();
    }
  }

  *#metrics(): Generator<string> {
    const indoms = new Set<number>();
    const named = this.#reader.metrics.map((m) => [m, m.nameBytes] as const);
    const metrics = named.sort(([, a], [, b]) => Buffer.compare(a, b)).map(([m]) => m);
    for (const m of metrics) {
      if (BUILT_IN.has(`${m.name}=${pmidText(m.pmid)}`)) continue;
      const key = textJson(m.nameBytes);
      const u = unitsOf(m.units);
      const units = [u.dimSpace, u.dimTime, u.dimCount, u.scaleSpace, u.scaleTime, u.scaleCount];
      const sem = SEMANTICS_NAMES[m.semantics];
      yield `{"metric":${key},"pmid":"${pmidText(m.pmid)}","indom":${m.indom === NO_INDOM ? 'null' : `"${indomText(m.indom)}"`},"type":"${TYPE_NAMES[m.type] ?? m.type}","sem":${sem ? `"${sem}"` : m.semantics},"units":[${units}],"unitstr":${quote(dimensionsText(m.units))}}`;
      if (!this.#keys.has(m.pmid)) this.#keys.set(m.pmid, { key, metric: m });
      if (m.indom !== NO_INDOM) indoms.add(m.indom);
    }
    for (const indom of [...indoms].sort(bySerial)) {
      const members = allMembers(this.#wasm, this.#reader, indom);
      if (members) yield `{"indom":"${indomText(indom)}","all":${pairs(members)}}`;
    }
  }

  #lookup(pmid: number): { key: string; metric: Metric | null } {
    let found = this.#keys.get(pmid);
    if (!found) {
      found = { key: `"#${pmidText(pmid)}"`, metric: this.#reader.descriptors.get(pmid) ?? null };
      this.#keys.set(pmid, found);
    }
    return found;
  }

  *#record(): Generator<string> {
    const wasm = this.#wasm;
    const r = this.#reader.address;
    const ns = wasm.i64(r + L.Reader.ns);
    const rec = wasm.u32(r + L.Reader.record);
    const { version } = this.#reader.label;
    const order = storedOrder(wasm.view, rec + 4, version);
    // PCP never delivers a record that is earlier than one before it.
    if (this.#order !== null && order < this.#order) return;
    this.#order = order;
    if (this.#reader.afterGap && this.#lastNs !== NEVER) {
      this.#records++;
      this.#marks++;
      yield `{"t":${instantJson(markBetween(this.#lastNs, ns))},"mark":true}`;
    }
    this.#lastNs = ns;
    const when = storedStamp(wasm.view, rec + 4, version);
    this.#last = when;
    this.#records++;
    if (wasm.i32(r + L.Reader.setCount) === 0) {
      this.#marks++;
      yield `{"t":${when},"mark":true}`;
      return;
    }
    const items: { key: string; text: string }[] = [];
    const seen = new Map<string, number>();
    const used = new Set<number>();
    for (const set of storedSets(wasm, this.#reader)) {
      const { key, metric } = this.#lookup(set.pmid);
      const times = (seen.get(key) ?? 0) + 1;
      seen.set(key, times);
      items.push({ key: times === 1 ? key : `${key.slice(0, -1)}#${times}"`, text: this.#set(set, metric) });
      if (set.count <= 0) continue;
      this.#values += set.count;
      if (metric && metric.indom !== NO_INDOM) used.add(metric.indom);
    }
    for (const indom of [...used].sort(bySerial)) yield* this.#now(indom, ns, when);
    items.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
    yield `{"t":${when},"m":{${items.map((x) => `${x.key}:${x.text}`).join(',')}}}`;
  }

  #set({ count, format, pairs }: StoredSet, metric: Metric | null): string {
    if (count < 0) return `{"error":"${pcpErrorName(count)}"}`;
    const type = metric ? metric.type : null;
    const { view } = this.#wasm;
    const values = pairs.map((pair) => {
      const text =
        format === 0
          ? inSituJson(type, view, pair + 4)
          : blockJson(type, storedBlock(this.#wasm, this.#reader, pair).subarray(4));
      return `[${view.getInt32(pair)},${text}]`;
    });
    return `[${values.join(',')}]`;
  }

  *#now(indom: number, ns: bigint, when: string): Generator<string> {
    const version = versionAt(this.#wasm, this.#reader, indom, ns);
    const shown = this.#shown.get(indom);
    if (shown?.version === version) return;
    const text = version === 0 ? 'null' : pairs(versionMembers(this.#wasm, version));
    this.#shown.set(indom, { version, text });
    if (shown?.text !== text) yield `{"t":${when},"indom":"${indomText(indom)}","now":${text}}`;
  }
}

/**
 * The lines of the dump, without line ends.
 * @throws JobsumError E_ARCHIVE_* if the archive cannot be opened. Damage further on ends the dump with its status.
 */
export function canonicalDump(path: string, options?: DumpOptions): Iterable<string> {
  return new CanonicalDump(path, options).lines();
}

/** Counts and SHA-256 of the canonical dump. */
export function dumpSum(path: string, options?: DumpOptions): DumpTotals & { readonly sha256: string } {
  const dump = new CanonicalDump(path, options);
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256');
  for (const line of dump.lines()) hash.update(`${line}\n`);
  return { ...dump.totals, sha256: hash.digest('hex') };
}
