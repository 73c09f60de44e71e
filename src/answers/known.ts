// Owns what there is of one job: accounting, documents, ledgers and archives of a configured site, or of lists and files.

import { Catalog, IndexedArchives } from '../catalog/index.ts';
import type { ResourceSettings, SourceSettings } from '../config/index.ts';
import type { Mysql, Store } from '../databases/index.ts';
import { documentId, jobOfId } from '../document/index.ts';
import { FileSource, type Job, type JobSource, SacctSource, selects, XdmodSource } from '../jobs/index.ts';
import { type Clock, type Problem, toProblem } from '../kernel/index.ts';
import { type Ledger, WarehouseLedger } from '../ledger/index.ts';
import { findDocuments, findInFile, findMongoDocuments, findMongoJob } from '../sinks/index.ts';
import type { KnownArchives } from './explain.ts';
import type { PassedOver } from './explained.ts';
import type { OpenedSite } from './opened.ts';

type Found = { readonly job: Job; readonly from: string };

/** What accounting has by an id. */
export interface Accounted {
  readonly jobs: readonly Found[];
  /** It has them, but no run takes them: they have not ended, or never ran. */
  readonly passedOver: readonly PassedOver[];
}

/** `500[]`, all elements of an array, is `500` for accounting. */
const withoutBrackets = (id: string): string => id.replace(/\[\]$/, '');

/** An id as it was asked for, and the job's own where that is the id of a document. */
const asked = (id: string): string[] => [...new Set([id, withoutBrackets(id), jobOfId(id)])];

/** The job itself where there is one of that id; else all that are called so, as the elements of an array. */
function meant<T extends { readonly job: Job }>(found: readonly T[], id: string): T[] {
  const document = found.filter(({ job }) => documentId(job) === id);
  if (document.length > 0) return document;
  const itself = found.filter(({ job }) => job.jobId === id);
  if (itself.length > 0) return itself;
  return found.filter(({ job }) => selects({ ids: [withoutBrackets(id)] }, job));
}

async function accounted(source: JobSource, id: string, from: string): Promise<Accounted> {
  const jobs: Found[] = [];
  const passedOver: PassedOver[] = [];
  const ids = asked(id);
  for await (const record of source.records()) {
    if (record.kind === 'job' && selects({ ids }, record.job)) jobs.push({ job: record.job, from });
    if (
      record.kind === 'ignored' &&
      record.job !== undefined &&
      ids.includes(record.job) &&
      record.reason !== 'job step'
    )
      passedOver.push({ from, job: record.job, reason: record.reason });
    if (record.kind === 'rejected' && record.problem.job !== undefined && ids.includes(record.problem.job))
      passedOver.push({ from, job: record.problem.job, reason: 'refused', problem: record.problem });
  }
  return { jobs: meant(jobs, id), passedOver };
}

/** A job of a list, whatever its form. */
export const fromFile = (
  { path, format, cluster }: Omit<Extract<SourceSettings, { kind: 'file' }>, 'kind'>,
  id: string,
): Promise<Accounted> => accounted(new FileSource(path, format, cluster), id, path);

/** A job as Slurm has it, each of its runs. */
const fromSlurm = (
  { kind: _, ...command }: Extract<SourceSettings, { kind: 'sacct' }>,
  id: string,
): Promise<Accounted> => {
  const selection = { ids: [withoutBrackets(jobOfId(id))] };
  return accounted(new SacctSource({ ...command, selection, back: 0 }), id, command.command);
};

const fromWarehouse = (warehouse: Mysql, resource: ResourceSettings, id: string): Promise<Accounted> => {
  const selection = { ids: [withoutBrackets(jobOfId(id))], states: 'all' as const };
  return accounted(new XdmodSource(warehouse, { resource, selection }), id, `the warehouse, resource ${resource.name}`);
};

function accountingOf(resource: ResourceSettings, warehouse: Mysql | null, id: string): Promise<Accounted> {
  const { source } = resource;
  if (source.kind === 'file') return fromFile(source, id);
  if (source.kind === 'sacct') return fromSlurm(source, id);
  if (warehouse) return fromWarehouse(warehouse, resource, id);
  return Promise.resolve({ jobs: [], passedOver: [] });
}

export interface KnownJobAtSite extends Accounted {
  readonly documents: Record<string, unknown>[];
  readonly ledgers: { of: string; ledger: Ledger }[];
  readonly archives: KnownArchives[];
  /** A database, Slurm or a list of jobs is unavailable, or refuses: the rest is shown all the same. */
  unread?: Problem;
}

