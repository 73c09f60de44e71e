// Owns the run of a site: every enabled resource of the configuration, each by itself. What stops one does not stop the others.

import { IndexedArchives } from '../archives/index.ts';
import type { Config, LoadedConfig, MysqlSettings, OutputSettings, ResourceSettings } from '../config/index.ts';
import { probeArchive } from '../decode/index.ts';
import { FileSource, type JobSource, parseJobId, SacctSource, type Selection, XdmodSource } from '../jobs/index.ts';
import { JobsumError, localZone, type Patience, type Problem, patiently, toProblem } from '../kernel/index.ts';
import {
  type Lease,
  type Ledger,
  RETRY,
  StoreLeases,
  StoreLedger,
  setupLedger,
  WarehouseLeases,
  WarehouseLedger,
} from '../ledger/index.ts';
import { Warehouse } from '../store/index.ts';
import { problemFields } from './logger.ts';
import type { CommonOptions } from './options.ts';
import { ledgerScope, type Output, type Outputs, openOutputs } from './outputs.ts';
import { SCHEMAS } from './recorded.ts';
import { type ResourcePlan, ResourceRun } from './resource.ts';
import { type Session, withSession } from './session.ts';
import { MESSAGES, noJobs, type ResourceSummary, type RunIo, type RunSummary } from './summary.ts';

export interface SiteOptions extends CommonOptions {
  readonly loaded: LoadedConfig;
  /** Names or ids of resources; absent: all that are enabled. */
  readonly only?: readonly string[];
  readonly selection: Selection;
}

/** Rows of a state that are looked at for jobs due for another try. */
const MAX_DUE = 100_000;

/** @throws JobsumError E_LOCKED: other runs are at work on all resources; E_CONFIG, E_USAGE, E_STORE */
export async function summarizeSite(options: SiteOptions, io: RunIo): Promise<RunSummary> {
  const { config } = options.loaded;
  const resources = chosen(options);
  // Lists of jobs have ids of any form; what goes to a database or a command must be one.
  if (resources.some((r) => r.settings && r.settings.source.kind !== 'file'))
    options.selection.ids?.forEach(parseJobId);
  const summaries: ResourceSummary[] = [];
  const all = async (session: Session): Promise<void> => {
    const site = new Site(session, options);
    try {
      for (const resource of resources) {
        if (options.signal?.aborted) break;
        summaries.push(await site.run(resource));
      }
    } finally {
      await site.close();
    }
    // For cron this is as it should be: one coded end, which --quiet says nothing of.
    const locked = summaries.flatMap((s) => (s.problem?.code === 'E_LOCKED' ? [s.problem] : []));
    if (locked.length > 0 && locked.length === summaries.length) throw thrown(locked[0]!);
  };
  const common = { ...commonOfConfig(config), ...options };
  return withSession(config.state, common, io, (session) => session.recorded(() => all(session)), summaries);
}

function thrown({ code, message, ...detail }: Problem): JobsumError {
  return new JobsumError(code, message, detail);
}

/** What a configuration says for all its resources. */
export function commonOfConfig({ workers, maxVolumeBytes, tag, analytics, patience }: Config): CommonOptions {
  return {
    patience,
    ...(workers === null ? {} : { workers }),
    ...(maxVolumeBytes === null ? {} : { maxVolumeBytes }),
    ...(tag === null ? {} : { tag }),
    analytics,
  };
}

/** A resource that is to run, or why it cannot. */
type Chosen = { readonly name: string; readonly settings?: ResourceSettings; readonly problem?: Problem };

