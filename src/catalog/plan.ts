// Owns planning: windows of jobs on nodes → tasks, each one node's archives with every window that falls on them.

import { compare } from '../kernel/index.ts';
import type { CatalogEntry } from './catalog.ts';

/** One job's share of one node. */
export interface WantedWindow {
  readonly jobKey: number;
  readonly nodeIndex: number;
  readonly node: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly archives: readonly CatalogEntry[];
}

export interface TaskWindow {
  readonly jobKey: number;
  readonly nodeIndex: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Indices into the task's archives. */
  readonly archives: readonly number[];
}

export interface Task {
  readonly node: string;
  readonly archives: readonly { readonly base: string; readonly bytes: number }[];
  readonly windows: readonly TaskWindow[];
  readonly bytes: number;
}

/** Bounds what a worker holds: results of this many windows. Beyond it archives are read again, once per share. */
export const MAX_WINDOWS = 256;

/** Groups that share an archive, directly or through others (union-find over archives of one node). */
function components(windows: readonly WantedWindow[]): WantedWindow[][] {
  const parent = new Map<string, string>();
  const find = (base: string): string => {
    let root = base;
    while (parent.get(root) !== root) root = parent.get(root)!;
    parent.set(base, root);
    return root;
  };
  for (const w of windows) {
    for (const a of w.archives) if (!parent.has(a.base)) parent.set(a.base, a.base);
    const first = w.archives[0]!.base;
    for (const a of w.archives) parent.set(find(a.base), find(first));
  }
  const groups = new Map<string, WantedWindow[]>();
  for (const w of windows) {
    const key = find(w.archives[0]!.base);
    const group = groups.get(key);
    if (group) group.push(w);
    else groups.set(key, [w]);
  }
  return [...groups.values()];
}

function toTask(node: string, windows: readonly WantedWindow[]): Task {
  const archives = new Map<string, { index: number; base: string; bytes: number }>();
  const taskWindows = windows.map(
    (w): TaskWindow => ({
      jobKey: w.jobKey,
      nodeIndex: w.nodeIndex,
      startNs: w.startNs,
      endNs: w.endNs,
      archives: w.archives.map(({ base, bytes }) => {
        const known = archives.get(base) ?? { index: archives.size, base, bytes };
        archives.set(base, known);
        return known.index;
      }),
    }),
  );
  const list = [...archives.values()].map(({ base, bytes }) => ({ base, bytes }));
  return { node, archives: list, windows: taskWindows, bytes: list.reduce((sum, a) => sum + a.bytes, 0) };
}

/** Every window lands in exactly one task, with all its archives. Windows without archives are the caller's business. */
export function planTasks(windows: readonly WantedWindow[], maxWindows = MAX_WINDOWS): Task[] {
  const byNode = new Map<string, WantedWindow[]>();
  for (const w of windows) {
    if (w.archives.length === 0) continue;
    const list = byNode.get(w.node);
    if (list) list.push(w);
    else byNode.set(w.node, [w]);
  }
  const tasks: Task[] = [];
  for (const [node, list] of byNode) {
    for (const group of components(list)) {
      group.sort((a, b) => compare(a.startNs, b.startNs));
      for (let i = 0; i < group.length; i += maxWindows) tasks.push(toTask(node, group.slice(i, i + maxWindows)));
    }
  }
  return tasks;
}
