// Owns looking the archives of a job's nodes up, and looking again for those that moved between the look and the reading.

import { dirname } from 'node:path';
import { type Catalog, isWritten, lookupNode, type NodeWindow, type WantedWindow } from '../catalog/index.ts';
import type { Job } from '../jobs/index.ts';
import type { Problem } from '../kernel/index.ts';
import { hostKey } from '../pcp/index.ts';

/** A node of a job and what there is of it. */
export interface LookedNode extends WantedWindow, NodeWindow {
  /** Its logger has written all of the job's time. */
  readonly written: boolean;
  /** Directories that could not be read and may have more of it. */
  readonly hidden: readonly Problem[];
}

function lookNode(catalog: Catalog, job: Job, of: { jobKey: number; nodeIndex: number; node: string }): LookedNode {
  const window = { ...of, ...lookupNode(catalog, job, of.node) };
  return { ...window, written: isWritten(catalog, window), hidden: catalog.hidden(of.node) };
}

/** Every node of a job, those without archives too. */
export const lookJob = (catalog: Catalog, job: Job, jobKey: number): LookedNode[] =>
  job.nodes.map((node, nodeIndex) => lookNode(catalog, job, { jobKey, nodeIndex, node }));

/** The reader did not find, or could not read, what the catalogue has: it was merged, renamed, compressed, removed meanwhile. */
export const isLost = ({ code }: Problem): boolean => code === 'E_ARCHIVE_MISSING' || code === 'E_IO';

/** A job whose nodes were read. */
export interface Searched {
  readonly job: Job;
  readonly nodes: LookedNode[];
  readonly answers: Map<number, { readonly problems: readonly Problem[] }>;
  readonly failure?: Problem;
  /** Something that the catalogue had was not found. */
  moved: boolean;
}

/** How often a directory is looked through again for a batch of jobs, and a job's nodes are read again. */
const ROUNDS = 2;

/** The directory that has a node's archives: the topmost of its name, else the one that the archive is in; '' is the root. */
function directoryOf(base: string, node: string): string {
  const parts = dirname(base) === '.' ? [] : dirname(base).split('/');
  const own = parts.findIndex((part) => hostKey(part) === hostKey(node));
  return (own < 0 ? parts : parts.slice(0, own + 1)).join('/');
}

/** The search of one batch for archives that moved. */
export class Search {
  readonly #catalog: Catalog;
  /** How often a directory was looked through. */
  readonly #looks = new Map<string, number>();
  /** How often a job was looked up again. */
  readonly #rounds = new Map<Searched, number>();

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  #lost({ nodes, answers }: Searched): LookedNode[] {
    return nodes.filter((w) => answers.get(w.nodeIndex)?.problems.some(isLost));
  }

  worthwhile(p: Searched): boolean {
    return !p.failure && (this.#rounds.get(p) ?? 0) < ROUNDS && this.#lost(p).length > 0;
  }

  /** Looks through the directories of the lost archives and looks the nodes up again: windows that are to be read again. */
  async lookAgain(p: Searched): Promise<LookedNode[]> {
    const round = (this.#rounds.get(p) ?? 0) + 1;
    this.#rounds.set(p, round);
    p.moved = true;
    const again: LookedNode[] = [];
    for (const w of this.#lost(p)) {
      for (const at of new Set(w.archives.map(({ base }) => directoryOf(base, w.node)))) {
        // Another job of this round may have had it looked through already.
        if ((this.#looks.get(at) ?? 0) >= round) continue;
        this.#looks.set(at, round);
        await this.#catalog.refresh(at);
      }
      const found = lookNode(this.#catalog, p.job, w);
      p.nodes[w.nodeIndex] = found;
      if (found.archives.length > 0) again.push(found);
      else p.answers.delete(w.nodeIndex);
    }
    return again;
  }
}
