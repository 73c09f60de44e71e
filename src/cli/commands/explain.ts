// Owns `jobsum explain JOB`: every stage of one job, and what to do.

import { existsSync } from 'node:fs';
import type { Argv, CommandModule } from 'yargs';
import { Catalog, IndexedArchives } from '../../archives/index.ts';
import type { ResourceSettings, SourceSettings } from '../../config/index.ts';
import { probeArchive } from '../../decode/index.ts';
import { documentId } from '../../document/index.ts';
import { FileSource, type Job, SacctSource, selects, XdmodSource } from '../../jobs/index.ts';
import { ERRORS, fromProblem, JobsumError, type Problem, toProblem } from '../../kernel/index.ts';
import { type Ledger, WarehouseLedger } from '../../ledger/index.ts';
import { explain, type KnownArchives } from '../../run/index.ts';
import { findDocuments, findMongoDocuments } from '../../sinks/index.ts';
import { MEMORY, Mongo, type Store, Warehouse } from '../../store/index.ts';
import { adviceOn, type Explained, explainLines } from '../../view/index.ts';
import { print } from '../io.ts';
import { configOption, loadSite, type Site, storeToRead } from '../site.ts';
import { openStore } from './show.ts';

interface Options {
  job: string;
  config?: string;
  store: string;
  jobs?: string;
  archives?: string;
  'min-node-fraction'?: number;
  json: boolean;
}

type Found = { readonly job: Job; readonly from: string };

/** A job of a list, whatever its form. */
async function fromFile(
  { path: file, format, cluster }: Omit<Extract<SourceSettings, { kind: 'file' }>, 'kind'>,
  id: string,
): Promise<Found[]> {
  const found: Found[] = [];
  for await (const record of new FileSource(file, format, cluster).records())
    if (record.kind === 'job' && selects({ ids: [id] }, record.job)) found.push({ job: record.job, from: file });
  return found;
}

/** A job as Slurm has it, each of its runs. */
async function fromSlurm(
  { kind: _, ...command }: Extract<SourceSettings, { kind: 'sacct' }>,
  id: string,
): Promise<Found[]> {
  const found: Found[] = [];
  for await (const record of new SacctSource({ ...command, selection: { ids: [id] }, back: 0 }).records())
    if (record.kind === 'job') found.push({ job: record.job, from: command.command });
  return found;
}

interface SiteFound {
  readonly jobs: Found[];
  readonly documents: Record<string, unknown>[];
  readonly ledgers: { of: string; ledger: Ledger }[];
  readonly archives: KnownArchives[];
  /** MongoDB, Slurm or a list of jobs is unavailable, or refuses: the rest is shown all the same. */
  unread?: Problem;
}

/** Around the job, in seconds: what the tables have there is shown too. */
const MARGIN = 7 * 86_400;

/** What a configured site knows of the job: the warehouse's row, the document in MongoDB, the ledger. */
async function fromSite(site: Site, store: Store, warehouse: Warehouse | null, id: string): Promise<SiteFound> {
  const found: SiteFound = { jobs: [], documents: [], ledgers: [], archives: [] };
  const { output } = site.config;
  const mongo =
    output?.kind === 'mongodb'
      ? await Mongo.connect(output).catch((error: unknown) => {
          found.unread = toProblem(error);
          return null;
        })
      : null;
  if (output?.kind === 'sqlite' && output.path !== store.path && existsSync(output.path)) {
    const documents = openStore(output.path);
    found.documents.push(...findDocuments(documents, id));
    documents.close();
  }
  try {
    for (const resource of site.resources) {
      let jobs: Found[] = [];
      const { source: of } = resource;
      // The list of one resource is not to hide what there is of the job elsewhere.
      if (of.kind !== 'xdmod')
        jobs = await (of.kind === 'file' ? fromFile(of, id) : fromSlurm(of, id)).catch((error: unknown) => {
          found.unread ??= { ...toProblem(error), record: `resource ${resource.name}` };
          return [];
        });
      else if (warehouse) {
        const resourceId = resource.id;
        const selection = { ids: [id], states: 'all' as const };
        const source = new XdmodSource(warehouse, { resource, selection });
        for await (const record of source.records())
          if (record.kind === 'job') jobs.push({ job: record.job, from: `the warehouse, resource ${resource.name}` });
        found.ledgers.push({ of: resource.name, ledger: new WarehouseLedger(warehouse, { resourceId, run: '' }) });
      }
      if (jobs.length > 0) found.archives.push(...(await archivesOf(resource, store, warehouse, jobs)));
      found.jobs.push(...jobs);
      const ids = jobs.map((j) => documentId(j.job));
      if (mongo) found.documents.push(...(await findMongoDocuments(mongo, resource.id, ids)));
    }
  } finally {
    await mongo?.close();
  }
  return found;
}

