// Owns the warehouse's tables of archives (archive-index.md §5): rows for what the catalogue has and the warehouse has not.

import { join, resolve } from 'node:path';
import type { Mysql, Queryable, Row, Schema, SqlScalar, Store, Tables } from '../databases/index.ts';
import { hostName } from '../jobs/index.ts';
import { NS, type Problem, toProblem } from '../kernel/index.ts';

/** What was written of which archive: its signature then. */
export const INDEX_SCHEMA: Schema = {
  sql: `
    CREATE TABLE IF NOT EXISTS archive_indexed (
      resource INTEGER NOT NULL, root TEXT NOT NULL, base TEXT NOT NULL, signature TEXT NOT NULL,
      PRIMARY KEY (resource, root, base)
    ) WITHOUT ROWID;
  `,
};

/** The incumbent's tables, for warehouses that have none yet. */
export const INDEX_TABLES: Tables = {
  reads: ['modw_supremm.archive_paths', 'modw_supremm.archives_nodelevel', 'modw_supremm.archives_joblevel'],
  writes: {
    'modw_supremm.archives_nodelevel': 'end_time_ts',
    'modw_supremm.archives_joblevel': 'end_time_ts',
    'modw_supremm.archive_paths': 'filename',
  },
  ddl: [
    `CREATE TABLE IF NOT EXISTS modw_supremm.archive_paths (
     id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, filename VARCHAR(255) NOT NULL, UNIQUE KEY filename (filename))`,
    `CREATE TABLE IF NOT EXISTS modw_supremm.archives_nodelevel (
     archive_id INT NOT NULL PRIMARY KEY, host_id INT NOT NULL, start_time_ts INT NOT NULL, end_time_ts INT NOT NULL,
     KEY hosttimes (host_id, start_time_ts, end_time_ts))`,
    `CREATE TABLE IF NOT EXISTS modw_supremm.archives_joblevel (
     archive_id INT NOT NULL PRIMARY KEY, host_id INT NOT NULL, local_jobid INT NOT NULL DEFAULT -1,
     local_job_array_index INT NOT NULL DEFAULT -1, local_job_id_raw INT NOT NULL, start_time_ts INT NOT NULL,
     end_time_ts INT NOT NULL, KEY hostjobs (host_id, local_job_id_raw))`,
  ],
};

export interface HostNames {
  readonly mode: 'hostname' | 'fqdn';
  /** fqdn: appended to names that do not end so. */
  readonly ext: string;
}

export interface IndexReport {
  /** Rows written. */
  readonly written: number;
  /** Archives of hosts that the warehouse does not know yet: written when it does. */
  readonly unresolved: number;
  readonly unknownHosts: readonly string[];
  /** Rows of archives that are gone, removed. */
  readonly pruned: number;
  /** Archives that the tables cannot hold. */
  readonly refused: readonly Problem[];
}

/** Rows per statement and transaction. */
const BATCH = 1000;
/** Most names of unknown hosts that are named. */
const MAX_HOSTS = 20;
const MAX_PATH = 255;
/** Largest INT. */
const MAX_INT = 2 ** 31 - 1;

interface Pending {
  readonly base: string;
  readonly signature: string;
  readonly path: string;
  /** Of this resource, and its name. */
  readonly host: number;
  readonly hostName: string;
  readonly start: number;
  readonly end: number;
  /** Null: node-level. */
  readonly job: readonly [local: number, index: number, raw: number] | null;
}

const floorSecond = (ns: bigint): number => Number(ns / NS);
const ceilSecond = (ns: bigint): number => Math.min(MAX_INT, Number((ns + NS - 1n) / NS));

/** Archives that the tables have. @throws JobsumError E_SCHEMA, E_SERVICE, E_DENIED */
export async function indexedArchives(warehouse: Queryable): Promise<number> {
  const [row] = await warehouse.rows<{ n: number }>('SELECT count(*) AS n FROM modw_supremm.archive_paths');
  return row?.n ?? 0;
}

export class WarehouseIndex {
  readonly #store: Store;
  readonly #warehouse: Mysql;
  readonly #resource: number;
  readonly #root: string;
  readonly #names: HostNames;

  constructor(store: Store, warehouse: Mysql, resource: number, root: string, names: HostNames) {
    this.#store = store;
    this.#warehouse = warehouse;
    this.#resource = resource;
    this.#root = resolve(root);
    this.#names = names;
  }

