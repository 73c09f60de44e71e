// Owns one node's work: its archives read as one time-ordered stream, delivered to all job windows that fall on them.

import { compare, JobsumError, type Problem, toProblem } from '../../kernel/index.ts';
import {
  BOOT_METRICS,
  type ConsumerResult,
  type ConsumerSpec,
  type Coverage,
  type Lead,
  type Moment,
  type Restart,
} from '../../reduce/index.ts';
import type { ExpectedUnits, Reading, Readings } from '../archive/agreement.ts';
import { type Dated, EARLIEST, LATEST, problemsWithin } from '../archive/findings.ts';
import type { Elsewhere } from '../archive/kept-times.ts';
import type { Metric } from '../archive/metric.ts';
import { ArchiveReader } from '../archive/reader.ts';
import { type Undescribed, undescribedIn, undescribedProblems } from '../archive/undescribed.ts';
import { fileIdentity, fileSetBytes } from '../files/fileset.ts';
import * as L from '../wasm/layout.gen.ts';
import type { Wasm } from '../wasm/wasm.ts';
import { attach, buildWindow } from './build.ts';
import { restartProblems } from './restarts.ts';
import { collectWindow } from './results.ts';

export interface NodeWindow {
  readonly startNs: bigint;
  /** Inclusive. */
  readonly endNs: bigint;
  /** Seconds, for SUBSAMPLE. */
  readonly walltime: number;
  /** Indices into `archives`. */
  readonly archives: readonly number[];
  /** What to run, given which metric names exist in the window's archives. */
  readonly declare: (has: (name: string) => boolean) => readonly ConsumerSpec[];
  /** Per consumer of the declaration: the lead set by an earlier node. */
  readonly leads?: (specs: readonly ConsumerSpec[]) => readonly (Lead | null)[];
  /** When counters were restarted, as an earlier pass has found. */
  readonly moments?: readonly Moment[];
}

export interface NodeTask {
  /** Whose archives they should be; empty or absent: of whatever host the first is. */
  readonly node?: string;
  /** Archive base paths. */
  readonly archives: readonly string[];
  readonly windows: readonly NodeWindow[];
  /** Every metric name that any declaration may ask for. */
  readonly wanted: readonly string[];
  /**
   * Units in which values of a metric are given, whatever those of the archive are; of metrics not in it those of a window's first
   * archive. Absent: values are as they are stored.
   */
  readonly units?: ExpectedUnits;
  /** Go on behind damage inside volumes. */
  readonly salvage?: boolean;
}

/** What reducers made of a span of time. */
export interface NodeWindowResult {
  /** `records` 0: the node has no data for the job. */
  readonly coverage: Coverage;
  /** Archives that could be read, and the bytes of their files. */
  readonly archives: number;
  readonly bytes: number;
  readonly specs: readonly ConsumerSpec[];
  readonly consumers: readonly ConsumerResult[];
  /** What was wrong with the archives of this window. */
  readonly problems: readonly Problem[];
}

export interface NodeResult {
  readonly windows: readonly NodeWindowResult[];
  readonly bytes: number;
  readonly records: number;
  readonly plans: PlanUse;
}

/** What one pass makes of its windows. */
export interface Decoded extends NodeResult {
  /**
   * `mixed`: what other windows read has hidden some of its own, so that it must be decoded alone. `moments`: there are any: it must be
   * decoded again by who knows them.
   */
  readonly windows: readonly (NodeWindowResult & { readonly mixed: boolean; readonly moments: readonly Moment[] })[];
  /** Archives (by index) of which records were given that turned out not to count: to be read again, with their times judged before. */
  readonly late: readonly number[];
}

/** How the records of wanted times were taken: of a shape not met before, of a known one, of one that comes again and again. */
export interface PlanUse {
  readonly made: number;
  readonly known: number;
  readonly steady: number;
}

/** Readers kept open between finding out names and reading data; more are opened twice instead. */
const KEEP_OPEN = 4;

export interface Member {
  readonly index: number;
  readonly path: string;
  reader: ArchiveReader | null;
  readonly reading: Reading;
  names: ReadonlySet<string>;
  /** Those of the wanted metrics that it has. */
  metrics: readonly Metric[];
  startNs: bigint;
  /** Times of its first and last record, as far as they are known. */
  ends: readonly bigint[];
  host: string;
  /** Identity of its first volume on the disk, whatever it is called. */
  file: string;
  problems: Dated[];
  usable: boolean;
  /** Windows in which all its records were known already from others: there it is a copy of them, and no source of its own. */
  readonly copyIn: Set<NodeWindow>;
  readonly undescribed: Map<NodeWindow, Undescribed>;
  bytes: number;
}

