// Owns one node's work by the TypeScript engine: as decodeNode, slowly; for comparing the two on whole documents.

import { compare } from '../../kernel/index.ts';
import { askedBy, type ConsumerResult, WindowEngine } from '../../reduce/index.ts';
import type { ArchiveReader } from '../archive/reader.ts';
import { type ReadRow, rowAt, type WantedRows, wantedRows } from '../archive/rows.ts';
import * as L from '../wasm/layout.gen.ts';
import type { Wasm } from '../wasm/wasm.ts';
import {
  type Decoded,
  type Member,
  type NodeTask,
  type NodeWindow,
  reopened,
  type Survey,
  sourcesOf,
} from './session.ts';

/** One archive being read, and its next row; null at the end. */
interface Stream {
  readonly member: Member;
  readonly reader: ArchiveReader;
  readonly wanted: WantedRows;
  /** Time of the last record, marks among them: what is earlier is dropped (archive-format.md §6). */
  lastNs: bigint;
  next: ReadRow | null;
}

function advance(wasm: Wasm, s: Stream, endNs: bigint): void {
  s.next = null;
  while (s.reader.next()) {
    const ns = wasm.i64(s.reader.address + L.Reader.ns);
    if (ns < s.lastNs) continue;
    s.lastNs = ns;
    if (ns > endNs) return;
    s.next = rowAt(wasm, s.reader, s.wanted);
    return;
  }
}

/** Counts for the window the value sets of metrics that are not described. */
function note({ undescribed: known }: Member, w: NodeWindow, { undescribed, ns }: ReadRow): void {
  if (undescribed.length === 0) return;
  const first = known.get(w) ?? { count: 0, pmid: undescribed[0]!, ns };
  known.set(w, { ...first, count: first.count + undescribed.length });
}

/** Each window is as it is alone: none is ever `mixed`. */
export function decodeByRows(wasm: Wasm, task: NodeTask, { members, open }: Survey): Decoded {
  const wanted = new Set(task.windows.flatMap((w) => w.archives));
  const usable = members.filter((m) => m.usable && wanted.has(m.index));
  const windows = task.windows.map((w) => {
    const used = w.archives.map((i) => members[i]!).filter((m) => m.usable);
    const specs = used.length === 0 ? [] : w.declare((name) => used.some((m) => m.names.has(name)));
    const { startNs, endNs, walltime, leads, moments } = w;
    const span = { startNs, endNs, walltime, ...(moments ? { moments } : {}) };
    const engine = new WindowEngine({ ...span, consumers: specs, leads: leads?.(specs) ?? [] });
    return { w, specs, engine };
  });
  const endNs =
    windows
      .map(({ w }) => w.endNs)
      .sort(compare)
      .at(-1) ?? 0n;
  /** What somebody asks for: of the others damage costs nobody anything. */
  const asked = new Set(windows.flatMap(({ specs }) => [...askedBy(specs)]));
  /** Metrics that some archive has in other units. */
  const scaled = new Set(members.flatMap((m) => [...m.reading.factors.keys()]));
  // Names are asked until the engines have finished: every reader stays open till then.
  const streams = usable.flatMap((member): Stream[] => {
    const reader = member.reader ?? reopened(member, open);
    member.reader = reader;
    if (!reader) return [];
    reader.clock?.judge();
    const { leftOut, factors } = member.reading;
    const names = new Set([...asked].filter((name) => !leftOut.has(name)));
    const metrics = wantedRows(reader, names, (name) => (scaled.has(name) ? (factors.get(name) ?? 1) : null));
    return [{ member, reader, wanted: metrics, lastNs: -(2n ** 63n), next: null }];
  });
  for (const s of streams) advance(wasm, s, endNs);
  let records = 0;
  for (;;) {
    // At equal times the archive given first goes first.
    const first = streams
      .filter((s) => s.next !== null)
      .sort((a, b) => compare(a.next!.ns, b.next!.ns) || a.member.index - b.member.index)[0];
    if (!first) break;
    const { next, member } = first;
    for (const { w, engine } of windows) {
      if (!w.archives.includes(member.index) || next!.ns < w.startNs || next!.ns > w.endNs) continue;
      note(member, w, next!);
      engine.row(next!);
    }
    if (!next!.mark) records++;
    advance(wasm, first, endNs);
  }
  const finished = windows.map(({ engine }): ConsumerResult[] => engine.finish());
  let bytes = 0;
  for (const { member, reader } of streams) {
    bytes += reader.bytesRead;
    member.problems = reader.dated();
    const source = wasm.i32(reader.address + L.Reader.id);
    for (const { w, engine } of windows) if (engine.isCopy(source)) member.copyIn.add(w);
    reader.close();
    member.reader = null;
  }
  const results = windows.map(({ w, specs, engine }, i) => ({
    ...{ coverage: engine.coverage(), specs, consumers: finished[i]!, mixed: false, moments: engine.moments },
    ...sourcesOf(w, members, engine.restarts),
  }));
  return { windows: results, bytes, records, plans: { made: 0, known: 0, steady: 0 }, late: [] };
}
