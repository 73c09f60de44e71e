// Owns summary documents looked up by their ids, wherever the documents of a site or of a run are kept.

import { existsSync } from 'node:fs';
import type { Mongo, Store } from '../databases/index.ts';
import { findByIds, resourcesOf } from './mongodb.ts';
import { findSummaries } from './sqlite.ts';
import { fileDocuments } from './stored.ts';

type Json = Record<string, unknown>;

/** Where documents are: without their time series, by id. */
export interface Summaries {
  find(ids: readonly string[]): Promise<ReadonlyMap<string, Json>>;
}

const byId = (documents: readonly Json[]): Map<string, Json> => new Map(documents.map((d) => [String(d._id), d]));

export const NO_SUMMARIES: Summaries = { find: async () => new Map() };

export const storeSummaries = (store: Store): Summaries => ({ find: async (ids) => byId(findSummaries(store, ids)) });

/** Of one resource, or of all. */
export function mongoSummaries(mongo: Mongo, resource?: number): Summaries {
  let all: Promise<number[]> | null = resource === undefined ? null : Promise.resolve([resource]);
  return {
    find: async (ids) => {
      if (ids.length === 0) return new Map();
      all ??= resourcesOf(mongo);
      const found = await Promise.all((await all).map((id) => findByIds(mongo, `resource_${id}`, ids)));
      return byId(found.flat());
    },
  };
}

/** Of a file that has one a line, read once; one that is not there has none. */
export function fileSummaries(file: string): Summaries {
  let all: Map<string, Json> | null = null;
  return {
    find: async (ids) => {
      if (!all) {
        all = new Map();
        if (existsSync(file))
          for await (const { id, document } of fileDocuments(file)) {
            const { timeseries: _, ...summary } = document as Json;
            all.set(id, summary);
          }
      }
      return new Map(ids.flatMap((id) => (all!.has(id) ? [[id, all!.get(id)!] as const] : [])));
    },
  };
}