const AS_IT_IS: Reading = { leftOut: new Set(), factors: new Map() };
export type Open = (member: Member) => ArchiveReader;

/** What a task reads, before it is read. */
export interface Survey {
  readonly members: readonly Member[];
  readonly slots: ReadonlyMap<string, number>;
  readonly open: Open;
  /** Of archives (by index) that have others beside them: where these begin and end. */
  readonly beside: Map<number, Elsewhere>;
}

/** The archives of a task that its windows read, looked at but not read. `judged`: those whose times are judged before they are read. */
export function survey(
  wasm: Wasm,
  task: NodeTask,
  readings: Readings = new Map(),
  judged: ReadonlySet<number> = new Set(),
  beside = new Map<number, Elsewhere>(),
): Survey {
  const names = [...new Set([...task.wanted, ...BOOT_METRICS])];
  if (wasm.x.openSession(names.length) === 0) throw new JobsumError('E_ARCHIVE_LIMIT', 'no memory for the session');
  const slots = new Map(names.map((name, i) => [name, i]));
  const open: Open = ({ path, index, reading: { leftOut, factors } }) => {
    const slotOf = (name: string): number | undefined => (leftOut.has(name) ? undefined : slots.get(name));
    const factorOf = (name: string): number => factors.get(name) ?? 1;
    const options = { slotOf, factorOf, salvage: task.salvage === true, readOn: true };
    const reader = new ArchiveReader(wasm, path, options);
    const others = beside.get(index);
    if (others) reader.clock?.beside(others);
    if (judged.has(index)) reader.clock?.judge();
    return reader;
  };
  const read = new Set(task.windows.flatMap((w) => w.archives));
  const keep = read.size <= KEEP_OPEN;
  const wanted = new Set(task.wanted);
  const members = task.archives.map((path, index) => {
    const member = unread(path, index, readings.get(index) ?? AS_IT_IS);
    if (read.has(index)) look(member, open, keep);
    member.metrics = member.metrics.filter((m) => wanted.has(m.name));
    return member;
  });
  return { members, slots, open, beside };
}

export function decodeWindows(wasm: Wasm, task: NodeTask, { members, slots, open }: Survey): Decoded {
  const windows = task.windows.map((w) => {
    const used = w.archives.map((i) => members[i]!).filter((m) => m.usable);
    const specs = used.length === 0 ? [] : w.declare((name) => used.some((m) => m.names.has(name)));
    return buildWindow(wasm, w, specs, slots, w.leads?.(specs));
  });
  const order = windows.map((_, i) => i).sort((a, b) => compare(task.windows[a]!.startNs, task.windows[b]!.startNs));

  let bytes = 0;
  let records = 0;
  const plans = { made: 0, known: 0, steady: 0 };
  const late: number[] = [];
  /** Windows of an archive, by start. */
  const attached = (m: Member): number[] => order.filter((i) => task.windows[i]!.archives.includes(m.index));
  const finish = (m: Member): void => {
    const reader = m.reader!;
    bytes += reader.bytesRead;
    records += wasm.i32(reader.address + L.Reader.scanned);
    plans.made += wasm.i32(reader.address + L.Reader.planMisses);
    plans.known += wasm.i32(reader.address + L.Reader.planHits);
    plans.steady += wasm.i32(reader.address + L.Reader.steadyRecords);
    m.problems = reader.dated();
    if (reader.clock?.isLate) late.push(m.index);
    const flags = wasm.u32(reader.address + L.Reader.seen);
    attached(m).forEach((i, k) => {
      if (flags && wasm.bytes[flags + k] === L.SEEN_COPY) m.copyIn.add(task.windows[i]!);
      const undescribed = undescribedIn(wasm, reader.address, k);
      if (undescribed) m.undescribed.set(task.windows[i]!, undescribed);
    });
    reader.close();
    m.reader = null;
  };
  const wanted = new Set(task.windows.flatMap((w) => w.archives));
  merge(
    members.filter((m) => m.usable && wanted.has(m.index)),
    (m) => {
      m.reader ??= reopened(m, open);
      if (!m.reader) return null;
      const own = attached(m);
      attach(
        wasm,
        m.reader.address,
        own.map((i) => windows[i]!),
      );
      // Everything before the earliest window is skipped with the help of the index.
      const first = own[0];
      if (first !== undefined) m.reader.seek(task.windows[first]!.startNs);
      return m.reader;
    },
    finish,
  );
  for (const m of members) if (m.reader) finish(m);

  const results = task.windows.map((w, i) => {
    const { address } = windows[i]!;
    const { restarts, ...result } = collectWindow(wasm, windows[i]!, [...slots.keys()]);
    const mixed = wasm.i32(address + L.Window.mixed) !== 0;
    wasm.x.closeWindow(address);
    return { ...result, ...sourcesOf(w, members, restarts), mixed };
  });
  return { windows: results, bytes, records, plans, late };
}

