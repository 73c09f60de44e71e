// Owns jobs straight from Slurm: `sacct` is run, and the next run goes on where the last one ended.

import { spawn } from 'node:child_process';
import { JobsumError } from '../kernel/index.ts';
import type { Schema, Store } from '../store/index.ts';
import type { JobRecord, JobSource } from './job.ts';
import { linesOf } from './lines.ts';
import { parseJobId, type Selection } from './selection.ts';
import { parseJobs } from './source.ts';

export const SOURCE_SCHEMA: Schema = {
  sql: 'CREATE TABLE IF NOT EXISTS source (name TEXT PRIMARY KEY, mark REAL NOT NULL) WITHOUT ROWID;',
};

/** The name comes last: it may hold the separator. */
const FORMAT =
  'jobid,jobidraw,cluster,partition,qos,account,group,gid,user,uid,submit,eligible,start,end,elapsedraw,exitcode,state,nnodes,ncpus,reqcpus,reqmem,reqtres,alloctres,timelimitraw,nodelist,jobname';
/** Jobs reach the accounting database late: those that ended so long before the last one seen are asked for again. */
const OVERLAP = 3600;
const MAX_COMPLAINT = 2000;

export interface SacctOptions {
  readonly command: string;
  readonly cluster?: string;
  readonly selection: Selection;
  /** Where the place is kept; without a store every run begins `back` seconds ago. */
  readonly store?: Store;
  /** Name of the place. */
  readonly name?: string;
  /** Seconds in which jobs whose data were missing are listed again. */
  readonly back: number;
  readonly now?: () => number;
}

/** sacct's time without zone: UTC, as it is told. */
const time = (seconds: number): string => new Date(Math.max(0, seconds) * 1000).toISOString().slice(0, 19);

export class SacctSource implements JobSource {
  readonly #options: SacctOptions;
  /** Latest end seen. */
  #mark = 0;

  constructor(options: SacctOptions) {
    this.#options = options;
  }

  /** Jobs that ended from here on. sacct's own start and end select by "was running in". */
  #from(): number {
    const { selection, store, name = '', back, now = () => Date.now() / 1000 } = this.#options;
    if (selection.from !== undefined) return selection.from;
    if (selection.ids) return 0;
    const known = Number(
      store?.prepare('SELECT mark FROM source WHERE name = ?').get(name)?.mark ?? Number.POSITIVE_INFINITY,
    );
    return Math.min(known, now() - back) - OVERLAP;
  }

  #arguments(from: number): string[] {
    const { cluster, selection } = this.#options;
    return [
      ...['--allusers', '--parsable2', '--allocations', '--duplicates', `--format=${FORMAT}`],
      ...(cluster === undefined ? [] : [`--clusters=${cluster}`]),
      `--starttime=${time(Math.floor(from))}`,
      ...(selection.to === undefined ? [] : [`--endtime=${time(Math.ceil(selection.to) + 1)}`]),
      // Checked, as sacct would take other words for options of its own.
      ...(selection.ids ? [`--jobs=${selection.ids.map(idText).join(',')}`] : []),
    ];
  }

  /** @throws JobsumError E_INPUT_MISSING (no such command), E_SERVICE (it fails), E_JOB_SOURCE */
  async *records(): AsyncGenerator<JobRecord> {
    const { command } = this.#options;
    const from = this.#from();
    // Slurm older than 20.02 does not know %s and gives times in the zone it is told.
    const env = { ...process.env, TZ: 'UTC', SLURM_TIME_FORMAT: '%s', SLURM_BITSTR_LEN: '0' };
    const child = spawn(command, this.#arguments(from), { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
    // Looked at below, when the output has been read.
    ended.catch(() => undefined);
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(0, MAX_COMPLAINT);
    });
    try {
      const lines = linesOf(child.stdout.setEncoding('utf8') as AsyncIterable<string>);
      for await (const record of parseJobs(lines, 'sacct', 'sacct')) {
        if (record.kind === 'job') {
          if (record.job.end < from) continue;
          this.#mark = Math.max(this.#mark, record.job.end);
        }
        yield record;
      }
      const code = await ended;
      if (code !== 0)
        throw new JobsumError('E_SERVICE', 'sacct failed', {
          file: command,
          found: `${complaint.trim()} (exit code ${code})`,
        });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
        throw new JobsumError('E_INPUT_MISSING', 'there is no such command', { file: command }, { cause });
      throw cause;
    } finally {
      child.kill();
    }
  }

  async finished(): Promise<void> {
    const { store, name = '', selection } = this.#options;
    const partial = selection.ids ?? selection.from ?? selection.to ?? selection.states;
    if (!store || partial !== undefined || this.#mark === 0) return;
    store
      .prepare('INSERT INTO source VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET mark = max(mark, excluded.mark)')
      .run(name, this.#mark);
  }
}

function idText(text: string): string {
  const { number, index } = parseJobId(text);
  return index === undefined ? String(number) : `${number}_${index}`;
}
