// Owns what of a configured site, or of a store without one, commands look into: opened, and closed again. A server that is unavailable
// costs what it has; the rest is shown.

import { existsSync } from 'node:fs';
import { openPresent, siteStore } from '../catalog/index.ts';
import type { Site } from '../config/index.ts';
import { Mongo, Mysql, type Store } from '../databases/index.ts';
import { type Clock, ERRORS, type Problem, systemClock, toProblem } from '../kernel/index.ts';
import { fileSummaries, mongoSummaries, NO_SUMMARIES, type Summaries, storeSummaries } from '../sinks/index.ts';

/** What is lacking because a server could not be asked. @throws what is no fault of a server */
async function unlessUnavailable<T>(problems: Problem[], open: () => Promise<T>): Promise<T | null> {
  try {
    return await open();
  } catch (error) {
    const problem = toProblem(error);
    if (ERRORS[problem.code].class !== 'service') throw error;
    problems.push(problem);
    return null;
  }
}

export interface OpenedSite {
  readonly site: Site;
  readonly clock: Clock;
  readonly store: Store;
  readonly warehouse: Mysql | null;
  readonly mongo: Mongo | null;
  /** The store that has the documents; null: they are elsewhere. */
  readonly documents: Store | null;
  /** Why there may be more than what is shown. */
  readonly problems: readonly Problem[];
  /** Summary documents of a resource, by their ids; without one, of all. */
  summaries(resource?: { readonly id: number; readonly name: string }): Summaries;
  close(): Promise<void>;
}

/** @throws JobsumError of a store or server that refuses */
export async function openSite(site: Site, clock = systemClock): Promise<OpenedSite> {
  const { output, warehouse: settings, state } = site.config;
  const problems: Problem[] = [];
  const store = siteStore(state);
  let [warehouse, mongo, documents]: [Mysql | null, Mongo | null, Store | null] = [null, null, null];
  const close = async (): Promise<void> => {
    await mongo?.close();
    await warehouse?.close();
    if (documents !== store) documents?.close();
    store.close();
  };
  try {
    if (settings) warehouse = await unlessUnavailable(problems, () => Mysql.connect(settings, { connections: 1 }));
    if (output?.kind === 'mongodb') mongo = await unlessUnavailable(problems, () => Mongo.connect(output));
    if (output?.kind === 'sqlite' && output.path === state) documents = store;
    else if (output?.kind === 'sqlite' && existsSync(output.path)) documents = openPresent(output.path);
  } catch (error) {
    await close();
    throw error;
  }
  const summaries: OpenedSite['summaries'] = (resource) => {
    if (documents) return storeSummaries(documents);
    if (mongo) return mongoSummaries(mongo, resource?.id);
    const file = output?.kind === 'file' ? output.fragments : undefined;
    if (file === undefined || (file.includes('%r') && !resource)) return NO_SUMMARIES;
    return fileSummaries(file.replaceAll('%r', resource?.name ?? ''));
  };
  return { site, clock, store, warehouse, mongo, documents, problems, summaries, close };
}
