// Owns turning checked sections into settings: our words, defaults, secrets and paths.

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { JobsumError, toProblem } from '../kernel/index.ts';
import { readOptionFile } from './option-file.ts';
import type { Datawarehouse, Outputdatabase, Resource, Tls, Whole } from './schema.ts';
import { secret } from './secrets.ts';
import type {
  LimitSettings,
  MysqlSettings,
  OutputSettings,
  ResourceSettings,
  SourceSettings,
  TlsSettings,
} from './settings.ts';

/** Where servers of the usual packages listen: what the C client uses for the host `localhost`, whatever the port. */
const SOCKETS = [
  '/run/mysqld/mysqld.sock',
  '/var/run/mysqld/mysqld.sock',
  '/var/lib/mysql/mysql.sock',
  '/tmp/mysql.sock',
];

/** `key`: the one within the section that is at fault. */
const refuse = (message: string, key: string): JobsumError => new JobsumError('E_CONFIG', message, { record: key });

/** What fails in the body is a fault of this key. */
function at<T>(key: string, body: () => T): T {
  try {
    return body();
  } catch (cause) {
    const { code, message, ...detail } = toProblem(cause);
    throw new JobsumError(code, message, { ...detail, record: key }, { cause });
  }
}

/** Keys whose value is undefined are left out. */
function compact<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as never;
}

/** Paths of ours are relative to the directory of the configuration. */
const under = (base: string, path: string | undefined): string | undefined =>
  path === undefined ? undefined : resolve(base, path);

function tlsOf(ssl: Tls | undefined, base: string): TlsSettings | undefined {
  if (!ssl) return undefined;
  const pem = (name: 'ca' | 'cert' | 'key'): string | undefined => {
    const file = under(base, ssl[name]);
    return file === undefined ? undefined : at(`ssl.${name}`, () => readText(file));
  };
  return compact({ ca: pem('ca'), cert: pem('cert'), key: pem('key'), verify: ssl.verify });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new JobsumError('E_CONFIG', 'cannot read', { file, found: (cause as Error).message }, { cause });
  }
}

/** What stands in the file wins over the defaults file. @throws JobsumError E_CONFIG */
export function warehouseOf(w: Datawarehouse, base: string): MysqlSettings {
  const { host, port, user, socket, defaultsfile } = w;
  const defaults: MysqlSettings =
    defaultsfile === undefined ? {} : at('defaultsfile', () => readOptionFile(defaultsfile));
  const inline = w.pass ?? defaults.password;
  const password = at('pass_file', () => secret('warehouse-password', under(base, w.pass_file), inline));
  const ssl = tlsOf(w.ssl, base);
  const given = { host, port, user, password, socket, ssl, connectSeconds: w.connect_timeout };
  const settings: MysqlSettings = { ...defaults, ...compact(given) };
  const local = settings.host === undefined || settings.host === '' || settings.host === 'localhost';
  const found = local && settings.socket === undefined ? SOCKETS.find((s) => existsSync(s)) : undefined;
  return found === undefined ? settings : { ...settings, socket: found };
}