  /** Writes what is new, changed, or could not be resolved so far. `all`: everything. `prune`: removes rows of vanished archives. */
  async update(options: { all?: boolean; prune?: boolean; signal?: AbortSignal } = {}): Promise<IndexReport> {
    const [filled] = await this.#warehouse.rows('SELECT id FROM modw_supremm.archive_paths LIMIT 1');
    // Whoever emptied the tables wants them filled again.
    if (options.all || !filled) this.#forget();
    const hosts = await this.#hosts();
    const unknown = new Set<string>();
    const refused: Problem[] = [];
    let written = 0;
    let unresolved = 0;
    const page = this.#store.prepare(
      `SELECT a.base, a.host_name, a.signature, CAST(a.start_ns AS TEXT) AS start_ns, CAST(a.end_ns AS TEXT) AS end_ns,
         a.job_local, a.job_index, a.job_raw
       FROM archive a LEFT JOIN archive_indexed i ON i.resource = ? AND i.root = a.root AND i.base = a.base
       WHERE a.root = ? AND a.base > ? AND a.problem IS NULL AND (i.signature IS NULL OR i.signature <> a.signature)
       ORDER BY a.base LIMIT ${BATCH}`,
    );
    for (let after = ''; !options.signal?.aborted; ) {
      const rows = page.all(this.#resource, this.#root, after);
      if (rows.length === 0) break;
      after = String(rows.at(-1)!.base);
      const batch: Pending[] = [];
      for (const row of rows) {
        const host = this.#hostName(String(row.host_name));
        const id = hosts.get(host.toLowerCase());
        if (id === undefined) {
          unresolved++;
          if (unknown.size < MAX_HOSTS) unknown.add(host);
          continue;
        }
        const pending = this.#pending(row, id, host.toLowerCase());
        if ('code' in pending) refused.push(pending);
        else batch.push(pending);
      }
      written += await this.#writeEach(batch, refused);
    }
    const pruned = options.prune && !options.signal?.aborted ? await this.#prune() : 0;
    return { written, unresolved, unknownHosts: [...unknown], pruned, refused };
  }

  #hostName(name: string): string {
    return hostName(name, this.#names.mode, this.#names.ext);
  }

