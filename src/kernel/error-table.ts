// Owns the one table of stable error codes: what each costs, and what to do.

/** What kind of thing went wrong; decides who can correct it. */
export type ErrorClass = 'usage' | 'input' | 'archive' | 'service' | 'internal' | 'io' | 'config' | 'interrupted';

/** What all errors of a code have in common. */
export interface ErrorKind {
  readonly class: ErrorClass;
  /** Process exit code when this error ends the program (sysexits where one fits). */
  readonly exit: number;
  /** The same call may succeed later without anyone changing its input. */
  readonly retryable: boolean;
  /** What it costs, and what it does not. */
  readonly effect: string;
  /** What the reader of the message can do. */
  readonly advice: string;
}

/** What is not retryable does not say so. */
type Entry = Omit<ErrorKind, 'retryable'> & { readonly retryable?: true };

const complete = <Code extends string>(table: Readonly<Record<Code, Entry>>): Readonly<Record<Code, ErrorKind>> =>
  Object.fromEntries(
    Object.entries<Entry>(table).map(([code, entry]) => [code, { retryable: false, ...entry }]),
  ) as unknown as Readonly<Record<Code, ErrorKind>>;

/** Stable codes: never renumbered or reused; the manual has this table (src/manual/errors.md). */
export const ERRORS = complete({
  E_USAGE: {
    class: 'usage',
    exit: 64,
    effect: 'Nothing was done.',
    advice: 'Check the arguments; `jobsum COMMAND --help` has them all.',
  },
  E_INTERNAL: {
    class: 'internal',
    exit: 70,
    effect: 'What was in hand is lost; what was stored before stays.',
    advice: 'This is a defect of jobsum: report it with the message.',
  },
  E_INTERRUPTED: {
    class: 'interrupted',
    exit: 143,
    retryable: true,
    effect: 'What was in hand is stored.',
    advice: 'Run the same command again; finished jobs are not repeated.',
  },
  E_INPUT_MISSING: {
    class: 'input',
    exit: 66,
    effect: 'It was not read.',
    advice: 'Check the path and its permissions.',
  },
  E_NAME_UNKNOWN: {
    class: 'input',
    exit: 66,
    effect: 'Nothing was read for it.',
    advice: 'Check the name: `jobsum archive info` lists the metrics of an archive, with --domains the instances.',
  },
  E_JOB_LINE: {
    class: 'input',
    exit: 1,
    effect: 'The record is not used; the others are.',
    advice: 'Correct or remove the record.',
  },
  E_JOB_NOTE: {
    class: 'input',
    exit: 1,
    effect: 'Nothing that can be used was lost.',
    advice: 'See whether it is as it should be.',
  },
  E_JOB_SOURCE: {
    class: 'input',
    exit: 65,
    effect: 'No job was read.',
    advice:
      'Give NDJSON, CSV with job_id, start_time, end_time and host_list, `sacct --json`, or `sacct -P` with JobID, Start, End and NodeList.',
  },
  E_HOSTLIST: {
    class: 'input',
    exit: 1,
    effect: 'The record is not used; the others are.',
    advice: 'Write node lists as Slurm does, n[01-04,7],gpu1, of no more nodes than a machine has.',
  },
  E_NO_DOCUMENT: {
    class: 'input',
    exit: 65,
    effect: 'Nothing was compared or shown.',
    advice: 'Give JSON as `jobsum show ID --json` prints it; of deviations a list of objects, each with a path.',
  },
  E_JOB_UNKNOWN: {
    class: 'input',
    exit: 66,
    effect: 'Nothing was shown.',
    advice: 'Check the id and where it is looked for; `jobsum show` without an id lists the jobs of the store.',
  },
  E_NO_SCRIPTS: {
    class: 'input',
    exit: 65,
    effect: 'No script was stored.',
    advice:
      'Check that Slurm is 21.08 or later, that AccountingStoreFlags has job_script, and that the account may see them.',
  },
  E_NO_ARCHIVES: {
    class: 'archive',
    exit: 66,
    effect: 'The jobs there stay open.',
    advice: 'Check the path; the tables of the warehouse are filled by `jobsum index`.',
  },
  E_ARCHIVE_MISSING: {
    class: 'archive',
    exit: 66,
    effect: 'The archive was not read.',
    advice: 'Look for it where the message says: it needs its .meta file and at least one volume (.0, .1, …).',
  },
  E_ARCHIVE_VOLUME: {
    class: 'archive',
    exit: 65,
    effect: 'Data of that volume are missing; the other volumes were used.',
    advice: 'Look for the file, or for what has moved it.',
  },
  E_ARCHIVE_EMPTY: {
    class: 'archive',
    exit: 65,
    effect: 'There are no data in it.',
    advice: 'Try later, if the logger has only just started; otherwise drop the archive.',
  },
  E_ARCHIVE_LABEL: {
    class: 'archive',
    exit: 65,
    effect: 'The archive was not read.',
    advice:
      'See whether the file is a PCP archive, whether the files beside it are of the same one, and whether its head is damaged.',
  },
  E_ARCHIVE_VERSION: {
    class: 'archive',
    exit: 65,
    effect: 'The archive was not read.',
    advice: 'Convert it with pmlogrewrite: only versions 2 and 3 are read.',
  },
  E_ARCHIVE_FEATURE: {
    class: 'archive',
    exit: 65,
    effect: 'The archive was not read.',
    advice: 'Try a newer jobsum: the archive needs a feature that this one does not know.',
  },
  E_ARCHIVE_TRUNCATED: {
    class: 'archive',
    exit: 65,
    effect: 'What precedes the missing tail was used.',
    advice: 'Nothing, if the logger is still writing; if it was killed, see why.',
  },
  E_ARCHIVE_LENGTH: {
    class: 'archive',
    exit: 65,
    effect: 'The length of a record is impossible; what precedes it was used.',
    advice: 'Restore the file from a copy.',
  },
  E_ARCHIVE_TRAILER: {
    class: 'archive',
    exit: 65,
    effect: 'A record is damaged; what precedes it was used.',
    advice: 'Restore the file from a copy.',
  },
  E_ARCHIVE_RECORD: {
    class: 'archive',
    exit: 65,
    effect: 'Value sets of a record that are not sound, or all of it, were left out.',
    advice: 'Restore the file from a copy, if what was left out is needed; see what writes it.',
  },
  E_ARCHIVE_META: {
    class: 'archive',
    exit: 65,
    effect: 'Metrics described before the damage were used.',
    advice: 'Restore the .meta file from a copy.',
  },
  E_ARCHIVE_CONFLICT: {
    class: 'archive',
    exit: 65,
    effect: 'The same metric is described in two ways; the first was used.',
    advice: 'See which collector gives the other description.',
  },
  E_ARCHIVE_UNITS: {
    class: 'archive',
    exit: 65,
    effect: 'The metric has units of another dimension than are asked for; it was left out.',
    advice: 'Correct the units where the metric is defined, or ask for others.',
  },
  E_ARCHIVE_INDEX: {
    class: 'archive',
    exit: 65,
    effect: 'The data were read without the temporal index.',
    advice: 'Nothing has to be done; `jobsum archive copy` writes a new index.',
  },
  E_ARCHIVE_UNPACK: {
    class: 'archive',
    exit: 65,
    effect: 'What was unpacked before the damage was used.',
    advice: 'See whether the file is damaged, of another kind than its name says, or comes too slowly.',
  },
  E_ARCHIVE_LIMIT: {
    class: 'archive',
    exit: 65,
    effect: 'The archive asks for more memory or room than the reader allows; what was read before was used.',
    advice: 'If it is sound, see --max-volume-bytes and --max-metadata-bytes.',
  },
  E_ARCHIVE_HOST: {
    class: 'archive',
    exit: 65,
    effect: 'An archive of another host than the node is used only where the node has none of its own.',
    advice: 'See whether it lies in the right directory, or the node was renamed.',
  },
  E_COUNTER_RESET: {
    class: 'archive',
    exit: 65,
    effect: 'What the counters counted between two records is not known.',
    advice: 'Nothing, if the node or a collector was restarted in the time of the job.',
  },
  E_ARCHIVE_CLOCK: {
    class: 'archive',
    exit: 65,
    effect: 'Records whose time cannot be right were left out.',
    advice: 'Check how the clock of the node is kept: it was wrong, or was set.',
  },
  E_INDEX_ROW: {
    class: 'archive',
    exit: 1,
    effect: "The warehouse's tables do not have the archive; jobsum itself finds it all the same.",
    advice: 'Rename the archive.',
  },
  E_IO: {
    class: 'io',
    exit: 74,
    retryable: true,
    effect: 'What could not be read is not used; nothing half written is left.',
    advice: 'Check the file, its permissions and the file system, then run again.',
  },
  E_EXISTS: {
    class: 'io',
    exit: 73,
    effect: 'Nothing was written.',
    advice:
      'Choose another name or directory; what is there is not written over (only `jobsum setup collector`, `systemd` and `cron` do so, with --yes).',
  },
  E_STORE: {
    class: 'io',
    exit: 73,
    retryable: true,
    effect: 'Nothing was stored.',
    advice: 'Check that the store file can be written and is not of another program.',
  },
  E_STORE_VERSION: {
    class: 'config',
    exit: 78,
    effect: 'The store was not opened.',
    advice: 'Use the newer jobsum that wrote it, or another file.',
  },
  E_CONFIG: {
    class: 'config',
    exit: 78,
    effect: 'What the setting is of does not run; other resources do.',
    advice: 'Correct the setting named; `jobsum config check` shows every fault in a configuration.',
  },
  E_SERVICE: {
    class: 'service',
    exit: 69,
    retryable: true,
    effect: 'What was to be stored or asked there was not; the next run goes on from here.',
    advice: 'Check that the server, or the command that asks it, runs, then run again.',
  },
  E_DENIED: {
    class: 'service',
    exit: 77,
    effect: 'Nothing was stored or asked there.',
    advice: "Check the account's user, password and privileges.",
  },
  E_SCHEMA: {
    class: 'config',
    exit: 78,
    effect: 'A table or column is missing; nothing was stored there.',
    advice: 'Run `jobsum setup`; XDMoD schemas 7, 8 and 9 are known.',
  },
  E_QUERY: {
    class: 'service',
    exit: 70,
    effect: 'The server refused a statement.',
    advice: 'This is a defect of jobsum: report it with the message.',
  },
  E_MONGODB_VERSION: {
    class: 'config',
    exit: 78,
    effect: 'Nothing was stored there.',
    advice: 'Upgrade the server, one version at a time: MongoDB 4.4 or newer is needed.',
  },
  E_DOCUMENT: {
    class: 'service',
    exit: 1,
    effect: 'The document is not stored; the job is tried again a few times, then set aside.',
    advice: 'See what the sink says of it.',
  },
  E_PORTAL: {
    class: 'input',
    exit: 1,
    effect: 'The documents are stored; the portal does not take them in.',
    advice: 'Give accounting these fields, and make the documents again (--again).',
  },
  E_LOCKED: {
    class: 'service',
    exit: 75,
    retryable: true,
    effect: 'This run did nothing.',
    advice: 'Wait for the other run on the same jobs or store to end.',
  },
  E_LEASE_LOST: {
    class: 'service',
    exit: 75,
    retryable: true,
    effect: 'What this run had not recorded is done by the other run.',
    advice: 'See what held this run up for so long.',
  },
  E_WORKER: {
    class: 'internal',
    exit: 1,
    retryable: true,
    effect: 'The job is tried again by the next run; the others were done.',
    advice: 'See whether the machine ran out of memory, and check the archive with `jobsum archive check`.',
  },
  E_ANALYTIC: {
    class: 'config',
    exit: 1,
    effect: 'The analytic was left out; the others were used.',
    advice: "Correct the site's analytic, or take it out of the configuration.",
  },
});

/** The code of an error. */
export type ErrorCode = keyof typeof ERRORS;