/** In the order of the file. @throws JobsumError E_CONFIG (no resources), E_USAGE (no such resource) */
function chosen({ loaded, only }: SiteOptions): Chosen[] {
  const { config, problems } = loaded;
  const faulty = new Map<string, Problem>();
  for (const { severity, resource, message, file, line, column, key } of problems) {
    if (severity !== 'error' || resource === undefined || faulty.has(resource)) continue;
    const place = { file, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
    faulty.set(resource, { code: 'E_CONFIG', message: `${key}: ${message}`, ...place });
  }
  const all: Chosen[] = [
    ...config.resources.map((settings) => ({ name: settings.name, settings })),
    ...[...faulty].map(([name, problem]) => ({ name, problem })),
  ];
  if (all.length === 0) throw new JobsumError('E_CONFIG', 'the configuration has no resources', { file: config.file });
  if (!only) return all.filter((r) => r.problem || r.settings?.enabled);
  return only.map((wanted) => {
    const found = all.find((r) => r.name === wanted || String(r.settings?.id) === wanted);
    const known = all.map((r) => r.name).join(', ');
    if (!found)
      throw new JobsumError('E_USAGE', `no resource ${JSON.stringify(wanted)}`, { expected: `one of ${known}` });
    if (found.settings?.enabled === false)
      throw new JobsumError('E_USAGE', `the resource ${found.name} is disabled`, { file: config.file });
    return found;
  });
}

function outputsOf(output: OutputSettings, resource: ResourceSettings): Output[] {
  const named = (path: string): string => path.replaceAll('%r', resource.name);
  switch (output.kind) {
    case 'mongodb':
      return [{ kind: 'mongodb', account: output }];
    case 'sqlite':
      return [output];
    case 'stdout':
      return [{ kind: 'ndjson', path: '-' }];
    case 'file':
      return [
        ...(output.fragments === undefined ? [] : [{ kind: 'ndjson', path: named(output.fragments) } as const]),
        ...(output.complete === undefined ? [] : [{ kind: 'json', path: named(output.complete) } as const]),
      ];
  }
}

/** What the resources of one run have in common: the warehouse, the patience that is left. */
class Site {
  readonly #session: Session;
  readonly #options: SiteOptions;
  readonly #config: Config;
  #warehouse: Promise<Warehouse> | null = null;
  /** Seconds; a server that was waited for in vain is not waited for again by the next resource. */
  #patience: number;

  constructor(session: Session, options: SiteOptions) {
    this.#session = session;
    this.#options = options;
    this.#config = options.loaded.config;
    this.#patience = session.patience.seconds;
  }

  async close(): Promise<void> {
    await (await this.#warehouse?.catch(() => null))?.close();
  }

  async run({ name, settings, problem }: Chosen): Promise<ResourceSummary> {
    const summary: ResourceSummary = { resource: name, jobs: noJobs() };
    try {
      if (!settings) throw thrown(problem!);
      await this.#resource(settings, summary);
    } catch (error) {
      summary.problem = toProblem(error);
      if (summary.problem.code === 'E_SERVICE') this.#patience = 0;
      // A held lease is told by the exit code; everything else by a record at once.
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

  async #connect(settings: MysqlSettings): Promise<Warehouse> {
    const warehouse = await patiently(this.#patient(), () => Warehouse.connect(settings));
    try {
      await warehouse.rows('SELECT 1 FROM modw_supremm.jobsum_lease LIMIT 1');
    } catch (error) {
      if (!(error instanceof JobsumError && error.code === 'E_SCHEMA')) throw error;
      // The first run on this warehouse.
      await setupLedger(warehouse);
    }
    return warehouse;
  }

  /** Connected when the first resource asks for it. */
  #open(): Promise<Warehouse> {
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
    const seconds = this.#config.lease;
    const leases = warehouse ? new WarehouseLeases(warehouse, seconds) : new StoreLeases(this.#session.store, seconds);
    const summarise = async (lease: Lease): Promise<void> => {
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
    await this.#session.leased(leases, `resource:${resource.id}`, summarise);
  }

  /** Where the archives of jobs are looked up. */
  #archives(
    resource: ResourceSettings,
    warehouse: Warehouse | null,
  ): Pick<ResourcePlan, 'catalogFor'> & { close(): void } {
    const { archives, archiveLookup, fastIndex, timezone, hostnameMode: mode, hostNameExt: ext } = resource;
    if (archiveLookup === 'tree') {
      const namesIn = fastIndex ? (timezone ?? localZone()) : undefined;
      return { catalogFor: () => this.#session.catalog(archives!, namesIn), close: () => undefined };
    }
    let indexed: IndexedArchives | null = null;
    return {
      catalogFor: (jobs) => {
        indexed ??= new IndexedArchives(warehouse!, probeArchive, { names: { mode, ext }, below: archives });
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
  #ledger(resource: ResourceSettings, warehouse: Warehouse | null, outputs: readonly Output[], lease: Lease): Ledger {
    const { store, run, options } = this.#session;
    const { lease: leaseSeconds, retry } = this.#config;
    const policy = { ...RETRY, graceSeconds: options.grace ?? retry.grace, maxAttempts: retry.attempts };
    if (!warehouse) return new StoreLedger(store, { sinks: ledgerScope(outputs), run, lease, policy });
    return this.#patientLedger(
      new WarehouseLedger(warehouse, { resourceId: resource.id, run, lease, leaseSeconds, policy }),
    );
  }

  #patientLedger(ledger: Ledger): Ledger {
    const wait = <T>(action: () => Promise<T>): Promise<T> => patiently(this.#patient(), action);
    return {
      settled: (jobs) => wait(() => ledger.settled(jobs)),
      record: (entries) => wait(() => ledger.record(entries)),
      find: (ids) => wait(() => ledger.find(ids)),
      list: (state, limit) => wait(() => ledger.list(state, limit)),
      counts: () => wait(() => ledger.counts()),
    };
  }

  #outputs(outputs: readonly Output[]): Promise<Outputs> {
    const { store, io, options } = this.#session;
    const kept = options.dryRun ? outputs.filter((o) => o.kind === 'ndjson' || o.kind === 'json') : outputs;
    return openOutputs(kept, { store, schemas: SCHEMAS, stdout: io.stdout, patience: this.#patient() });
  }

  async #source(resource: ResourceSettings, warehouse: Warehouse | null, ledger: Ledger): Promise<JobSource> {
    const { selection } = this.#options;
    const { source, name, id } = resource;
    const back = this.#session.options.grace ?? this.#config.retry.grace;
    if (source.kind === 'file') return new FileSource(source.path, source.format);
    if (source.kind === 'sacct') {
      const { kind: _, ...command } = source;
      return new SacctSource({
        ...command,
        selection,
        store: this.#session.store,
        name: `resource:${id} ${name}`,
        back,
      });
    }
    const due = selection.states === undefined ? await dueJobs(ledger) : [];
    return new XdmodSource(warehouse!, { resource, selection, due }, (action) => patiently(this.#patient(), action));
  }
}

/** Warehouse ids of jobs that our own state wants tried again, which the process table says are done with. */
async function dueJobs(ledger: Ledger): Promise<number[]> {
  const now = Date.now() / 1000;
  const rows = [...(await ledger.list('waiting', MAX_DUE)), ...(await ledger.list('failed', MAX_DUE))];
  return rows.flatMap((r) => (r.warehouseId !== undefined && (r.nextTry ?? now) <= now ? [r.warehouseId] : []));
}
