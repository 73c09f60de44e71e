// Owns the two slow parts of cataloguing, behind an interface so that several threads may share them: walking the tree and opening archives.

import { join } from 'node:path';
import { NS, type Problem, toProblem } from '../kernel/index.ts';
import { probeArchive } from '../pcp/index.ts';
import { FILES, type FileSystem, type FoundArchive, type Link, type Walked, type WalkOrder, walk } from './scan.ts';

/** What opening an archive tells. */
export type OpenArchive = typeof probeArchive;

/** What is known of an archive that was opened, or why it cannot be. */
export type Probed =
  | {
      readonly host: string;
      readonly startNs: bigint;
      readonly endNs: bigint | null;
      /** Something in it that was not believed. */
      readonly problem?: Problem;
    }
  | { readonly failure: Problem };

export type Scanned = Pick<Walked, 'found' | 'unread'>;

export interface Scanner {
  /** A tree, or the part of it below a directory relative to the root, in lots. */
  scan(root: string, at?: string): AsyncIterable<Scanned>;
  /** In the same order. */
  probe(root: string, found: readonly FoundArchive[]): Promise<readonly Probed[]>;
}

/** Opens archives one after the other; errors as data, so that they can cross threads. */
export function probeAll(
  root: string,
  found: readonly Pick<FoundArchive, 'base' | 'members'>[],
  probe: OpenArchive = probeArchive,
): Probed[] {
  return found.map(({ base, members }) => {
    try {
      const path = join(root, base);
      const { host, startNs, endNs, problem } = probe(path, members);
      return bounded({ host, startNs, endNs, ...(problem ? { problem } : {}) }, path);
    } catch (error) {
      return { failure: toProblem(error) };
    }
  });
}

/** The first time that 64-bit nanoseconds do not hold: in the year 2262. */
const END_OF_TIME = 2n ** 63n - 1n;

/** An archive's own word is not taken for times that cannot be. Without a believable last one its end is not known. */
function bounded(probed: Exclude<Probed, { readonly failure: Problem }>, file: string): Probed {
  const believed = (ns: bigint): boolean => ns >= 0n && ns < END_OF_TIME;
  const refuse = (code: Problem['code'], record: string, ns: bigint): Problem => ({
    ...{ code, message: 'an impossible time', file, record },
    ...{ expected: 'a time from 1970 to 2262', found: `${ns / NS} s` },
  });
  const { startNs, endNs } = probed;
  if (!believed(startNs)) return { failure: refuse('E_ARCHIVE_LABEL', 'label', startNs) };
  if (endNs === null || believed(endNs)) return probed;
  return { ...probed, endNs: null, problem: refuse('E_ARCHIVE_RECORD', 'last record', endNs) };
}

/** Directories of this depth are shares of a scan by several: months of layout A, years of a host of layout B, hosts. */
const SHARE_LEVELS = 2;

const within = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);

/** Which links are followed: those to directories that nothing else leads to, and none to one that the tree itself is in. */
class Links {
  readonly #root: string;
  /** Real directories whose trees are walked. */
  readonly walked: string[];

  constructor(root: string) {
    this.#root = root;
    this.walked = [root];
  }

  follow({ real }: Link): boolean {
    if (within(this.#root, real) || this.walked.some((known) => within(real, known))) return false;
    this.walked.push(real);
    return true;
  }
}

/**
 * The shares of a tree in turn: its upper part, what lies below, what symbolic links lead to, each real directory once. The order does not
 * depend on `ahead`, which says how many shares may be on their way; `run` walks one, here or in another thread.
 */
export async function* scanTree(
  root: string,
  at: string,
  run: (order: WalkOrder) => Walked | Promise<Walked>,
  { ahead = () => 1, real = FILES.real }: { ahead?: () => number; real?: FileSystem['real'] } = {},
): AsyncGenerator<Scanned> {
  const top = realOrSame(root, real);
  const orders: WalkOrder[] = [
    { root, at, real: at === '' ? top : realOrSame(join(root, at), real), levels: SHARE_LEVELS },
  ];
  const links = new Links(top);
  const running: (Walked | Promise<Walked>)[] = [];
  for (;;) {
    while (orders.length > 0 && running.length < ahead()) running.push(run(orders.shift()!));
    const share = await running.shift();
    if (!share) return;
    orders.push(...share.below.map((below) => ({ root, ...below })));
    for (const link of share.links) {
      const except = [...links.walked];
      if (links.follow(link)) orders.push({ root, at: link.path, real: link.real, except });
    }
    yield share;
  }
}

/** A root that is not there is reported by the walk. */
function realOrSame(path: string, real: FileSystem['real']): string {
  try {
    return real(path);
  } catch {
    return path;
  }
}

/** Everything in this thread. */
export function ownScanner(files: FileSystem = FILES, probe: OpenArchive = probeArchive): Scanner {
  return {
    scan: (root, at = '') => scanTree(root, at, (order) => walk(order, files), { real: files.real }),
    probe: async (root, found) => probeAll(root, found, probe),
  };
}