/** Of a job that accounting no longer has there are documents all the same. */
async function documentsOf(
  { mongo, site }: OpenedSite,
  resource: ResourceSettings,
  jobs: readonly Found[],
  id: string,
): Promise<Record<string, unknown>[]> {
  const ids = jobs.map((j) => documentId(j.job));
  if (mongo) {
    const found = await findMongoDocuments(mongo, resource.id, ids);
    return found.length > 0 ? found : findMongoJob(mongo, resource.id, id);
  }
  const { output } = site.config;
  const file = output?.kind === 'file' ? output.fragments?.replaceAll('%r', resource.name) : undefined;
  return file === undefined ? [] : findInFile(file, id);
}

/** What a configured site knows of the job: accounting, documents, the ledger, archives. */
export async function knownAtSite(opened: OpenedSite, id: string): Promise<KnownJobAtSite> {
  const { site, warehouse, documents } = opened;
  const accounts: Accounted[] = [];
  const found: Omit<KnownJobAtSite, keyof Accounted> = { documents: [], ledgers: [], archives: [] };
  if (opened.problems[0]) found.unread = opened.problems[0];
  if (documents) found.documents.push(...findDocuments(documents, id));
  for (const resource of site.resources) {
    // What one resource cannot be asked for is not to hide what there is of the job elsewhere.
    const unread = (error: unknown): void => {
      found.unread ??= { ...toProblem(error), record: `resource ${resource.name}` };
    };
    const account = await accountingOf(resource, warehouse, id).catch((error: unknown): Accounted => {
      unread(error);
      return { jobs: [], passedOver: [] };
    });
    const { jobs } = account;
    accounts.push(account);
    if (resource.source.kind === 'xdmod' && warehouse)
      found.ledgers.push({
        of: resource.name,
        ledger: new WarehouseLedger(warehouse, { resourceId: resource.id, run: '' }),
      });
    if (jobs.length > 0) found.archives.push(...(await archivesOf(resource, opened, jobs)));
    try {
      found.documents.push(...(await documentsOf(opened, resource, jobs, id)));
    } catch (error) {
      unread(error);
    }
  }
  for (const resource of site.disabled) accounts.push(await ofDisabled(opened, resource, id, found.documents));
  return { ...found, jobs: accounts.flatMap((a) => a.jobs), passedOver: accounts.flatMap((a) => a.passedOver) };
}

/**
 * Of a resource that is disabled: a job that has a document, from when it was not, is shown with it; the others are passed over. What cannot
 * be asked is no fault then: nobody expects it to be there. Documents are added to those that are known.
 */
async function ofDisabled(
  opened: OpenedSite,
  resource: ResourceSettings,
  id: string,
  documents: Record<string, unknown>[],
): Promise<Accounted> {
  try {
    const { jobs } = await accountingOf(resource, opened.warehouse, id);
    documents.push(...(await documentsOf(opened, resource, jobs, id)));
    const ids = new Set(documents.map((d) => String(d._id)));
    const reason = `the resource ${resource.name} is disabled in ${opened.site.config.file}`;
    return {
      jobs: jobs.filter(({ job }) => ids.has(documentId(job))).map((j) => ({ ...j, from: `${j.from} (${reason})` })),
      passedOver: jobs
        .filter(({ job }) => !ids.has(documentId(job)))
        .map(({ from, job }) => ({ from, job: job.jobId, reason })),
    };
  } catch {
    return { jobs: [], passedOver: [] };
  }
}

/** Around the job, in seconds: what the tables have there is shown too. */
const MARGIN = 7 * 86_400;

async function archivesOf(
  { archives, archiveLookup, hostnameMode: mode, hostNameExt: ext }: ResourceSettings,
  { store, warehouse, clock }: OpenedSite,
  jobs: readonly Found[],
): Promise<KnownArchives[]> {
  if (archiveLookup === 'tree') return archives === null ? [] : [treeOf(store, archives, clock)];
  const names = { mode, ext };
  const indexed = new IndexedArchives(warehouse!, { names, below: archives, margin: MARGIN, clock });
  await indexed.bring(jobs.map((j) => j.job));
  return [{ from: 'warehouse', catalog: indexed.catalog }];
}

export const treeOf = (store: Store, root: string, clock: Clock): KnownArchives => ({
  from: 'tree',
  catalog: new Catalog(store, root, { clock }),
});
