// Owns looking archives up in the warehouse's tables (accounting.md §5.2): what they have for the nodes and times of some jobs,
// as a catalogue in memory. Others write the tables, and no row goes with its file: paths are checked, files looked for.

import { type Dirent, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { hostName, type Job } from '../jobs/index.ts';
import { JobsumError, type Problem } from '../kernel/index.ts';
import { MEMORY, type SqlRow, Store, type Warehouse } from '../store/index.ts';
import { Catalog, type ScanReport } from './catalog.ts';
import { CATALOG_SCHEMA } from './catalog-schema.ts';
import { archiveJobOf } from './lookup.ts';
import { archiveMember } from './names.ts';
import { type FoundArchive, foundArchive } from './scan.ts';
import { type ProbeArchive, probeAll, type Scanned } from './scanner.ts';
import type { HostNames } from './warehouse-index.ts';

export interface IndexedOptions {
  readonly names: HostNames;
  /** Archives elsewhere are refused; null: any directory will do. */
  readonly below: string | null;
  /** For who asks why there are none: archives of so many seconds around the jobs too, and those whose files are gone. */
  readonly margin?: number;
}

/** Jobs per statement. */
const LOT = 200;
const ROOT = '/';
/** Last change of an archive that was not looked at: no time is too late for it. */
const UNKNOWN = 8.64e15;

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

/** Directories that rows name, each looked at once. */
class Directories {
  readonly #below: string | null;
  readonly #known = new Map<string, Map<string, string[]>>();
  /** Those that cannot be read, which is not to say that they are empty. */
  readonly unread = new Map<string, Problem>();

  constructor(below: string | null) {
    this.#below = below;
  }

  /** An archive by its path; undefined: it is gone, or its directory is unread. Null: the path is not one that may be opened. */
  find(path: string, pathHost: string): FoundArchive | undefined | null {
    if (!mayOpen(path, this.#below)) return null;
    const at = dirname(path);
    const archives = this.#known.get(at) ?? this.#list(at);
    this.#known.set(at, archives);
    const files = archives.get(basename(path));
    try {
      return files && foundArchive(ROOT, at, basename(path), files, pathHost);
    } catch (error) {
      this.#failed(at, error);
      return undefined;
    }
  }

  #failed(at: string, error: unknown): void {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR')
      this.unread.set(at, { code: 'E_IO', message: 'cannot read the directory', file: at, found: message });
  }

  #list(at: string): Map<string, string[]> {
    const archives = new Map<string, string[]>();
    for (const entry of this.#entries(at)) {
      const found = entry.isFile() ? archiveMember(entry.name) : null;
      if (found) archives.set(found.base, [...(archives.get(found.base) ?? []), entry.name]);
    }
    return archives;
  }

  #entries(at: string): Dirent[] {
    try {
      // Where the tree's root leads to counts, links within it must not lead out.
      if (this.#below !== null && !within(`${realpathSync(at)}/`, realpathSync(this.#below))) return [];
      return readdirSync(at, { withFileTypes: true });
    } catch (error) {
      this.#failed(at, error);
      return [];
    }
  }
}

export class IndexedArchives {
  /** Of what was brought last. */
  readonly catalog: Catalog;
  readonly #warehouse: Warehouse;
  readonly #options: IndexedOptions;
  readonly #store = new Store(MEMORY, [CATALOG_SCHEMA]);
  /** What the tables have: host by path. */
  #hosts: ReadonlyMap<string, string> = new Map();
  /** Directories of these that cannot be read. */
  #unread: ReadonlyMap<string, Problem> = new Map();

  constructor(warehouse: Warehouse, probe: ProbeArchive, options: IndexedOptions) {
    this.#warehouse = warehouse;
    this.#options = options;
    this.catalog = new Catalog(this.#store, ROOT, probe, {
      scanner: {
        scan: (_, at = '') => this.#look(join(ROOT, at)),
        probe: async (root, lot) =>
          lot.flatMap((one) => {
            if (one.members.length > 0) return probeAll(root, [one], probe);
            return { failure: this.#unread.get(dirname(one.base)) ?? absence(one.base, options.below) };
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
    this.#unread = directories.unread;
    const found = [...this.#hosts].flatMap(([path, host]) => {
      if (at !== ROOT && !within(path, at)) return [];
      const pathHost = hostName(host, names.mode, names.ext);
      const found = directories.find(path, pathHost);
      if (found) return found;
      // Rows outlive archives that were merged or removed: nothing to tell of.
      if (found === undefined && margin === undefined && !directories.unread.has(dirname(path))) return [];
      return { base: path, pathHost, members: [], bytes: 0, changed: UNKNOWN, signature: '' };
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

/** Why nothing of an archive can be opened. */
function absence(file: string, below: string | null): Problem {
  if (mayOpen(file, below))
    return { code: 'E_ARCHIVE_MISSING', message: 'the warehouse has it, but its files are gone', file };
  return {
    code: 'E_ARCHIVE_MISSING',
    message: 'the warehouse names an archive that may not be opened',
    file,
    expected: below === null ? 'an absolute path' : `a path below ${below}`,
  };
}
