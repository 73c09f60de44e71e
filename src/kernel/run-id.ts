// Owns the name of a run: sorts by time, is unique over hosts, and joins its logs, its row in the store and its report.

import { randomBytes } from 'node:crypto';

/** `20261125T033000Z-1f0c9a2b`. */
export function newRunId(now = new Date()): string {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
  return `${stamp}-${randomBytes(4).toString('hex')}`;
}
