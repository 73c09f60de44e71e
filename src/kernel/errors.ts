// Owns the one table of stable error codes and the error class. Knows nothing of any stage.

/** What kind of thing went wrong; decides who can correct it. */
export type ErrorClass = 'usage' | 'input' | 'archive' | 'service' | 'internal' | 'io' | 'config' | 'interrupted';

/** What all errors of a code have in common. */
export interface ErrorKind {
  readonly class: ErrorClass;
  /** Process exit code when this error ends the program (sysexits where one fits). */
  readonly exit: number;
  /** The same call may succeed later without anyone changing its input. */
  readonly retryable: boolean;
  /** What the reader of the message can do. */
  readonly advice: string;
}

const kind = (c: ErrorClass, exit: number, retryable: boolean, advice: string): ErrorKind => ({
  class: c,
  exit,
  retryable,
  advice,
});

/** Stable codes: never renumbered or reused; the table of the manual (src/manual/errors.md) is this one. */
export const ERRORS = {
  E_USAGE: kind('usage', 64, false, 'Check the arguments; `jobsum COMMAND --help` has them all.'),
  E_INTERNAL: kind('internal', 70, false, 'This is a defect of jobsum: report it with the message.'),
  E_INTERRUPTED: kind('interrupted', 143, true, 'Run the same command again; finished jobs are not repeated.'),

  E_INPUT_MISSING: kind('input', 66, false, 'Check the path and its permissions.'),
  E_NAME_UNKNOWN: kind(
    'input',
    66,
    false,
    'Check the name: `jobsum archive info` lists the metrics of an archive, with --domains the instances.',
  ),
  E_JOB_LINE: kind('input', 1, false, 'Correct or remove the record; the others were used.'),
  E_JOB_NOTE: kind('input', 1, false, 'Nothing that can be used was lost: see whether it is as it should be.'),
  E_JOB_SOURCE: kind(
    'input',
    65,
    false,
    'Give NDJSON, CSV with job_id, start_time, end_time and host_list, `sacct --json`, or `sacct -P` with JobID, Start, End and NodeList.',
  ),
  E_HOSTLIST: kind(
    'input',
    1,
    false,
    'Write node lists as Slurm does, n[01-04,7],gpu1, of no more nodes than a machine has.',
  ),
  E_NO_DOCUMENT: kind(
    'input',
    65,
    false,
    'Give JSON as `jobsum show ID --json` prints it; of deviations a list of objects, each with a path.',
  ),
  E_JOB_UNKNOWN: kind(
    'input',
    66,
    false,
    'Check the id and where it is looked for; `jobsum show` without an id lists the jobs of the store.',
  ),

  E_NO_SCRIPTS: kind(
    'input',
    65,
    false,
    'Slurm 21.08 and later have job scripts, if AccountingStoreFlags has job_script and the account may see them.',
  ),

  E_NO_ARCHIVES: kind(
    'archive',
    66,
    false,
    'Check the path; the tables of the warehouse are filled by `jobsum index`.',
  ),
  E_ARCHIVE_MISSING: kind(
    'archive',
    66,
    false,
    'Look for it where the message says: it needs its .meta file and at least one volume (.0, .1, …).',
  ),
  E_ARCHIVE_VOLUME: kind(
    'archive',
    65,
    false,
    'A part of the archive is missing: look for the file, or for what has moved it; the other volumes were used.',
  ),
  E_ARCHIVE_EMPTY: kind(
    'archive',
    65,
    false,
    'The logger wrote nothing, or has only just started: try later or drop it.',
  ),
  E_ARCHIVE_LABEL: kind(
    'archive',
    65,
    false,
    'The file is no PCP archive, does not belong to the files beside it, or its head is damaged.',
  ),
  E_ARCHIVE_VERSION: kind(
    'archive',
    65,
    false,
    'Only versions 2 and 3 are read; convert older ones with pmlogrewrite.',
  ),
  E_ARCHIVE_FEATURE: kind(
    'archive',
    65,
    false,
    'The archive needs a feature that this reader does not know: try a newer one.',
  ),
  E_ARCHIVE_TRUNCATED: kind(
    'archive',
    65,
    false,
    'The tail is missing (a live or killed logger); what precedes it was used.',
  ),
  E_ARCHIVE_LENGTH: kind('archive', 65, false, 'The record length is impossible; what precedes it was used.'),
  E_ARCHIVE_TRAILER: kind('archive', 65, false, 'The record is damaged; what precedes it was used.'),
  E_ARCHIVE_RECORD: kind(
    'archive',
    65,
    false,
    'The inside of the record is damaged: value sets that are not sound, or all of it, were left out.',
  ),
  E_ARCHIVE_META: kind('archive', 65, false, 'The metadata is damaged; metrics described before it were used.'),
  E_ARCHIVE_CONFLICT: kind('archive', 65, false, 'The same metric is described in two ways; the first was used.'),
  E_ARCHIVE_UNITS: kind(
    'archive',
    65,
    false,
    'The metric has units of another dimension than are asked for; it was left out.',
  ),
  E_ARCHIVE_INDEX: kind('archive', 65, false, 'The temporal index is damaged; the data were read without it.'),
  E_ARCHIVE_UNPACK: kind(
    'archive',
    65,
    false,
    'The compressed file is damaged, of another kind than its name says, or too slow; what was unpacked was used.',
  ),
  E_ARCHIVE_LIMIT: kind(
    'archive',
    65,
    false,
    'The archive asks for more memory or room than the reader allows; if it is sound, see --max-volume-bytes and --max-metadata-bytes.',
  ),
  E_ARCHIVE_HOST: kind(
    'archive',
    65,
    false,
    'The label is of another host than the node: such an archive is used only where the node has none of its own.',
  ),
  E_COUNTER_RESET: kind(
    'archive',
    65,
    false,
    'Counters were restarted in the time of the job; what they counted between two records is not known.',
  ),

  E_ARCHIVE_CLOCK: kind(
    'archive',
    65,
    false,
    'The clock of the node was wrong or was set; records whose time cannot be right were left out.',
  ),

  E_INDEX_ROW: kind('archive', 1, false, 'Rename the archive; jobsum itself finds it all the same.'),

  E_IO: kind('io', 74, true, 'Check the file, its permissions and the file system, then run again.'),
  E_EXISTS: kind(
    'io',
    73,
    false,
    'Choose another name or directory; what is there is not written over (only `jobsum setup collector`, `systemd` and `cron` do so, with --yes).',
  ),
  E_STORE: kind('io', 73, true, 'Check that the store file can be written and is not of another program.'),
  E_STORE_VERSION: kind('config', 78, false, 'The store was written by a newer jobsum: use that one, or another file.'),
  E_CONFIG: kind(
    'config',
    78,
    false,
    'Correct the setting named; `jobsum config check` shows every fault in a configuration.',
  ),
  E_SERVICE: kind(
    'service',
    69,
    true,
    'The server, or the command that asks it, failed: check that it runs, then run again.',
  ),
  E_DENIED: kind('service', 77, false, "Check the account's user, password and privileges."),
  E_SCHEMA: kind(
    'config',
    78,
    false,
    'A table or column is missing: run `jobsum setup`; XDMoD schemas 7, 8 and 9 are known.',
  ),
  E_QUERY: kind('service', 70, false, 'The server refused a statement: report it with the message.'),
  E_MONGODB_VERSION: kind(
    'config',
    78,
    false,
    'MongoDB 4.4 or newer is needed: upgrade the server, one version at a time.',
  ),
  E_DOCUMENT: kind(
    'service',
    1,
    false,
    'The sink refuses this document; the job is tried again a few times, then set aside.',
  ),
  E_PORTAL: kind(
    'input',
    1,
    false,
    'The documents are stored; the portal takes them in when accounting has these fields and they are made again (--again).',
  ),
  E_LOCKED: kind('service', 75, true, 'Another run is at work on the same jobs or store: wait for it to end.'),
  E_LEASE_LOST: kind(
    'service',
    75,
    true,
    'This run was held up for too long; what it had not recorded is done by the other run.',
  ),
  E_WORKER: kind('internal', 1, true, 'A worker died while reading this node; it was retried once.'),
  E_ANALYTIC: kind(
    'config',
    1,
    false,
    "Correct the site's analytic, or take it out of the configuration; the others were used.",
  ),
} as const satisfies Record<string, ErrorKind>;