  #forget(): void {
    this.#store.prepare('DELETE FROM archive_indexed WHERE resource = ? AND root = ?').run(this.#resource, this.#root);
  }

  /** Host name, by the same rule as the archives', → id; of two that become one the first. */
  async #hosts(): Promise<Map<string, number>> {
    const rows = await this.#warehouse.rows<{ id: number; hostname: string }>(
      'SELECT id, hostname FROM modw.hosts WHERE resource_id = ? ORDER BY id DESC',
      [this.#resource],
    );
    return new Map(rows.map((r) => [this.#hostName(r.hostname).toLowerCase(), r.id]));
  }

  #pending(row: Row, host: number, hostName: string): Pending | Problem {
    const base = String(row.base);
    const path = join(this.#root, base);
    const job =
      row.job_raw === null ? null : ([Number(row.job_local), Number(row.job_index), Number(row.job_raw)] as const);
    const refuse = (message: string, expected: string, found: string): Problem => ({
      ...{ code: 'E_INDEX_ROW', message, file: path, expected, found },
    });
    // MySQL counts characters, not UTF-16 units or bytes.
    const length = [...path].length;
    if (length > MAX_PATH)
      return refuse('the path is too long for the table', `${MAX_PATH} characters`, String(length));
    // Four-byte characters do not fit the table's character set.
    if ([...path].some((c) => c.length > 1))
      return refuse('the path has characters outside the table’s set', 'utf8mb3', path);
    const large = job?.find((n) => n > MAX_INT);
    if (large !== undefined)
      return refuse('the job id is too large for the table', `at most ${MAX_INT}`, String(large));
    const start = floorSecond(BigInt(String(row.start_ns)));
    const end = ceilSecond(BigInt(String(row.end_ns)));
    if (Math.abs(start) > MAX_INT) return refuse('the time is out of range', 'a 32-bit time', String(start));
    return { base, signature: String(row.signature), path, host, hostName, start, end, job };
  }

  /** A row that the tables refuse for what it holds costs that row: a refused batch is written in halves. */
  async #writeEach(batch: readonly Pending[], refused: Problem[]): Promise<number> {
    try {
      return await this.#write(batch, refused);
    } catch (error) {
      const problem = toProblem(error);
      if (problem.code !== 'E_QUERY') throw error;
      if (batch.length === 1) {
        refused.push({ ...problem, code: 'E_INDEX_ROW', file: batch[0]!.path });
        return 0;
      }
      const half = batch.length >> 1;
      return (
        (await this.#writeEach(batch.slice(0, half), refused)) + (await this.#writeEach(batch.slice(half), refused))
      );
    }
  }

  async #write(batch: readonly Pending[], refused: Problem[]): Promise<number> {
    if (batch.length === 0) return 0;
    const stored = await this.#warehouse.transaction(async (q) => {
      const ids = await pathIds(
        q,
        batch.map((p) => p.path),
      );
      const known = batch.filter((p) => ids.has(p.path));
      const hosts = await this.#sharedHosts(q, [...ids.values()]);
      const hostOf = (p: Pending): number => hosts.get(`${ids.get(p.path)} ${p.hostName}`) ?? p.host;
      const node = known.filter((p) => p.job === null).map((p) => [ids.get(p.path)!, hostOf(p), p.start, p.end]);
      const job = known.flatMap((p) => (p.job ? [[ids.get(p.path)!, hostOf(p), ...p.job, p.start, p.end]] : []));
      const times =
        'host_id = VALUES(host_id), start_time_ts = VALUES(start_time_ts), end_time_ts = VALUES(end_time_ts)';
      await insert(q, `modw_supremm.archives_nodelevel (archive_id, host_id, start_time_ts, end_time_ts)`, node, times);
      const columns =
        'archive_id, host_id, local_jobid, local_job_array_index, local_job_id_raw, start_time_ts, end_time_ts';
      await insert(q, `modw_supremm.archives_joblevel (${columns})`, job, times);
      return known;
    });
    for (const p of batch) {
      if (!stored.includes(p))
        refused.push({ code: 'E_INDEX_ROW', message: 'another path differs from it in case only', file: p.path });
    }
    const note = this.#store.prepare('INSERT OR REPLACE INTO archive_indexed VALUES (?, ?, ?, ?)');
    this.#store.transaction(() => {
      for (const p of stored) note.run(this.#resource, this.#root, p.base, p.signature);
    });
    return stored.length;
  }

  /**
   * Hosts of the same name that another resource has written for these archives, by archive and name. The tables have one host for an
   * archive: of two resources over one tree the first keeps it, and the other finds it by the name (IndexedArchives).
   */
  async #sharedHosts(q: Queryable, archives: readonly number[]): Promise<Map<string, number>> {
    if (archives.length === 0) return new Map();
    const from = (table: string): string =>
      `SELECT a.archive_id, a.host_id, h.hostname FROM modw_supremm.${table} a JOIN modw.hosts h ON h.id = a.host_id
       WHERE a.archive_id IN (?) AND h.resource_id <> ?`;
    const rows = await q.rows<{ archive_id: number; host_id: number; hostname: string }>(
      `${from('archives_nodelevel')} UNION ALL ${from('archives_joblevel')}`,
      [archives, this.#resource, archives, this.#resource],
    );
    return new Map(rows.map((r) => [`${r.archive_id} ${this.#hostName(r.hostname).toLowerCase()}`, r.host_id]));
  }

  /** Removes rows of archives that this resource wrote and the catalogue has no more; of directories that could not be read none. */
  async #prune(): Promise<number> {
    const gone = this.#store
      .prepare(
        `SELECT i.base FROM archive_indexed i LEFT JOIN archive a ON a.root = i.root AND a.base = i.base
         WHERE i.resource = ? AND i.root = ? AND a.base IS NULL AND NOT EXISTS (SELECT 1 FROM archive_unread u
           WHERE u.root = i.root AND (i.base = u.path OR substr(i.base, 1, length(u.path) + 1) = u.path || '/'))`,
      )
      .all(this.#resource, this.#root)
      .map((row) => String(row.base));
    const forget = this.#store.prepare('DELETE FROM archive_indexed WHERE resource = ? AND root = ? AND base = ?');
    for (let i = 0; i < gone.length; i += BATCH) {
      const lot = gone.slice(i, i + BATCH);
      await this.#warehouse.transaction(async (q) => {
        const ids = [
          ...(
            await existing(
              q,
              lot.map((base) => join(this.#root, base)),
            )
          ).values(),
        ];
        if (ids.length === 0) return;
        await q.run('DELETE FROM modw_supremm.archives_nodelevel WHERE archive_id IN (?)', [ids]);
        await q.run('DELETE FROM modw_supremm.archives_joblevel WHERE archive_id IN (?)', [ids]);
        await q.run('DELETE FROM modw_supremm.archive_paths WHERE id IN (?)', [ids]);
      });
      this.#store.transaction(() => {
        for (const base of lot) forget.run(this.#resource, this.#root, base);
      });
    }
    return gone.length;
  }
}

async function insert(
  q: Queryable,
  into: string,
  rows: readonly (readonly SqlScalar[])[],
  update: string,
): Promise<void> {
  if (rows.length > 0) await q.run(`INSERT INTO ${into} VALUES ? ON DUPLICATE KEY UPDATE ${update}`, [rows]);
}

/** Ids of paths spelt exactly so: the table itself does not tell upper from lower case. */
async function existing(q: Queryable, paths: readonly string[]): Promise<Map<string, number>> {
  const wanted = new Set(paths);
  const rows = await q.rows<{ id: number; filename: string }>(
    'SELECT id, filename FROM modw_supremm.archive_paths WHERE filename IN (?)',
    [paths],
  );
  return new Map(rows.filter((r) => wanted.has(r.filename)).map((r) => [r.filename, r.id]));
}

/** Ids of paths, entered if they are new. Only then: a refused insert would use up an id all the same. */
async function pathIds(q: Queryable, paths: readonly string[]): Promise<Map<string, number>> {
  const known = await existing(q, paths);
  const fresh = paths.filter((p) => !known.has(p));
  if (fresh.length === 0) return known;
  await q.run('INSERT IGNORE INTO modw_supremm.archive_paths (filename) VALUES ?', [fresh.map((p) => [p])]);
  return new Map([...known, ...(await existing(q, fresh))]);
}