/** The archives behind a window, and what was wrong with them and with counters in them. */
export function sourcesOf(w: NodeWindow, members: readonly Member[], restarts: readonly Restart[]) {
  const own = w.archives.map((a) => members[a]!);
  const read = own.filter((m) => m.usable && !m.copyIn.has(w));
  const bytes = read.reduce((sum, m) => sum + m.bytes, 0);
  const problems = [
    ...own.flatMap((m) => {
      const problems = problemsWithin(m.problems, w.startNs, w.endNs);
      return [...problems, ...undescribedProblems(m.undescribed.get(w), m.path, problems)];
    }),
    ...restartProblems(restarts),
  ];
  return { archives: read.length, bytes, problems };
}

function unread(path: string, index: number, reading: Reading): Member {
  return {
    index,
    path,
    reader: null,
    reading,
    names: new Set(),
    metrics: [],
    startNs: 0n,
    ends: [],
    host: '',
    file: '',
    problems: [],
    usable: false,
    copyIn: new Set(),
    undescribed: new Map(),
    bytes: 0,
  };
}

/** First look at an archive: names of its metrics, start, host. What is not usable keeps its problem. */
function look(member: Member, open: Open, keep: boolean): void {
  const { reading } = member;
  try {
    const reader = open(member);
    member.metrics = reader.metrics.filter((m) => !reading.leftOut.has(m.name));
    member.names = new Set(member.metrics.map((m) => m.name));
    member.startNs = reader.startNs;
    member.ends = reader.clock?.ends ?? [];
    member.host = reader.label.host;
    member.file = fileIdentity(reader.files);
    member.bytes = fileSetBytes(reader.files);
    member.problems = reader.dated();
    member.usable = true;
    if (keep) member.reader = reader;
    else reader.close();
  } catch (error) {
    member.problems = [always(error, member.path)];
  }
}

/** What keeps an archive from being read concerns every window. */
const always = (error: unknown, file: string): Dated => ({
  ...{ problem: { file, ...toProblem(error) }, fromNs: EARLIEST, toNs: LATEST },
});

/** An archive looked at before. It may have gone since: what can be had of it is then nothing. */
export function reopened(m: Member, open: Open): ArchiveReader | null {
  try {
    return open(m);
  } catch (error) {
    m.usable = false;
    m.problems = [...m.problems, always(error, m.path)];
    return null;
  }
}

/**
 * Records of all archives in time order; at equal times the archive given first goes first (archive-format.md §7.3).
 * An archive is opened when the others have come to its label's start, and closed at its end.
 */
function merge(members: Member[], start: (m: Member) => ArchiveReader | null, finish: (m: Member) => void): void {
  const waiting = [...members].sort((a, b) => compare(a.startNs, b.startNs) || a.index - b.index);
  const active: { member: Member; reader: ArchiveReader; nextNs: bigint }[] = [];
  const step = (a: (typeof active)[number], until: bigint): void => {
    if (a.reader.scan(until) === 'until') {
      a.nextNs = a.reader.nextNs;
      return;
    }
    active.splice(active.indexOf(a), 1);
    finish(a.member);
  };
  while (waiting.length > 0 || active.length > 0) {
    const first = active.reduce<(typeof active)[number] | null>(
      (best, a) =>
        best && (best.nextNs < a.nextNs || (best.nextNs === a.nextNs && best.member.index < a.member.index)) ? best : a,
      null,
    );
    const coming = waiting[0];
    if (coming && (!first || coming.startNs <= first.nextNs)) {
      waiting.shift();
      const reader = start(coming);
      if (!reader) continue;
      const a = { member: coming, reader, nextNs: 0n };
      active.push(a);
      step(a, -LATEST);
      continue;
    }
    let until = coming ? coming.startNs - 1n : LATEST;
    for (const a of active) {
      if (a === first) continue;
      const limit = first!.member.index < a.member.index ? a.nextNs : a.nextNs - 1n;
      if (limit < until) until = limit;
    }
    step(first!, until);
  }
}
