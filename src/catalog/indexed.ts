// Owns looking archives up in the warehouse's tables (accounting.md §5.2): what they have for the nodes and times of some jobs,
// as a catalogue in memory. Others write the tables, and no row goes with its file: paths are checked, files looked for.

import { readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { MEMORY, type Mysql, type SqlRow, Store } from '../databases/index.ts';
import { hostName, type Job } from '../jobs/index.ts';
import { type Clock, JobsumError, type Problem } from '../kernel/index.ts';
import { archiveMember } from '../pcp/index.ts';
import { Catalog, type ScanReport } from './catalog.ts';
import { CATALOG_SCHEMA } from './catalog-schema.ts';
import { archiveJobOf } from './lookup.ts';
import { type FoundArchive, foundArchive, UNKNOWN_CHANGE } from './scan.ts';
import { probeAll, type Scanned } from './scanner.ts';
import type { HostNames } from './warehouse-index.ts';

export interface IndexedOptions {
  readonly names: HostNames;
  /** Archives elsewhere are refused; null: any directory will do. */
  readonly below: string | null;
  /** For who asks why there are none: archives of so many seconds around the jobs too, and those whose files are gone. */
  readonly margin?: number;
  readonly clock?: Clock;
}

/** Jobs per statement. */
const LOT = 200;
const ROOT = '/';

interface PathRow extends SqlRow {
  readonly host: string;
  readonly path: string;
  readonly own: number;
}

/**
 * Archives of the jobs' nodes that overlap them, and those of the jobs themselves. An archive has one host in the tables; where resources
 * share a tree it may be the other one's of the same name (`own` 0), which is to be believed of archives below that tree only.
 */
function query(
  jobs: readonly Job[],
  resources: readonly number[],
  margin: number,
): { sql: string; parameters: number[] } {
  const wanted = jobs.map(() => 'SELECT ? AS job, ? AS first, ? AS last, ? AS raw, ? AS local, ? AS idx');
  const from = `FROM (${wanted.join(' UNION ALL ')}) w
    JOIN modw.jobhosts jh ON jh.job_id = w.job JOIN modw.hosts h ON h.id = jh.host_id
    JOIN (${resources.map(() => 'SELECT ? AS id').join(' UNION ALL ')}) r
    JOIN modw.hosts g ON g.resource_id = r.id AND g.hostname = h.hostname`;
  const ofJobs = jobs.flatMap((job) => {
    const { raw, local, index } = archiveJobOf(job);
    return [job.warehouseId ?? -1, job.start - margin, job.end + 1 + margin, raw, local, index];
  });
  const parameters = [...ofJobs, ...resources];
  return {
    sql: `SELECT h.hostname AS host, p.filename AS path, g.id = h.id AS own ${from}
      JOIN modw_supremm.archives_nodelevel a ON a.host_id = g.id AND a.start_time_ts <= w.last AND a.end_time_ts >= w.first
      JOIN modw_supremm.archive_paths p ON p.id = a.archive_id
      UNION SELECT h.hostname, p.filename, g.id = h.id ${from}
      JOIN modw_supremm.archives_joblevel a ON a.host_id = g.id AND ((a.local_job_id_raw >= 0 AND a.local_job_id_raw = w.raw)
        OR (a.local_job_id_raw < 0 AND a.local_jobid = w.local AND a.local_job_array_index = w.idx))
      JOIN modw_supremm.archive_paths p ON p.id = a.archive_id`,
    parameters: [...parameters, ...parameters],
  };
}

const within = (path: string, root: string): boolean => path.startsWith(root === '/' ? '/' : `${root}/`);

/** Only the plain spelling of a path that lies where archives do. */
function mayOpen(path: string, below: string | null): boolean {
  return path.startsWith('/') && !path.includes('\0') && normalize(path) === path && within(path, below ?? '/');
}

/** Files of archives, by base name; null: a link among them leads where nothing may be opened. */
type Members = ReadonlyMap<string, readonly string[] | null>;

/** Directories that rows name, each looked at once. */
class Directories {
  readonly #below: string | null;
  readonly #known = new Map<string, Members | Problem>();

  constructor(below: string | null) {
    this.#below = below;
  }

  /** An archive by its path, or why it cannot be opened; undefined: it is gone. */
  find(path: string, pathHost: string): FoundArchive | Problem | undefined {
    if (!mayOpen(path, this.#below)) return this.#refused(path);
    const at = dirname(path);
    const archives = this.#known.get(at) ?? this.#list(at);
    this.#known.set(at, archives);
    if ('code' in archives) return archives.code === 'E_IO' ? archives : { ...archives, file: path };
    const files = archives.get(basename(path));
    if (files === null) return this.#refused(path);
    try {
      return files && foundArchive(ROOT, at, basename(path), files, pathHost);
    } catch (error) {
      const unread = unreadable(at, error);
      if (unread) this.#known.set(at, unread);
      return unread;
    }
  }

  /** Where the tree's root leads to counts, links within it must not lead out. One that leads nowhere is for the reader to find. */
  #leadsOut(path: string): boolean {
    if (this.#below === null) return false;
    try {
      return !within(`${realpathSync(path)}/`, realpathSync(this.#below));
    } catch {
      return false;
    }
  }

  #list(at: string): Members | Problem {
    if (this.#leadsOut(at)) return this.#refused(at);
    const archives = new Map<string, string[] | null>();
    try {
      for (const entry of readdirSync(at, { withFileTypes: true })) {
        const isLink = entry.isSymbolicLink();
        const found = isLink || entry.isFile() ? archiveMember(entry.name) : null;
        const names = found && archives.get(found.base);
        if (!found || names === null) continue;
        if (isLink && this.#leadsOut(join(at, entry.name))) archives.set(found.base, null);
        else archives.set(found.base, [...(names ?? []), entry.name]);
      }
    } catch (error) {
      return unreadable(at, error) ?? archives;
    }
    return archives;
  }

  #refused(file: string): Problem {
    return {
      ...{ code: 'E_ARCHIVE_MISSING', message: 'the warehouse names an archive that may not be opened', file },
      expected: this.#below === null ? 'an absolute path' : `a path below ${this.#below}, also where links lead`,
    };
  }
}

/** Why a directory cannot be read, which is not to say that it is empty; undefined: it is gone. */
function unreadable(at: string, error: unknown): Problem | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
  return { code: 'E_IO', message: 'cannot read the directory', file: at, found: message };
}

const gone = (file: string): Problem => ({
  ...{ code: 'E_ARCHIVE_MISSING', message: 'the warehouse has it, but its files are gone', file },
});

export class IndexedArchives {
  /** Of what was brought last. */
  readonly catalog: Catalog;
  readonly #warehouse: Mysql;
  readonly #options: IndexedOptions;
  readonly #store = new Store(MEMORY, [CATALOG_SCHEMA]);
  /** What the tables have: host by path. */
  #hosts: ReadonlyMap<string, string> = new Map();
  /** Why some of these cannot be opened, by path. */
  readonly #failures = new Map<string, Problem>();

  constructor(warehouse: Mysql, options: IndexedOptions) {
    this.#warehouse = warehouse;
    this.#options = options;
    this.catalog = new Catalog(this.#store, ROOT, {
      ...(options.clock ? { clock: options.clock } : {}),
      scanner: {
        scan: (_, at = '') => this.#look(join(ROOT, at)),
        probe: async (root, lot) =>
          lot.flatMap((one) => {
            if (one.members.length > 0) return probeAll(root, [one]);
            return { failure: this.#failures.get(one.base) ?? gone(one.base) };
          }),
      },
    });
  }

  /** Fills the catalogue with what the tables have for these jobs. @throws JobsumError E_NO_ARCHIVES: they have nothing at all; E_SCHEMA … */
  async bring(jobs: readonly Job[]): Promise<ScanReport> {
    const { below, margin } = this.#options;
    const hosts = new Map<string, string>();
    const resources = await this.#warehouse.rows<{ id: number }>('SELECT DISTINCT resource_id AS id FROM modw.hosts');
    for (let i = 0; i < jobs.length && resources.length > 0; i += LOT) {
      const ids = resources.map((r) => r.id);
      const { sql, parameters } = query(jobs.slice(i, i + LOT), ids, margin ?? 0);
      for (const { path, host, own } of await this.#warehouse.rows<PathRow>(sql, parameters))
        if (own || (below !== null && within(path, below))) hosts.set(path, host);
    }
    if (hosts.size === 0) await this.#expectSome();
    this.#hosts = hosts;
    return this.catalog.refresh();
  }

  /** Files of what the tables have below a directory, as they are now. */
  async *#look(at: string): AsyncGenerator<Scanned> {
    const { names, below, margin } = this.#options;
    const directories = new Directories(below);
    this.#failures.clear();
    const found = [...this.#hosts].flatMap(([path, host]) => {
      if (at !== ROOT && !within(path, at)) return [];
      const pathHost = hostName(host, names.mode, names.ext);
      const found = directories.find(path, pathHost);
      if (found && 'base' in found) return found;
      // Rows outlive archives that were merged or removed: nothing to tell of.
      if (!found && margin === undefined) return [];
      if (found) this.#failures.set(path, found);
      return { base: path, pathHost, members: [], bytes: 0, changed: UNKNOWN_CHANGE, signature: '' };
    });
    yield { found, unread: [] };
  }

  async #expectSome(): Promise<void> {
    const [one] = await this.#warehouse.rows('SELECT id FROM modw_supremm.archive_paths LIMIT 1');
    if (!one)
      throw new JobsumError('E_NO_ARCHIVES', "the warehouse's tables have no archives", {
        record: 'modw_supremm.archive_paths',
        expected: 'rows, as jobsum index writes them',
      });
  }

  close(): void {
    this.#store.close();
  }
}
