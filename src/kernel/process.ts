// Owns when a process began: with that, a number that is used again is not taken for the process that had it before.

import { readFileSync } from 'node:fs';

/** Ticks since boot, as a text; null: there is no such process, it is dead and not yet waited for, or there is no /proc. */
export function processStart(pid: number): string | null {
  try {
    // The name in parentheses may hold blanks and parentheses; field 22 of stat is the 20th after it.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Z: dead, only not yet waited for.
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}
