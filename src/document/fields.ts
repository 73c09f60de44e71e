// Owns reading fields out of a document of unknown content: absent, errors and wrong types are all "not there".

import { clean } from '../kernel/clean.ts';

export type Part = Record<string, unknown>;

export function part(value: unknown, ...path: string[]): Part | null {
  let at: unknown = value;
  for (const key of path)
    at = typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? (at as Part)[key] : undefined;
  return typeof at === 'object' && at !== null && !Array.isArray(at) && !('error' in at) ? (at as Part) : null;
}

export function num(value: unknown, ...path: string[]): number | null {
  const key = path.at(-1);
  const holder = path.length > 1 ? part(value, ...path.slice(0, -1)) : part(value);
  const x = key === undefined ? value : holder?.[key];
  return typeof x === 'number' && Number.isFinite(x) ? x : null;
}

/** S(v): average, extremes (equal to the average in the short form), count. */
export interface Spread {
  readonly avg: number;
  readonly min: number;
  readonly max: number;
  readonly cnt: number;
  readonly cov: number;
}

export function spread(value: unknown, ...path: string[]): Spread | null {
  const s = part(value, ...path);
  const avg = num(s, 'avg');
  if (!s || avg === null) return null;
  return {
    avg,
    min: num(s, 'min') ?? avg,
    max: num(s, 'max') ?? avg,
    cnt: num(s, 'cnt') ?? 1,
    cov: num(s, 'cov') ?? 0,
  };
}

/** Device entries of a part, those that are objects. */
export function devices(value: unknown, key: string): [string, Part][] {
  const p = part(value, key);
  if (!p) return [];
  return Object.entries(p).flatMap(([name, v]): [string, Part][] => {
    const d = part(v);
    return d ? [[name, d]] : [];
  });
}

/** A job by its accounting record, as its scheduler shows it: an element of an array by its place in it, and not by its raw id. */
export function shownId(acct: Part): string {
  const index = num(acct, 'local_job_array_index');
  return clean(acct.local_job_id ?? acct.id) + (index !== null && index >= 0 ? `_${index}` : '');
}

/** Whether the job of a document ran on a node, by its whole name or the short one. */
export function ranOn(document: unknown, node: string): boolean {
  const { host_list: hosts } = ((document as { acct?: unknown } | null)?.acct ?? {}) as { host_list?: unknown };
  if (!Array.isArray(hosts)) return false;
  return hosts.some((name) => name === node || (!node.includes('.') && String(name).split('.')[0] === node));
}