async function archivesOf(
  { archives, archiveLookup, hostnameMode: mode, hostNameExt: ext }: ResourceSettings,
  store: Store,
  warehouse: Warehouse | null,
  jobs: readonly Found[],
): Promise<KnownArchives[]> {
  if (archiveLookup === 'tree') return archives === null ? [] : [tree(store, archives)];
  const names = { mode, ext };
  const indexed = new IndexedArchives(warehouse!, probeArchive, { names, below: archives, margin: MARGIN });
  await indexed.bring(jobs.map((j) => j.job));
  return [{ from: 'warehouse', catalog: indexed.catalog }];
}

const tree = (store: Store, root: string): KnownArchives => ({
  from: 'tree',
  catalog: new Catalog(store, root, probeArchive),
});

/** Trees that the store has a catalogue of. */
function knownRoots(store: Store): string[] {
  return store
    .prepare('SELECT DISTINCT root FROM archive')
    .all()
    .map((row) => String(row.root));
}

export const explainCommand: CommandModule<object, Options> = {
  command: 'explain <job>',
  builder: (y) =>
    y
      .positional('job', { type: 'string', demandOption: true, describe: 'Job id as accounted, raw or shown' })
      .option('config', { ...configOption, describe: 'A configured site: its warehouse, MongoDB and archives' })
      .option('store', { type: 'string', requiresArg: true, default: 'jobsum.db', describe: 'Store file' })
      .option('jobs', { type: 'string', requiresArg: true, describe: 'List of jobs, for one that has no document yet' })
      .option('archives', {
        type: 'string',
        requiresArg: true,
        describe: 'Tree of archives (default: those in the store)',
      })
      .option('min-node-fraction', { type: 'number', requiresArg: true, describe: 'As given to summarize' })
      .option('json', { type: 'boolean', default: false, describe: 'One JSON object' }) as unknown as Argv<Options>,
  handler: async (argv) => {
    const site = argv.config === undefined ? null : loadSite(argv.config);
    const store = storeToRead(site, argv.store, argv.jobs !== undefined);
    const settings = site?.config.warehouse;
    const warehouse = settings ? await Warehouse.connect(settings, { connections: 1 }) : null;
    let runs: Explained[];
    let away: Problem | undefined;
    try {
      const found = site ? await fromSite(site, store, warehouse, argv.job) : null;
      away = found?.unread;
      const jobs = argv.jobs === undefined ? (found?.jobs ?? []) : await fromFile({ path: argv.jobs }, argv.job);
      const given = argv.archives === undefined ? (found?.archives ?? []) : [tree(store, argv.archives)];
      const archives = given.length > 0 ? given : knownRoots(store).map((root) => tree(store, root));
      // Without a store nothing is known of the tree before it has been looked through.
      if (store.path === MEMORY && argv.archives !== undefined) await archives[0]!.catalog.refresh();
      runs = await explain(argv.job, {
        ...{ store, jobs, archives },
        ...(found ? { documents: found.documents, ledgers: found.ledgers } : {}),
        ...(found?.unread ? { unread: found.unread } : {}),
        ...(argv['min-node-fraction'] === undefined ? {} : { minNodeFraction: argv['min-node-fraction'] }),
      });
    } finally {
      await warehouse?.close();
      store.close();
    }
    if (runs.length === 0 && away) throw fromProblem(away);
    if (runs.length === 0) {
      throw new JobsumError('E_JOB_UNKNOWN', 'neither a document nor accounting has this job', {
        job: argv.job,
        file: store.path,
        ...(site || argv.jobs !== undefined
          ? {}
          : { expected: 'a job in the store; for others give --config DIR or --jobs FILE' }),
      });
    }
    const unread = runs.find((r) => r.unread)?.unread;
    if (unread) process.exitCode = ERRORS[unread.code].exit;
    print(
      argv.json
        ? [JSON.stringify({ job: argv.job, runs: runs.map((r) => ({ ...r, advice: adviceOn(r) })) })]
        : explainLines(runs),
    );
  },
};