/** The code of an error. */
export type ErrorCode = keyof typeof ERRORS;

/** Exit code of what was stopped: the reason of the abort is the name of the signal that asked for it. */
export const exitWhenStopped = (signal: AbortSignal | undefined): number =>
  signal?.reason === 'SIGINT' ? 130 : ERRORS.E_INTERRUPTED.exit;

/** Where an error was met; every field is optional and printed only when known. */
export interface ErrorPlace {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** Data volume number of an archive; -1 metadata, -2 temporal index. */
  readonly volume?: number;
  /** Byte offset in the (uncompressed) file. */
  readonly offset?: number;
  /** What was being read there: `label`, `record`, `DESC`, `INDOM`, … */
  readonly record?: string;
  readonly job?: string;
  readonly node?: string;
}

export interface ErrorDetail extends ErrorPlace {
  readonly expected?: string;
  readonly found?: string;
}

/** Plain data form of an error: what crosses threads, goes into documents and `--json`. */
export interface Problem extends ErrorDetail {
  readonly code: ErrorCode;
  readonly message: string;
}

/** An error with a stable code. `message` says what; `place` says where, expected and found. */
export class JobsumError extends Error {
  readonly code: ErrorCode;
  readonly detail: ErrorDetail;

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = 'JobsumError';
    this.code = code;
    this.detail = detail;
  }

  get kind(): ErrorKind {
    return ERRORS[this.code];
  }

  /** As plain data. */
  toProblem(): Problem {
    return { code: this.code, message: this.message, ...this.detail };
  }
}

