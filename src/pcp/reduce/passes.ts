// Owns in how many passes the windows of a node are decoded: one, but for windows that cannot share it.

import type { Problem } from '../../kernel/index.ts';
import { type Group, groupsOf } from '../archive/agreement.ts';
import { ofOneHost } from '../archive/hosts.ts';
import type { Elsewhere } from '../archive/kept-times.ts';
import type { Wasm } from '../wasm/wasm.ts';
import { coveredBy } from './host-times.ts';
import { decodeByRows } from './row-session.ts';
import {
  type Decoded,
  decodeWindows,
  type NodeResult,
  type NodeTask,
  type NodeWindow,
  type NodeWindowResult,
  type Survey,
  survey,
} from './session.ts';

/** A window and its place in the task. */
interface Numbered {
  readonly i: number;
  readonly window: NodeWindow;
}

/** How archives are read. */
type Agreed = Pick<Group, 'readings' | 'problems'>;
type Decode = (wasm: Wasm, task: NodeTask, surveyed: Survey) => Decoded;

/** Reads one node. Damage is data in the result; throws only E_ARCHIVE_LIMIT and E_IO. */
export const decodeNode = (wasm: Wasm, task: NodeTask): NodeResult => decodeAll(wasm, task, decodeWindows);

/** The same by the TypeScript engine, slowly; for comparing the two on whole documents. */
export const decodeNodeByRows = (wasm: Wasm, task: NodeTask): NodeResult => decodeAll(wasm, task, decodeByRows);

function decodeAll(wasm: Wasm, given: NodeTask, decode: Decode): NodeResult {
  const surveyed = survey(wasm, given);
  const { task, notes } = sorted(given, surveyed);
  compareEnds(task, surveyed);
  const result = decodeGroups(wasm, task, surveyed, decode);
  const windows = result.windows.map((w, i) => ({ ...w, problems: [...w.problems, ...notes[i]!] }));
  return { ...result, windows };
}

/** The task with each window's archives of one host, each file once; and per window what was left out. */
function sorted(task: NodeTask, { members, open }: Survey): { task: NodeTask; notes: (readonly Problem[])[] } {
  const covered = coveredBy(open);
  const notes: (readonly Problem[])[] = [];
  const windows = task.windows.map((w) => {
    const given = w.archives.map((i) => members[i]!);
    const readable = given.filter((m) => m.usable);
    const { own, problems } = ofOneHost(task.node ?? '', readable, (m) => covered(m, w));
    notes.push(problems);
    // A link to a file is that file.
    const used = own.filter((m) => own.find((other) => other.file === m.file) === m);
    return { ...w, archives: given.filter((m) => !m.usable || used.includes(m)).map((m) => m.index) };
  });
  return { task: { ...task, windows }, notes };
}

/** Archives of one window show each other's first and last records wrong that are stamped far from all others. */
function compareEnds({ windows }: NodeTask, { members, beside }: Survey): void {
  const others = new Map<number, Set<number>>();
  for (const { archives } of windows) {
    if (archives.length < 2) continue;
    for (const i of archives) {
      const known = others.get(i) ?? new Set();
      others.set(i, known);
      for (const other of archives) if (other !== i) known.add(other);
    }
  }
  for (const [i, known] of others) {
    const ends = [...known].flatMap((other) => [members[other]!.startNs, ...members[other]!.ends]);
    const elsewhere: Elsewhere = (strayNs, nextNs, marginNs) => {
      const [from, to] = strayNs > nextNs ? [nextNs, strayNs - marginNs] : [strayNs + marginNs, nextNs];
      return ends.some((ns) => from < ns && ns < to);
    };
    beside.set(i, elsewhere);
    members[i]!.reader?.clock?.beside(elsewhere);
  }
}

/** Windows for passes in which less is mixed than in one of `before` windows: those of the same archives, at last each alone. */
function apart(windows: readonly Numbered[], before: number): Numbered[][] {
  const parts = new Map<string, Numbered[]>();
  for (const one of windows) {
    const key = one.window.archives.join();
    parts.set(key, [...(parts.get(key) ?? []), one]);
  }
  return [...parts.values()].flatMap((part) => (part.length < before ? [part] : part.map((one) => [one])));
}

/**
 * Decodes windows together whose archives describe the wanted metrics alike: all of them, nearly always. Where archives of a
 * window contradict each other, the earlier one counts, and the metric is left out of the later one; where they have it in several
 * units, or in others than are asked for, it is converted.
 */
function decodeGroups(wasm: Wasm, task: NodeTask, surveyed: Survey, decode: Decode): NodeResult {
  const groups = groupsOf(
    task.windows,
    surveyed.members.filter((m) => m.usable),
    task.units,
  );
  const windows: NodeWindowResult[] = [];
  const sum = { bytes: 0, records: 0 };
  const plans = { made: 0, known: 0, steady: 0 };
  /** Archives (by index) whose times are judged before they are read. */
  const judged = new Set<number>();
  const pass = (own: readonly Numbered[], agreed: Agreed, known?: Survey): void => {
    const { readings, problems } = agreed;
    const part = { ...task, windows: own.map(({ window }) => window) };
    const result = decode(wasm, part, known ?? survey(wasm, part, readings, judged, surveyed.beside));
    for (const key of ['bytes', 'records'] as const) sum[key] += result[key];
    for (const key of ['made', 'known', 'steady'] as const) plans[key] += result.plans[key];
    if (result.late.length > 0) {
      for (const i of result.late) judged.add(i);
      pass(own, agreed);
      return;
    }
    const restarted: Numbered[] = [];
    const mixedUp: Numbered[] = [];
    for (const [k, { i, window }] of own.entries()) {
      const { mixed, moments, ...found } = result.windows[k]!;
      if (mixed && own.length > 1) mixedUp.push({ i, window });
      else if (moments.length > 0 && !window.moments) restarted.push({ i, window: { ...window, moments } });
      else windows[i] = { ...found, problems: [...found.problems, ...problems] };
    }
    if (restarted.length > 0) pass(restarted, agreed);
    for (const part of apart(mixedUp, own.length)) pass(part, agreed);
  };
  const all = task.windows.map((window, i): Numbered => ({ i, window }));
  if (groups.every((g) => g.readings.size === 0)) pass(all, { readings: new Map(), problems: [] }, surveyed);
  else {
    for (const m of surveyed.members) m.reader?.close();
    for (const group of groups) {
      const own = group.windows.map((i) => all[i]!);
      pass(own, group);
    }
  }
  return { windows, ...sum, plans };
}
