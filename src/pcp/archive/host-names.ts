// Owns what the names of hosts in labels mean: which name a host at all, and which two can be one host's (archive-format.md §2).

/** Names are compared by their first component, without case: labels hold FQDNs, job lists mostly short names. */
export function hostKey(name: string): string {
  return name.split('.')[0]!.toLowerCase();
}

/** Names that a machine has before it is given one, or gives itself, and addresses: they say nothing about whose an archive is. */
const LOCAL = /^(localhost\d*([.-]|$)|ip6-(localhost|loopback)(\.|$)|\(none\)|\.|$|\d{1,3}(\.\d{1,3}){3}$)|:/i;

/** Whether a label names a host at all. */
export const namesHost = (label: string): boolean => !LOCAL.test(label);

/** Whether two names can be one host's: equal, or one is the short form of the other. */
export function sameHost(a: string, b: string): boolean {
  if (a.includes('.') && b.includes('.')) return a.toLowerCase() === b.toLowerCase();
  return hostKey(a) === hostKey(b);
}
