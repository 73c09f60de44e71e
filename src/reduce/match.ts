// Owns the instance a consumer looks for by name, in each metric by itself. assembly/reduce/match.ts is its twin.

import type { Cell } from './row.ts';

/**
 * Names in order of preference. In a name `*` stands for any text without a slash; it fits an instance whose last components
 * are what it says, so that `/a/b` is a whole name and `a/b` also the end of `/x/a/b`.
 */
export type Match = string | readonly string[];

/** A name alone also fits when a dot and more follow it: the server's name behind a job's id (analytics.md §2.19). */
export const namesOf = (match: Match): readonly string[] => (typeof match === 'string' ? [match, `${match}.*`] : match);

/** The name's components, at the end of a text if `atEnd`, else anywhere in it. */
export function nameExpression(name: string, atEnd = true): RegExp {
  const literal = name.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`(?:^|/)${literal.join('[^/]*')}${atEnd ? '$' : '(?=/|$)'}`, 's');
}

/** Position of the instance in each metric; -1: nowhere. Of the names the first that some instance has counts, the shortest of those that have it. */
export function matcher(cells: readonly (Cell | null)[], names: readonly RegExp[]): (metric: number) => number {
  return (metric) => {
    const cell = cells[metric];
    if (!cell || cell.count <= 0) return -1;
    const instances = Array.from(cell.ids, (id) => cell.nameOf?.(id));
    for (const name of names) {
      let best = -1;
      instances.forEach((text, i) => {
        if (text === undefined || !name.test(text)) return;
        if (best < 0 || Buffer.byteLength(text) < Buffer.byteLength(instances[best]!)) best = i;
      });
      if (best >= 0) return best;
    }
    return -1;
  };
}
