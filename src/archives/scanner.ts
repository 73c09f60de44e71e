// Owns the two slow parts of cataloguing, behind an interface so that several may share them: walking the tree and opening archives.

import { join } from 'node:path';
import { type Problem, toProblem } from '../kernel/index.ts';
import { type FoundArchive, scanArchives } from './scan.ts';

/** What opening an archive tells; given by the caller, since the decoder comes later. `members`: suffixes of its files. */
export type ProbeArchive = (
  path: string,
  members: readonly string[],
) => {
  readonly host: string;
  readonly startNs: bigint;
  readonly endNs: bigint | null;
  readonly problem?: Problem;
};

/** What is known of an archive that was opened, or why it cannot be. */
export type Probed =
  | { readonly host: string; readonly startNs: bigint; readonly endNs: bigint | null }
  | { readonly failure: Problem };

export interface Scanner {
  /** Archives of a tree, in lots. */
  scan(root: string): AsyncIterable<readonly FoundArchive[]>;
  /** In the same order. */
  probe(root: string, found: readonly FoundArchive[]): Promise<readonly Probed[]>;
}

/** Opens archives one after the other; errors as data, so that they can cross threads. */
export function probeAll(
  root: string,
  found: readonly Pick<FoundArchive, 'base' | 'members'>[],
  probe: ProbeArchive,
): Probed[] {
  return found.map(({ base, members }) => {
    try {
      const { host, startNs, endNs } = probe(join(root, base), members);
      return { host, startNs, endNs };
    } catch (error) {
      return { failure: toProblem(error) };
    }
  });
}

/** Archives handed over at a time. */
const LOT = 500;

/** Everything in this thread. */
export function ownScanner(probe: ProbeArchive): Scanner {
  return {
    async *scan(root) {
      let lot: FoundArchive[] = [];
      for (const found of scanArchives(root)) {
        lot.push(found);
        if (lot.length < LOT) continue;
        yield lot;
        lot = [];
      }
      yield lot;
    },
    probe: async (root, found) => probeAll(root, found, probe),
  };
}
