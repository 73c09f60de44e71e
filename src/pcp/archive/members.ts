// Owns which archives of a list are used together, and what they agree on: one host, one description of a metric.

import { compare, JobsumError, type Problem, toProblem } from '../../kernel/index.ts';
import { lend } from '../wasm/wasm.ts';
import { Agreement } from './agreement.ts';
import { ofOneHost } from './hosts.ts';
import type { ArchiveLabel, Metric } from './metric.ts';
import { ArchiveReader } from './reader.ts';

export interface Member {
  readonly path: string;
  readonly label: ArchiveLabel;
  /** Under all their names; those that are only described, under their numbers (`#60.0.1`), are not among them. */
  readonly metrics: readonly Metric[];
  /** Those. */
  readonly nameless: readonly Metric[];
  /** pmIDs whose description contradicts that of an earlier archive: their values are left out. */
  readonly leftOut: ReadonlySet<number>;
}

export interface MemberOptions {
  readonly salvage?: boolean;
  /** The members are to be written into one archive: names and pmIDs must agree too. */
  readonly written?: boolean;
}

export interface Members {
  /** By start. */
  readonly members: readonly Member[];
  /** By name, of the first archive that has it. */
  readonly metrics: readonly Metric[];
  readonly problems: readonly Problem[];
}

/**
 * Opens each archive for a look. Of several, those that cannot be opened or are of another host than the first are reported and
 * left out, as are metrics that are described otherwise than before.
 * @throws JobsumError E_ARCHIVE_* if none can be used
 */
export function openMembers(paths: readonly string[], options: MemberOptions = {}): Members {
  const problems: Problem[] = [];
  const found: Omit<Member, 'leftOut'>[] = [];
  lend((wasm) => {
    for (const path of paths) {
      wasm.x.openSession(0);
      try {
        const reader = new ArchiveReader(wasm, path, { salvage: options.salvage === true });
        const nameless = [...reader.descriptors.values()].filter((m) => m.nameBytes.length === 0);
        found.push({ path, label: reader.label, metrics: [...reader.metrics], nameless });
        problems.push(...reader.problems);
        reader.close();
      } catch (error) {
        if (paths.length === 1) throw error;
        problems.push(toProblem(error));
      }
    }
  });
  found.sort((a, b) => compare(a.label.startNs, b.label.startNs));
  if (found.length === 0)
    throw new JobsumError('E_ARCHIVE_MISSING', 'none of the archives can be read', { file: paths.join(',') });
  const labelled = found.map((m) => ({ ...m, host: m.label.host }));
  const { own: ofHost, problems: others } = ofOneHost('', labelled);
  problems.push(...others);
  const agreement = new Agreement({ written: options.written === true });
  const members = ofHost.map(({ host: _, ...m }): Member => {
    const leftOut = new Set<number>();
    for (const metric of m.metrics) {
      const conflict = agreement.add(metric, m.path);
      if (!conflict) continue;
      leftOut.add(metric.pmid);
      problems.push(conflict);
    }
    return { ...m, leftOut };
  });
  return { members, metrics: [...agreement.byName.values()], problems };
}

/** What patterns of names can mean in these archives. */
export const namesIn = (members: readonly Member[]): string[] =>
  members.flatMap(({ metrics, nameless }) => [...metrics, ...nameless].map((m) => m.name));
