// Owns the run of a site: every enabled resource of the configuration, each by itself. What stops one does not stop the others.

import { IndexedArchives, makeDirectoryOf } from '../catalog/index.ts';
import type { ChosenResource, Config, MysqlSettings, ResourceSettings } from '../config/index.ts';
import { chosenResources } from '../config/index.ts';
import { Mysql } from '../databases/index.ts';
import { FileSource, type JobSource, parseJobId, SacctSource, type Selection, XdmodSource } from '../jobs/index.ts';
import { fromProblem, JobsumError, localZone, type Patience, patiently, toProblem } from '../kernel/index.ts';
import {
  type Backlog,
  backlogOf,
  hasLedger,
  type Lease,
  type Ledger,
  type LedgerRow,
  lookBack,
  OPEN_STATES,
  RETRY,
  StoreLeases,
  StoreLedger,
  setupLedger,
  WarehouseLeases,
  WarehouseLedger,
} from '../ledger/index.ts';
import { problemFields } from '../operate/index.ts';
import { ledgerScope, type Output, type Outputs, openOutputs } from './outputs.ts';
import { type ResourcePlan, ResourceRun } from './resource.ts';
import { type Session, withSession } from './session.ts';
import { commonOfConfig, outputsOf, type SiteOptions } from './site-plan.ts';
import { MESSAGES, noJobs, type ResourceSummary, type RunIo, type RunSummary } from './summary.ts';

/** Rows of a state that are looked at for jobs due for another try. */
const MAX_DUE = 100_000;

/** @throws JobsumError E_LOCKED: other runs are at work on all resources; E_CONFIG, E_USAGE, E_STORE */
export async function summarizeSite(options: SiteOptions, io: RunIo): Promise<RunSummary> {
  const { config } = options.loaded;
  const resources = chosenResources(options.loaded, options.only);
  // Lists of jobs have ids of any form; what goes to a database or a command must be one.
  if (resources.some((r) => r.settings && r.settings.source.kind !== 'file'))
    options.selection.ids?.forEach(parseJobId);
  const summaries: ResourceSummary[] = [];
  const all = async (site: Site): Promise<void> => {
    for (const resource of resources) {
      if (options.signal?.aborted) break;
      summaries.push(await site.run(resource));
    }
    // For cron this is as it should be: one coded end, which --quiet says nothing of.
    const locked = summaries.flatMap((s) => (s.problem?.code === 'E_LOCKED' ? [s.problem] : []));
    if (locked.length > 0 && locked.length === summaries.length) throw fromProblem(locked[0]!);
    if (!options.signal?.aborted) expectSome(options.selection, summaries);
  };
  const common = { ...commonOfConfig(config), ...options };
  const work = async (session: Session): Promise<RunSummary> => {
    const site = new Site(session, options);
    try {
      return await session.recorded(
        () => all(site),
        () => site.backlog(),
      );
    } finally {
      await site.close();
    }
  };
  if (!options.dryRun) makeDirectoryOf(config.state);
  return withSession(config.state, common, io, work, summaries);
}

/** Who asks for a job by its id alone gets an error if there is none. @throws JobsumError E_JOB_UNKNOWN */
function expectSome({ ids, from, to, states }: Selection, summaries: readonly ResourceSummary[]): void {
  if (!ids || from !== undefined || to !== undefined || states !== 'all') return;
  const met = ({ jobs, problem }: ResourceSummary): boolean =>
    problem !== undefined || jobs.done + jobs.skipped + jobs.failed + jobs.known > 0;
  if (summaries.some(met)) return;
  const of = summaries.map((s) => s.resource).join(', ');
  throw new JobsumError('E_JOB_UNKNOWN', `accounting of ${of} has no such job`, { job: ids.join(', ') });
}

/** A ledger without a row, which none is written to. */
const NOTHING: Ledger = {
  settled: async () => new Map(),
  record: async () => new Map(),
  find: async () => [],
  list: async () => [],
  counts: async () => [],
  backlog: async () => ({ jobs: 0, oldestEnd: null }),
};

/** What the resources of one run have in common: the warehouse, the patience that is left. */
class Site {
  readonly #session: Session;
  readonly #options: SiteOptions;
  readonly #config: Config;
  #warehouse: Promise<Mysql> | null = null;
  /** The warehouse has no tables of ours. */
  #bare = false;
  /** Seconds; a server that was waited for in vain is not waited for again by the next resource. */
  #patience: number;
  /** A server is. */
  #away = false;

