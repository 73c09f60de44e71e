// Owns the last lines of an indexing run, for people.

import type { IndexedCounts } from '../../catalog/index.ts';
import { counted } from '../../kernel/index.ts';

const some = (n: number | undefined, text: string): string => (n ? `, ${n} ${text}` : '');

/** A line for each resource, and one for hosts that the warehouse does not know. */
export function indexLines(resources: readonly IndexedCounts[]): string[] {
  return resources.flatMap((r) => {
    const counts =
      `${counted(r.archives, 'archive')}, ${r.opened} opened` +
      some(r.named, 'by name') +
      some(r.vanished, 'gone') +
      some(r.young, 'still empty') +
      some(r.unreadable, 'unreadable') +
      some(r.unreadDirectories, `director${r.unreadDirectories === 1 ? 'y' : 'ies'} unreadable`);
    const rows =
      r.written === undefined
        ? ''
        : `; ${counted(r.written, 'row')} written${some(r.pruned, 'removed')}${some(r.refused, 'refused')}${some(r.unresolved, r.unresolved === 1 ? 'waits for its host' : 'wait for their host')}`;
    const hosts = r.unknownHosts ?? [];
    return [
      `${r.resource}: ${counts}${rows}; ${r.seconds.toFixed(1)} s`,
      ...(hosts.length > 0 ? [`  hosts that accounting does not know yet: ${hosts.join(' ')}`] : []),
    ];
  });
}