function mongoOf(o: Outputdatabase, base: string): OutputSettings {
  const uri = at('uri_file', () => secret('mongodb-uri', under(base, o.uri_file), o.uri));
  if (uri === undefined) throw refuse('mongodb needs uri, uri_file or $JOBSUM_MONGODB_URI', 'uri');
  if (!/^mongodb(\+srv)?:\/\//.test(uri)) throw refuse('uri must begin with mongodb:// or mongodb+srv://', 'uri');
  const password = at('pass_file', () => secret('mongodb-password', under(base, o.pass_file), o.pass));
  return {
    kind: 'mongodb',
    ...{ uri, database: o.dbname ?? o.db ?? 'supremm' },
    ...compact({ user: o.user, password, ssl: tlsOf(o.ssl, base) }),
  };
}

/** @throws JobsumError E_CONFIG */
export function outputOf(o: Outputdatabase, base: string): OutputSettings {
  const kind = o.db_engine ?? o.type;
  if (kind === undefined) throw refuse('missing: expected "mongodb", "file", "stdout" or "sqlite"', 'db_engine');
  if (kind === 'mongodb') return mongoOf(o, base);
  if (kind === 'sqlite') {
    if (o.path === undefined) throw refuse('sqlite needs path', 'path');
    return { kind, path: resolve(base, o.path) };
  }
  if (kind === 'stdout') return { kind };
  const format = o.json_format;
  if (format === undefined) throw refuse('file needs it: "fragment", "complete" or "both"', 'json_format');
  const fragments = format === 'complete' ? undefined : (o.frag_file ?? null);
  const complete = format === 'fragment' ? undefined : (o.comp_file ?? null);
  if (fragments === null) throw refuse(`json_format "${format}" needs frag_file`, 'frag_file');
  if (complete === null) throw refuse(`json_format "${format}" needs comp_file`, 'comp_file');
  return { kind, ...compact({ fragments, complete }) };
}

export function normalizationOf(n: Whole['normalization']): Record<string, number> {
  return Object.fromEntries(Object.entries(n ?? {}).map(([metric, { range }]) => [metric, range]));
}

export function limitsOf(l: Whole['limits']): LimitSettings {
  const { max_nodes, max_nodetime, min_duration, min_parallel_duration, max_duration } = l ?? {};
  return compact({
    ...{ maxNodes: max_nodes, maxNodeTime: max_nodetime, minDuration: min_duration },
    ...{ minParallelDuration: min_parallel_duration, maxDuration: max_duration },
  });
}

function sourceOf(r: Resource, base: string): SourceSettings {
  const system = r.batch_system.toLowerCase();
  if (system === 'xdmod') return { kind: 'xdmod' };
  if (system === 'slurm' || system === 'sacct') {
    return { kind: 'sacct', command: r.sacct ?? 'sacct', ...compact({ cluster: r.cluster }) };
  }
  if (system === 'file') {
    if (r.jobs === undefined) throw refuse('batch_system "file" needs jobs, the path of a list of jobs', 'jobs');
    return {
      kind: 'file',
      path: r.jobs === '-' ? '-' : resolve(base, r.jobs),
      ...compact({ format: r.jobs_format, cluster: r.cluster }),
    };
  }
  throw refuse(
    `${JSON.stringify(r.batch_system)}: expected "XDMoD", "slurm" or "file"; the old accounting store is not supported`,
    'batch_system',
  );
}

function lookupOf({ archive_lookup, pcp_log_dir }: Resource, source: SourceSettings): 'tree' | 'warehouse' {
  const inTables = source.kind === 'xdmod';
  if (archive_lookup === 'warehouse' && !inTables)
    throw refuse('"warehouse" goes with batch_system "XDMoD": the tables know hosts of its jobs', 'archive_lookup');
  if (archive_lookup === 'tree' && !pcp_log_dir) throw refuse('"tree" needs pcp_log_dir', 'archive_lookup');
  return archive_lookup ?? (inTables && !pcp_log_dir ? 'warehouse' : 'tree');
}

function scriptsOf({ batchscript, script_dir }: Resource): ResourceSettings['scripts'] {
  const path = batchscript ? batchscript.path : script_dir;
  if (!path) return null;
  const mode = batchscript ? (batchscript.timestamp_mode ?? 'start') : 'start';
  return { path, day: mode === 'start' || mode === 'submit' || mode === 'end' ? mode : 'none' };
}

function checkZone(zone: string | undefined): string | null {
  if (zone === undefined) return null;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch {
    throw refuse(`unknown time zone ${JSON.stringify(zone)}`, 'timezone');
  }
}

/** `base`: directory of the configuration. @throws JobsumError E_CONFIG */
export function resourceOf(name: string, r: Resource, all: Whole, base: string): ResourceSettings {
  const datasource = r.datasource ?? 'pcp';
  const source = sourceOf(r, base);
  const file = under(base, r.prom_password_file);
  const password = r.prom_host
    ? at('prom_password_file', () => secret(`prometheus-password-${r.resource_id}`, file, r.prom_password))
    : undefined;
  return {
    name,
    id: r.resource_id,
    enabled: r.enabled ?? true,
    source,
    hostnameMode: r.hostname_mode,
    hostNameExt: r.host_name_ext ?? '',
    datasource,
    archives: r.pcp_log_dir ? resolve(r.pcp_log_dir) : null,
    archiveLookup: lookupOf(r, source),
    fastIndex: r.fast_index ?? false,
    timezone: checkZone(r.timezone),
    scripts: scriptsOf(r),
    whitelist: r.plugin_whitelist ?? null,
    blacklist: r.plugin_whitelist ? [] : (r.plugin_blacklist ?? []),
    prometheus: r.prom_host ? { host: r.prom_host, ...compact({ user: r.prom_user || undefined, password }) } : null,
    limits: { ...limitsOf(all.limits), ...limitsOf(r.limits) },
    minNodeFraction: r.min_node_fraction ?? all.min_node_fraction ?? null,
    normalization: { ...normalizationOf(all.normalization), ...normalizationOf(r.normalization) },
  };
}
