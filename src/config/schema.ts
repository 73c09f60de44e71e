// Owns what may stand in a configuration file: the incumbent's keys and ours, with their types. Names are those of the file.

import { z } from 'zod';
import { DURATION, parseDuration } from '../kernel/index.ts';

/** Numbers from the portal's ini files are text. */
const integer = (min: number, max: number) =>
  z.preprocess((v) => (typeof v === 'string' && /^\d+$/.test(v.trim()) ? Number(v) : v), z.int().min(min).max(max));
/** A password of digits only may have lost its quotes. */
const text = z.preprocess((v) => (typeof v === 'number' ? String(v) : v), z.string());
const path = z.string().min(1).max(4096);

const duration = z.preprocess(
  (v) => (typeof v === 'string' ? parseDuration(v) : null) ?? v,
  z.number(`expected ${DURATION}`).min(0),
);

const limits = z.strictObject({
  max_nodes: integer(0, 1e9).optional(),
  max_nodetime: duration.optional(),
  min_duration: duration.optional(),
  min_parallel_duration: duration.optional(),
  max_duration: duration.optional(),
});
const normalization = z.record(z.string().max(1000), z.strictObject({ range: integer(8, 63) }));

const tls = z.strictObject({
  ca: path.optional(),
  cert: path.optional(),
  key: path.optional(),
  verify: z.boolean().optional(),
});

export const datawarehouse = z.strictObject({
  dbengine: z.literal('MySQLDB').optional(),
  // Documented but ignored by the incumbent; the portal's ini section has it.
  db_engine: z.string().optional(),
  host: text.optional(),
  port: integer(1, 65535).optional(),
  user: text.optional(),
  pass: text.optional(),
  pass_file: path.optional(),
  socket: path.optional(),
  database: text.optional(),
  defaultsfile: path.optional(),
  ssl: tls.optional(),
  connect_timeout: duration.optional(),
});

const engine = z.preprocess(
  (v) => (typeof v === 'string' ? v.toLowerCase() : v),
  z.enum(['mongodb', 'stdout', 'file', 'sqlite']),
);
export const outputdatabase = z.strictObject({
  db_engine: engine.optional(),
  type: engine.optional(),
  uri: z.string().min(1).optional(),
  uri_file: path.optional(),
  user: text.optional(),
  pass: text.optional(),
  pass_file: path.optional(),
  ssl: tls.optional(),
  dbname: text.optional(),
  db: text.optional(),
  json_format: z.enum(['fragment', 'complete', 'both']).optional(),
  frag_file: path.optional(),
  comp_file: path.optional(),
  path: path.optional(),
});

const names = z.array(z.string().min(1));
export const resource = z.strictObject({
  enabled: z.boolean().optional(),
  resource_id: integer(0, 2 ** 31 - 1),
  batch_system: z.string().min(1),
  hostname_mode: z.enum(['hostname', 'fqdn']),
  host_name_ext: z.string().optional(),
  datasource: z.enum(['pcp', 'prometheus']).optional(),
  pcp_log_dir: z.string().optional(),
  fast_index: z.boolean().optional(),
  timezone: z.string().optional(),
  batchscript: z.strictObject({ path: z.string(), timestamp_mode: z.string().optional() }).optional(),
  script_dir: z.string().optional(),
  plugin_whitelist: names.optional(),
  plugin_blacklist: names.optional(),
  job_output_dir: z.string().optional(),
  prom_host: z.string().optional(),
  prom_user: z.string().optional(),
  prom_password: text.optional(),
  prom_password_file: path.optional(),
  acct_path: z.string().optional(),
  host_list_dir: z.string().optional(),
  lariat_path: z.string().optional(),
  // Ours.
  archive_lookup: z.enum(['tree', 'warehouse']).optional(),
  jobs: path.optional(),
  jobs_format: z.enum(['ndjson', 'csv', 'sacct']).optional(),
  cluster: z.string().min(1).optional(),
  sacct: path.optional(),
  limits: limits.optional(),
  min_node_fraction: z.number().min(0).max(1).optional(),
  normalization: normalization.optional(),
});

/** The file as a whole. Sections that include others, and resources, are checked one by one afterwards. */
export const whole = z.strictObject({
  xdmodroot: path.optional(),
  datawarehouse: z.unknown().optional(),
  outputdatabase: z.unknown().optional(),
  summary: z.unknown().optional(),
  resources: z.record(z.string().min(1).max(200), z.unknown()).optional(),
  normalization: normalization.optional(),
  accountdatabase: z.unknown().optional(),
  // Ours.
  analytics: names.optional(),
  state: path.optional(),
  workers: integer(1, 256).optional(),
  patience: duration.optional(),
  lease: duration.optional(),
  retry: z.strictObject({ grace: duration.optional(), attempts: integer(1, 1000).optional() }).optional(),
  textfile: path.optional(),
  limits: limits.optional(),
  min_node_fraction: z.number().min(0).max(1).optional(),
  max_volume_bytes: integer(1, Number.MAX_SAFE_INTEGER).optional(),
  max_metadata_bytes: integer(1, Number.MAX_SAFE_INTEGER).optional(),
  tag: z.string().max(1000).optional(),
});

export type Tls = z.infer<typeof tls>;
export type Datawarehouse = z.infer<typeof datawarehouse>;
export type Outputdatabase = z.infer<typeof outputdatabase>;
export type Resource = z.infer<typeof resource>;
export type Whole = z.infer<typeof whole>;
