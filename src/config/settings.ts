// Owns the configuration as the program uses it: resolved, checked, in our own words. Passwords are in it: only `showConfig` may print it.

/** TLS of a connection to a database: contents of the PEM files. */
export interface TlsSettings {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Check the server's certificate and name; default true. */
  readonly verify?: boolean;
}

/** A MySQL or MariaDB account. Everything is optional: the rest is the client's default (localhost, 3306, no password). */
export interface MysqlSettings {
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  /** Path of a Unix socket; takes precedence over host and port. */
  readonly socket?: string;
  readonly ssl?: TlsSettings;
  /** In which a server must have let us in, or is unavailable. */
  readonly connectSeconds?: number;
}

/** A MongoDB account. */
export interface MongoSettings {
  /** Connection string; what else is here stands above its options. Its database part is not used. */
  readonly uri: string;
  readonly database: string;
  /** Default: the one in the connection string. */
  readonly user?: string;
  readonly password?: string;
  readonly ssl?: TlsSettings;
}

/** Where documents go. */
export type OutputSettings =
  | ({ readonly kind: 'mongodb' } & MongoSettings)
  /** `fragments`: one document a line. `complete`: an array. `%r` in a path is the resource's name. */
  | { readonly kind: 'file'; readonly fragments?: string; readonly complete?: string }
  | { readonly kind: 'stdout' }
  | { readonly kind: 'sqlite'; readonly path: string };

/** Where a resource's jobs come from. */
export type SourceSettings =
  | { readonly kind: 'xdmod' }
  /** The command is run; `cluster` for a database of several. */
  | { readonly kind: 'sacct'; readonly command: string; readonly cluster?: string }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly format?: 'ndjson' | 'csv' | 'sacct';
      readonly cluster?: string;
    };

/** Jobs outside are not read but marked as skipped (pipeline.md §5). 0 or absent: no limit. */
export interface LimitSettings {
  readonly maxNodes?: number;
  /** Node-seconds. */
  readonly maxNodeTime?: number;
  /** Seconds. */
  readonly minDuration?: number;
  readonly minParallelDuration?: number;
  readonly maxDuration?: number;
}

export interface ResourceSettings {
  readonly name: string;
  /** `modw.resourcefact.id`; names the collections. */
  readonly id: number;
  readonly enabled: boolean;
  readonly source: SourceSettings;
  /** hostname: compare the part before the first dot; fqdn: the whole name, with `hostNameExt` appended where it is missing. */
  readonly hostnameMode: 'hostname' | 'fqdn';
  readonly hostNameExt: string;
  readonly datasource: 'pcp' | 'prometheus';
  /** Root of the tree of archives; null: none, so no index. */
  readonly archives: string | null;
  /** Where the archives of a job are looked up: in that tree, or in the tables of the warehouse. */
  readonly archiveLookup: 'tree' | 'warehouse';
  /** Times in the names of job-level archives are believed without opening them, in this zone (default: the host's). */
  readonly fastIndex: boolean;
  readonly timezone: string | null;
  readonly scripts: { readonly path: string; readonly day: 'start' | 'submit' | 'end' | 'none' } | null;
  /** Names of the incumbent's plugins: only these, or all but these. */
  readonly whitelist: readonly string[] | null;
  readonly blacklist: readonly string[];
  readonly prometheus: { readonly host: string; readonly user?: string; readonly password?: string } | null;
  readonly limits: LimitSettings;
  readonly minNodeFraction: number | null;
  /** Metric → bits of counters that wrap; the file's own and the resource's. */
  readonly normalization: Readonly<Record<string, number>>;
}

export interface Config {
  /** Path of the file this came from. */
  readonly file: string;
  readonly warehouse: MysqlSettings | null;
  readonly output: OutputSettings | null;
  /** In the order of the file; those with errors are missing, and the problems name them. */
  readonly resources: readonly ResourceSettings[];
  readonly normalization: Readonly<Record<string, number>>;
  /** Absolute paths of the site's own analytics. */
  readonly analytics: readonly string[];
  /** Embedded store: catalogue of archives, and ledger where there is no warehouse. */
  readonly state: string;
  readonly workers: number | null;
  /** Seconds to wait for a database that is unavailable before the run gives up. */
  readonly patience: number;
  /** Seconds after which a run that shows no life has lost its resource. */
  readonly lease: number;
  /** Seconds after a job's end in which missing data are waited for; tries before a failing job is set aside. */
  readonly retry: { readonly grace: number; readonly attempts: number };
  /** File of metrics for node_exporter. */
  readonly textfile: string | null;
  readonly minNodeFraction: number | null;
  readonly maxVolumeBytes: number | null;
  readonly maxMetadataBytes: number | null;
  readonly tag: string | null;
}

/** What is wrong with a configuration, and where. */
export interface ConfigProblem {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** `resources.hpc.resource_id` */
  readonly key?: string;
  /** The resource that cannot run; absent: none can, or it is a warning. */
  readonly resource?: string;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly problems: readonly ConfigProblem[];
}
