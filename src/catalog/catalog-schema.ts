// Owns the catalogue's tables in the store.

import type { Schema } from '../databases/index.ts';

export const CATALOG_SCHEMA: Schema = {
  // host: as it is looked up; host_name: as the label or the path has it. path_host: the host that the directory of an archive labelled
  // otherwise seems to be of, as it is looked up; '' where that is the same. fast: the times are those of the name only. changed: of its
  // files, epoch ms. revision: raised when its data have changed otherwise than by growing.
  // archive_unread: directories that the last scan could not read.
  sql: `
    CREATE TABLE IF NOT EXISTS archive (
      root TEXT NOT NULL, base TEXT NOT NULL, host TEXT NOT NULL, host_name TEXT NOT NULL, start_ns INTEGER NOT NULL,
      end_ns INTEGER NOT NULL, bytes INTEGER NOT NULL, signature TEXT NOT NULL, job_local INTEGER, job_index INTEGER,
      job_raw INTEGER, problem TEXT, fast INTEGER NOT NULL, changed INTEGER NOT NULL DEFAULT 0,
      revision INTEGER NOT NULL DEFAULT 0, path_host TEXT NOT NULL DEFAULT '',
      PRIMARY KEY (root, base)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS archive_host ON archive (root, host, end_ns);
    CREATE INDEX IF NOT EXISTS archive_path_host ON archive (root, path_host, end_ns) WHERE path_host <> '';
    CREATE INDEX IF NOT EXISTS archive_job ON archive (root, job_raw);
    CREATE INDEX IF NOT EXISTS archive_problem ON archive (root, base) WHERE problem IS NOT NULL;
    CREATE TABLE IF NOT EXISTS archive_unread (
      root TEXT NOT NULL, path TEXT NOT NULL, problem TEXT NOT NULL, PRIMARY KEY (root, path)
    ) WITHOUT ROWID;
  `,
  // It can be made again from the tree.
  upgrades: { 3: 'DROP TABLE IF EXISTS archive', 4: 'DROP TABLE IF EXISTS archive', 5: 'DROP TABLE IF EXISTS archive' },
};
