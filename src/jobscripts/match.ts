// Owns which jobs a saved script belongs to (jobscripts.md §5). Pure.

import type { ScriptFile } from './files.ts';

export interface Candidate {
  readonly id: number;
  readonly local: number;
  /** -1: no array element. */
  readonly index: number;
  readonly raw: number | null;
  readonly start: number;
  /** The time whose day names the directory. */
  readonly time: number;
}

const HALF_DAY = 43_200;

/** Jobs of the script: one, or the elements of one array; of jobs that share an id those closest to the directory's day. */
export function matchScript(file: ScriptFile, candidates: readonly Candidate[]): Candidate[] {
  const { base, element } = file;
  const fits = candidates.filter((c) => {
    if (element === 'all') return c.local === base && c.index >= 0;
    if (element !== null) return c.local === base && c.index === element;
    return c.raw === base;
  });
  // An array's leader has no row of its own.
  const found = fits.length > 0 || element !== null ? fits : candidates.filter((c) => c.local === base);
  const away = (c: Candidate): number => Math.abs(c.time - file.day - HALF_DAY);
  const [closest] = [...found].sort((a, b) => away(a) - away(b) || a.id - b.id);
  if (!closest) return [];
  if (closest.index < 0 || (element !== null && element !== 'all')) return [closest];
  // An array's elements may run on several days, but one id is used for one array at a time: each element once.
  const elements = new Map<number, Candidate>();
  for (const c of [...found].sort((a, b) => away(b) - away(a)))
    if (c.local === closest.local && c.index >= 0) elements.set(c.index, c);
  return [...elements.values()];
}
