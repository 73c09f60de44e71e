// Owns which of the archives that a window was given are its node's, by the host names in their labels.

import type { Problem } from '../../kernel/index.ts';
import { hostKey, namesHost, sameHost } from './host-names.ts';

/** An archive that a window was given. */
export interface Labelled {
  readonly path: string;
  /** As the label has it. */
  readonly host: string;
}

const equal = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** One host of several labels, and which of them are its. */
interface Host {
  readonly host: string;
  readonly has: (label: string) => boolean;
}

/**
 * The hosts that some labels name, in the order given. A short name may be that of several whole ones: it goes with the only one there
 * is, else it is one by itself.
 */
function hostsOf(names: readonly string[]): Host[] {
  const different = firstOf(names);
  const wholeOf = (name: string): string[] =>
    different.filter((other) => other.includes('.') && hostKey(other) === hostKey(name));
  const hosts = different.map((name) => {
    const [whole, another] = wholeOf(name);
    return whole === undefined || another !== undefined ? name : whole;
  });
  return firstOf(hosts).map((host) => {
    const has = wholeOf(host).length > 1 ? equal : sameHost;
    return { host, has: (label) => has(label, host) };
  });
}

/** The first of each that differ in more than case. */
const firstOf = (names: readonly string[]): string[] =>
  names.filter((name, i) => names.findIndex((other) => equal(other, name)) === i);

/**
 * The hosts that archives of a node may be of, equally likely by what their labels say: those that can be the node asked for, of them the
 * one of just its name if there is; where none can be, all.
 */
function likelyHosts(node: string, names: readonly string[]): Host[] {
  const matching = names.filter((name) => sameHost(name, node));
  if (matching.length === 0) return hostsOf(names);
  const hosts = hostsOf(matching).map(({ host, has }) => ({
    host,
    has: (label: string) => has(label) && sameHost(label, node),
  }));
  const exact = hosts.find((h) => equal(h.host, node));
  return exact ? [exact] : hosts;
}

/**
 * The archives of a window that are of one host, and why the others are not used. Of hosts that are equally likely the one wins that
 * has most data by `covered`, of equal ones (or where nobody can say) the first. Archives whose label names no host (localhost) go
 * with any: their path has said whose they are. Depends on nothing but the window's own archives, in the order given.
 */
export function ofOneHost<T extends Labelled>(
  node: string,
  archives: readonly T[],
  covered: (archives: readonly T[]) => number = () => 0,
): { own: T[]; problems: Problem[] } {
  const hosts = likelyHosts(node, archives.map((a) => a.host).filter(namesHost)).map((host) => ({
    ...host,
    own: archives.filter((a) => !namesHost(a.host) || host.has(a.host)),
  }));
  const most = hosts.length > 1 ? hosts.map((h) => covered(h.own)) : [0];
  const chosen = hosts[most.indexOf(Math.max(...most))];
  const own = chosen?.own ?? [...archives];
  const others = archives.filter((a) => !own.includes(a));
  const foreign = node === '' ? [] : own.filter((a) => namesHost(a.host) && !sameHost(a.host, node));
  const problems = [
    ...others.map((a) => hostProblem('archive of another host, left out', a, chosen!.host)),
    ...foreign.map((a) => hostProblem('archive labelled as another host, used as there is none of the node', a, node)),
  ];
  return { own, problems };
}

const hostProblem = (message: string, { path: file, host: found }: Labelled, expected: string): Problem => ({
  ...{ code: 'E_ARCHIVE_HOST', message, file, expected, found },
});
