// Owns saying which counters of a node were restarted in a window.

import { compare, formatSeconds, NS, type Problem } from '../kernel/index.ts';
import type { Restart } from '../reduce/index.ts';

/** Most counters that one problem names, and most problems of a node: a boot restarts all counters at once. */
const MAX_NAMED = 48;
const MAX_PROBLEMS = 8;

/** One problem for each time at which counters were restarted for the first time. */
export function restartProblems(restarts: readonly Restart[]): Problem[] {
  const byTime = new Map<bigint, Restart[]>();
  for (const r of restarts) byTime.set(r.ns, [...(byTime.get(r.ns) ?? []), r]);
  const times = [...byTime].sort(([a], [b]) => compare(a, b));
  return times.slice(0, MAX_PROBLEMS).map(([ns, list], i): Problem => {
    const named = list.slice(0, MAX_NAMED).map(nameOf).join(', ');
    const rest = list.length > MAX_NAMED ? ` and ${list.length - MAX_NAMED} more` : '';
    const more = times.length - MAX_PROBLEMS;
    const later = i === MAX_PROBLEMS - 1 && more > 0 ? `; others at ${more} more times` : '';
    return {
      code: 'E_COUNTER_RESET',
      message: `counters went back at ${formatSeconds(Number(ns / NS))} UTC, the parts before and after are added: ${named}${rest}${later}`,
    };
  });
}

function nameOf({ metric, instance, count }: Restart): string {
  return `${metric}${instance === null ? '' : `[${instance}]`}${count > 1 ? ` (${count} times)` : ''}`;
}
