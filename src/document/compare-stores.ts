// Owns the comparison of two stores of documents: joined by their ids, differences added up by path, deviations by their cause.

import { type CompareOptions, compareDocuments, type Difference } from './compare.ts';
import { type Deviation, droppedPaths, isDropped, type Json } from './deviations.ts';

/** A document as some store holds it, with `timeseries` inside. */
export interface StoredDocument {
  readonly id: string;
  /** `acct.resource_id`: of two resources the same id names two jobs. -1: there is none. */
  readonly resource: number;
  readonly document: Json;
}

/** Differences at one path, in which * stands for the numbers of nodes and for places in a list. */
export interface PathDifferences {
  readonly path: string;
  documents: number;
  values: number;
  /** The first of them. */
  readonly example: Difference & { readonly id: string };
}

/** Documents that differ on purpose, for one cause. */
export interface CauseCount {
  readonly what: string;
  readonly why: string;
  documents: number;
}

interface Counts {
  /** In both stores. */
  compared: number;
  /** Of these, those that differ in more than what the deviations stand for. */
  differing: number;
  /** Only in the reference's store, and only in ours. */
  missing: number;
  surplus: number;
  /** Values looked at. */
  values: number;
  /** Differences at further paths: there are more than are kept. */
  otherValues: number;
}

export interface StoresComparison extends Readonly<Counts> {
  /** Those of most documents first. */
  readonly paths: readonly PathDifferences[];
  readonly causes: readonly CauseCount[];
  /** The first ids of what is in one store only. */
  readonly missingIds: readonly string[];
  readonly surplusIds: readonly string[];
}

/** Names of devices are part of a path and come from outside: no more paths and ids than these are kept. */
const MAX_PATHS = 10_000;
const MAX_IDS = 1000;

/** The order of both stores: by the bytes of the id, as databases sort, then by resource. */
export function compareIds(a: Omit<StoredDocument, 'document'>, b: Omit<StoredDocument, 'document'>): number {
  return Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)) || a.resource - b.resource;
}

/** Of `/network/eth0/17/avg` that with a star for the number. */
const general = (path: string): string =>
  path
    .split('/')
    .map((key) => (/^\d+$/.test(key) ? '*' : key))
    .join('/');

class Tally {
  readonly #counts: Counts = { compared: 0, differing: 0, missing: 0, surplus: 0, values: 0, otherValues: 0 };
  readonly #ids = { missing: [] as string[], surplus: [] as string[] };
  readonly #paths = new Map<string, PathDifferences>();
  readonly #causes = new Map<string, CauseCount>();

  finish(): StoresComparison {
    const byDocuments = (a: { documents: number }, b: { documents: number }): number => b.documents - a.documents;
    return {
      ...this.#counts,
      paths: [...this.#paths.values()].sort((a, b) => byDocuments(a, b) || (a.path < b.path ? -1 : 1)),
      causes: [...this.#causes.values()].sort(byDocuments),
      missingIds: this.#ids.missing,
      surplusIds: this.#ids.surplus,
    };
  }

  only(side: 'missing' | 'surplus', id: string): void {
    this.#counts[side]++;
    if (this.#ids[side].length < MAX_IDS) this.#ids[side].push(id);
  }

  pair(id: string, golden: Json, ours: Json, options: CompareOptions): void {
    this.#counts.compared++;
    const { deviations = [] } = options;
    const pair = { golden, ours };
    const all = compareDocuments({ document: golden }, ours, { ...options, deviations: [] });
    this.#counts.values += all.compared;
    // Where nothing differs at all, no deviation needs to be looked for.
    if (all.differences.length === 0) return;
    const unexplained = compareDocuments({ document: golden }, ours, options).differences;
    const open = new Set(unexplained.map((found) => found.path));
    const explained = all.differences.filter((found) => !open.has(found.path));
    // Several deviations may have one cause, for which a document counts once.
    const causes = new Map<string, Deviation>();
    for (const deviation of explained.length > 0 ? deviations : []) {
      const dropped = droppedPaths([deviation], pair);
      if (explained.some(({ path }) => dropped.some((d) => isDropped(path, d))))
        causes.set(`${deviation.what}\n${deviation.why}`, deviation);
    }
    for (const [key, { what, why }] of causes) {
      const counted = this.#causes.get(key) ?? { what, why, documents: 0 };
      counted.documents++;
      this.#causes.set(key, counted);
    }
    if (unexplained.length > 0) this.#differ(id, unexplained);
  }

  #differ(id: string, differences: readonly Difference[]): void {
    this.#counts.differing++;
    const seen = new Set<PathDifferences>();
    for (const found of differences) {
      const path = general(found.path);
      let counted = this.#paths.get(path);
      if (!counted && this.#paths.size >= MAX_PATHS) {
        this.#counts.otherValues++;
        continue;
      }
      counted ??= { path, documents: 0, values: 0, example: { id, ...found } };
      this.#paths.set(path, counted);
      counted.values++;
      if (!seen.has(counted)) counted.documents++;
      seen.add(counted);
    }
  }
}

/**
 * Compares what two stores hold; both in the order of `compareIds`, each document once.
 * A document of one store alone is counted, and differs in no path.
 */
export async function compareStores(
  golden: AsyncIterator<StoredDocument>,
  ours: AsyncIterator<StoredDocument>,
  options: CompareOptions = {},
): Promise<StoresComparison> {
  const tally = new Tally();
  const next = async (of: AsyncIterator<StoredDocument>): Promise<StoredDocument | null> => {
    const { done, value } = await of.next();
    return done ? null : value;
  };
  let [a, b] = [await next(golden), await next(ours)];
  while (a || b) {
    const order = !a ? 1 : !b ? -1 : compareIds(a, b);
    if (order === 0) tally.pair(a!.id, a!.document, b!.document, options);
    else if (order < 0) tally.only('missing', a!.id);
    else tally.only('surplus', b!.id);
    if (order <= 0) a = await next(golden);
    if (order >= 0) b = await next(ours);
  }
  return tally.finish();
}