  constructor(session: Session, options: SiteOptions) {
    this.#session = session;
    this.#options = options;
    this.#config = options.loaded.config;
    this.#patience = session.patience.seconds;
  }

  async close(): Promise<void> {
    await (await this.#warehouse?.catch(() => null))?.close();
  }

  /** Of all ledgers; null: that of the warehouse cannot be asked. */
  async backlog(): Promise<Backlog | null> {
    const { resources } = this.#config;
    const { store } = this.#session;
    if (!resources.some((r) => r.enabled && r.source.kind === 'xdmod')) return backlogOf(store);
    // Whoever is to stop, or has lost patience, does not wait for figures.
    if (this.#away || this.#session.options.signal?.aborted) return null;
    try {
      const warehouse = await this.#warehouse;
      return warehouse && (await backlogOf(store, { warehouse, resources: resources.filter((r) => r.enabled) }));
    } catch {
      return null;
    }
  }

  async run({ name, settings, problem }: ChosenResource): Promise<ResourceSummary> {
    const summary: ResourceSummary = { resource: name, jobs: noJobs() };
    try {
      if (!settings) throw fromProblem(problem!);
      await this.#resource(settings, summary);
    } catch (error) {
      summary.problem = toProblem(error);
      if (summary.problem.code === 'E_SERVICE') {
        this.#patience = 0;
        this.#away = true;
      }
      // A held lease shows in the exit code; everything else by a record at once.
      if (summary.problem.code !== 'E_LOCKED') {
        const { log } = this.#session.io;
        log.error('resource.failed', MESSAGES['resource.failed'], {
          resource: name,
          ...problemFields(summary.problem),
        });
      }
    }
    return summary;
  }

  #patient(): Patience {
    return { ...this.#session.patience, seconds: this.#patience };
  }

  async #connect(settings: MysqlSettings): Promise<Mysql> {
    const warehouse = await patiently(this.#patient(), () => Mysql.connect(settings));
    // The first run on this warehouse, or the first of this version. One that only tries makes nothing: all is as if there were empty ones.
    if (!(await hasLedger(warehouse))) {
      if (this.#session.options.dryRun) this.#bare = true;
      else await setupLedger(warehouse);
    }
    return warehouse;
  }

  /** Connected when the first resource asks for it. */
  #open(): Promise<Mysql> {
    const { warehouse } = this.#config;
    if (!warehouse) throw new JobsumError('E_CONFIG', 'no section datawarehouse', { file: this.#config.file });
    const opening = this.#warehouse ?? this.#connect(warehouse);
    this.#warehouse = opening;
    return opening;
  }

  async #resource(resource: ResourceSettings, summary: ResourceSummary): Promise<void> {
    const { output, file } = this.#config;
    const refuse = (message: string): JobsumError =>
      new JobsumError('E_CONFIG', message, { file, record: resource.name });
    if (!output) throw refuse('no section outputdatabase');
    if (resource.datasource !== 'pcp') throw refuse(`datasource ${resource.datasource} is not supported`);
    if (resource.archives === null && resource.archiveLookup === 'tree') throw refuse('no pcp_log_dir');
    const warehouse = resource.source.kind === 'xdmod' ? await this.#open() : null;
    const { store, clock } = this.#session;
    const seconds = this.#config.lease;
    const leases = warehouse ? new WarehouseLeases(warehouse, seconds) : new StoreLeases(store, { seconds, clock });
    const runResource = async (lease: Lease): Promise<void> => {
      const outputs = outputsOf(output, resource);
      const ledger = this.#ledger(resource, warehouse, outputs, lease);
      const archives = this.#archives(resource, warehouse);
      let opened: Outputs | null = null;
      try {
        await new ResourceRun(
          this.#session,
          {
            ...this.#asked(resource),
            source: await this.#source(resource, warehouse, ledger),
            catalogFor: archives.catalogFor,
            ledger,
            lease,
            resourceId: resource.id,
            portal: output.kind === 'mongodb',
            openSinks: async () => {
              opened = await this.#outputs(outputs);
              return opened.sinks;
            },
          },
          summary.jobs,
        ).execute();
      } finally {
        archives.close();
        await (opened as Outputs | null)?.close();
      }
    };
    await this.#session.leased(leases, `resource:${resource.id}`, runResource);
  }

  /** Where the archives of jobs are looked up. */
  #archives(resource: ResourceSettings, warehouse: Mysql | null): Pick<ResourcePlan, 'catalogFor'> & { close(): void } {
    const { archives, archiveLookup, fastIndex, timezone, hostnameMode: mode, hostNameExt: ext } = resource;
    if (archiveLookup === 'tree') {
      const namesIn = fastIndex ? (timezone ?? localZone()) : undefined;
      return { catalogFor: () => this.#session.catalog(archives!, namesIn), close: () => undefined };
    }
    const { clock } = this.#session;
    let indexed: IndexedArchives | null = null;
    return {
      catalogFor: (jobs) => {
        indexed ??= new IndexedArchives(warehouse!, { names: { mode, ext }, below: archives, clock });
        return patiently(this.#patient(), () => this.#session.indexed(indexed!, jobs));
      },
      close: () => indexed?.close(),
    };
  }

  /** What the command line and the resource's settings ask for; the command line first. */
  #asked(resource: ResourceSettings) {
    const { selection, limits, minNodeFraction } = this.#options;
    const { ids, from, to, states } = selection;
    const fraction = minNodeFraction ?? resource.minNodeFraction;
    return {
      filter: { ...(ids ? { ids } : {}), ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
      again: states !== undefined,
      ...(states === undefined || states === 'all' || resource.source.kind === 'xdmod' ? {} : { states }),
      limits: { ...resource.limits, ...limits },
      ...(fraction === null ? {} : { minNodeFraction: fraction }),
      normalization: resource.normalization,
      lists: { whitelist: resource.whitelist, blacklist: resource.blacklist },
    };
  }

  /** In the warehouse where there is one: it holds for all hosts, and the portal sees it. */
  #ledger(resource: ResourceSettings, warehouse: Mysql | null, outputs: readonly Output[], lease: Lease): Ledger {
    const { store, run, options, clock } = this.#session;
    const { lease: leaseSeconds, retry } = this.#config;
    const policy = { ...RETRY, graceSeconds: options.grace ?? retry.grace, maxAttempts: retry.attempts };
    if (this.#bare) return NOTHING;
    if (!warehouse)
      return new StoreLedger(store, { sinks: ledgerScope(outputs, store.path), run, lease, policy, clock });
    return this.#patientLedger(
      new WarehouseLedger(warehouse, { resourceId: resource.id, run, lease, leaseSeconds, policy, clock }),
    );
  }

  #patientLedger(ledger: Ledger): Ledger {
    const wait = <T>(action: () => Promise<T>): Promise<T> => patiently(this.#patient(), action);
    return {
      settled: (jobs) => wait(() => ledger.settled(jobs)),
      record: (entries) => wait(() => ledger.record(entries)),
      find: (ids) => wait(() => ledger.find(ids)),
      list: (state, limit, reason) => wait(() => ledger.list(state, limit, reason)),
      counts: () => wait(() => ledger.counts()),
      backlog: () => wait(() => ledger.backlog()),
    };
  }

  #outputs(outputs: readonly Output[]): Promise<Outputs> {
    const { store, io, options } = this.#session;
    const kept = options.dryRun ? outputs.filter((o) => o.kind === 'ndjson' || o.kind === 'json') : outputs;
    for (const output of kept) if (output.kind !== 'mongodb' && output.path !== '-') makeDirectoryOf(output.path);
    return openOutputs(kept, { store, stdout: io.stdout, patience: this.#patient() });
  }

  async #source(resource: ResourceSettings, warehouse: Mysql | null, ledger: Ledger): Promise<JobSource> {
    const { selection } = this.#options;
    const { source, name, id } = resource;
    const { clock } = this.#session;
    const grace = this.#session.options.grace ?? this.#config.retry.grace;
    if (source.kind === 'file') return new FileSource(source.path, source.format, source.cluster);
    if (source.kind === 'sacct') {
      const { kind: _, ...command } = source;
      return new SacctSource({
        ...command,
        selection,
        store: this.#session.store,
        name: `resource:${id} ${name}`,
        back: await lookBack(ledger, grace, clock),
        clock,
      });
    }
    const due = selection.states === undefined ? await dueJobs(ledger, clock()) : [];
    return new XdmodSource(warehouse!, { resource, selection, due }, (action) => patiently(this.#patient(), action));
  }
}

/** Warehouse ids of jobs that our own state wants tried again, which the process table says are done with. */
async function dueJobs(ledger: Ledger, now: number): Promise<number[]> {
  const rows = (await Promise.all(OPEN_STATES.map((state) => ledger.list(state, MAX_DUE)))).flat();
  // Of who knows what there was of its archives it is to be seen whether there is more.
  const may = (r: LedgerRow): boolean => r.seen !== null || (r.nextTry ?? now) <= now;
  return rows.flatMap((r) => (r.warehouseId !== undefined && may(r) ? [r.warehouseId] : []));
}