/** Any thrown value as a Problem; what is not ours becomes E_INTERNAL or E_IO with its own text. */
export function toProblem(error: unknown): Problem {
  if (error instanceof JobsumError) return error.toProblem();
  if (error instanceof Error) {
    const system = typeof (error as NodeJS.ErrnoException).syscall === 'string';
    return { code: system ? 'E_IO' : 'E_INTERNAL', message: error.message };
  }
  return { code: 'E_INTERNAL', message: String(error) };
}

/** Whether somebody who waited gave up since the run is to stop, which is no failure. */
export const isStop = (error: unknown, signal: AbortSignal | undefined): boolean =>
  signal?.aborted === true && toProblem(error).code === 'E_INTERRUPTED';

/** The error that a problem was, or would be: the other way round. */
export function fromProblem({ code, message, ...detail }: Problem): JobsumError {
  return new JobsumError(code, message, detail);
}

/** One line: code, what, where, expected, found. */
export function describeProblem(p: Problem): string {
  const where = [
    p.file,
    p.line !== undefined ? `line ${p.line}` : undefined,
    p.column !== undefined ? `column ${p.column}` : undefined,
    p.volume === undefined || p.volume < 0 ? undefined : `volume ${p.volume}`,
    p.offset !== undefined ? `offset ${p.offset}` : undefined,
    p.record,
    p.job !== undefined ? `job ${p.job}` : undefined,
    p.node !== undefined ? `node ${p.node}` : undefined,
  ].filter((x) => x !== undefined);
  const at = where.length > 0 ? ` (${where.join(', ')})` : '';
  const exp = p.expected !== undefined ? `; expected ${p.expected}` : '';
  const got = p.found !== undefined ? `; found ${p.found}` : '';
  return `${p.code}: ${p.message}${at}${exp}${got}`;
}
