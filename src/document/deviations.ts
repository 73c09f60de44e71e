// Owns the list of where our documents differ from the reference's on purpose, and which of it holds for a document.

import { readFileSync } from 'node:fs';
import { packageFile } from '../kernel/index.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface Deviation {
  /** Dots between keys, * for one key: what differs, and is not compared. */
  readonly path: string;
  readonly what: string;
  readonly why: string;
  /** It only holds where the reference's document has this path, or has it not. */
  readonly if?: string;
  readonly unless?: string;
  /** It only holds where our document says so: parts of one text in its `errors.archive` or `errors.job`. */
  readonly said?: string | readonly string[];
  /** It only holds where our document has this path. */
  readonly ours?: string;
  /** What holds the path is not compared as a whole. */
  readonly whole?: boolean;
  /** The reference crashed there, so that its document has nothing to compare. */
  readonly excluded?: boolean;
  /** Golden cases that show it. */
  readonly seen?: readonly string[];
}

export interface Pair {
  readonly golden: Json;
  readonly ours: Json;
}

/** The list that is shipped. */
const DEVIATIONS_FILE = packageFile('src/document/deviations.json');

export function readDeviations(file: string = DEVIATIONS_FILE): Deviation[] {
  return JSON.parse(readFileSync(file, 'utf8')) as Deviation[];
}

export const isObject = (x: unknown): x is Record<string, unknown> =>
  typeof x === 'object' && x !== null && !Array.isArray(x);

/** Whether some path of the document fits; * is any element of a list, too. */
function has(node: unknown, [head, ...rest]: readonly string[]): boolean {
  if (head === undefined) return true;
  if (Array.isArray(node)) return head === '*' && node.some((element) => has(element, rest));
  if (!isObject(node)) return false;
  const keys = head === '*' ? Object.keys(node) : Object.hasOwn(node, head) ? [head] : [];
  return keys.some((key) => has(node[key], rest));
}

/** Whether the deviation holds for this pair of documents. */
export function holds(d: Deviation, { golden, ours }: Pair): boolean {
  if (d.if !== undefined && !has(golden, d.if.split('.'))) return false;
  if (d.unless !== undefined && has(golden, d.unless.split('.'))) return false;
  if (d.ours !== undefined && !has(ours, d.ours.split('.'))) return false;
  if (d.said === undefined) return true;
  const parts = typeof d.said === 'string' ? [d.said] : d.said;
  const { archive, job } = (isObject(ours.errors) ? ours.errors : {}) as { archive?: unknown; job?: unknown };
  const texts = [archive, job].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
  return texts.some((text) => typeof text === 'string' && parts.every((part) => text.includes(part)));
}

/** The paths that are not compared: with `whole`, those of what holds the path in the reference's document. */
export function droppedPaths(deviations: readonly Deviation[], pair: Pair): string[][] {
  return deviations.flatMap((d) => {
    if (!holds(d, pair)) return [];
    const path = d.path.split('.');
    if (!d.whole) return [path];
    return has(pair.golden, path) ? [path.slice(0, -1)] : [];
  });
}

/** Whether a difference at this path, with slashes, is at or below one that is not compared. */
export function isDropped(path: string, dropped: readonly string[]): boolean {
  const keys = path.split('/').slice(1);
  return keys.length >= dropped.length && dropped.every((key, i) => key === '*' || key === keys[i]);
}
