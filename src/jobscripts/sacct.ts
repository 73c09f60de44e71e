// Owns job scripts that Slurm itself has stored (`AccountingStoreFlags=job_script`, 21.08 and later): `sacct -B -j LIST`, many jobs a call.
//
// sacct prints "Batch Script for ID", a rule and the script, one after the other, and a script may hold such lines itself. So it is known
// beforehand whose scripts will come (a listing just before, with a separator nobody knew), and each of these heads must come exactly once:
// a forged head of one of them makes two. Then the jobs are asked for in halves, down to one, whose script is all that follows the head.

import { askSacct, separator } from '../jobs/index.ts';
import { JobsumError } from '../kernel/index.ts';

export interface SacctCommand {
  readonly command: string;
  readonly cluster?: string;
}

/** A job as Slurm has it. */
export interface SacctJob {
  /** As it is shown, and asked for: `7`, `7_1`, `7+1`. */
  readonly shown: string;
  readonly raw: number;
  /** Epoch seconds; null: never. */
  readonly submit: number | null;
  readonly start: number | null;
}

/** Scripts of a call together, in characters; more, and it is asked for half as many. */
const MAX_TEXT = 32 * 1024 * 1024;

async function ask(
  { command, cluster }: SacctCommand,
  args: readonly string[],
  ids: readonly string[],
): Promise<string> {
  const all = ['--allusers', ...args, ...(cluster === undefined ? [] : [`--clusters=${cluster}`])];
  const answer = askSacct(command, [...all, '--starttime=1970-01-01T00:00:00', `--jobs=${ids.join(',')}`]);
  const pieces: string[] = [];
  let length = 0;
  try {
    for await (const piece of answer.output) {
      pieces.push(piece);
      length += piece.length;
      if (length > MAX_TEXT) break;
    }
  } catch (cause) {
    if (!(cause instanceof JobsumError) || cause.code !== 'E_SERVICE') throw cause;
    throw new JobsumError('E_NO_SCRIPTS', 'sacct gives no job scripts', cause.detail, { cause });
  }
  return pieces.join('');
}

/** The latest job of each raw id. @throws JobsumError E_INPUT_MISSING, E_NO_SCRIPTS */
export async function knownJobs(sacct: SacctCommand, raw: readonly number[]): Promise<SacctJob[]> {
  const between = separator();
  const args = [
    '--allocations',
    '--noheader',
    '--parsable',
    `--delimiter=${between}`,
    '--format=jobid,jobidraw,submit,start',
  ];
  const wanted = new Set(raw);
  const time = (text: string | undefined): number | null =>
    text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
  const jobs = new Map<string, SacctJob>();
  for (const line of (await ask(sacct, args, raw.map(String))).split('\n')) {
    const [shown = '', id, submit, start] = line.split(between);
    // An array is listed by its number as a whole.
    if (/^\d+(?:[_+]\d+)?$/.test(shown) && wanted.has(Number(id)))
      jobs.set(shown, { shown, raw: Number(id), submit: time(submit), start: time(start) });
  }
  return [...jobs.values()];
}

/** Scripts by shown id out of what sacct prints for these jobs; null: it is not certain where one ends. */
export function splitScripts(text: string, shown: readonly string[]): Map<string, string> | null {
  const wanted = new Set(shown);
  const heads = [...text.matchAll(/^Batch Script for (\S+)\n-{80}\n/gm)];
  // Of one job nothing else comes: all behind its head is its script.
  const found = (shown.length === 1 ? heads.slice(0, 1) : heads).filter((head) => wanted.has(head[1]!));
  if (found.length !== wanted.size || found[0]?.index !== 0) return null;
  const scripts = new Map<string, string>();
  for (const [i, head] of found.entries()) {
    const script = text.slice(head.index + head[0].length, found[i + 1]?.index);
    scripts.set(head[1]!, script.endsWith('\n') ? script.slice(0, -1) : script);
  }
  return scripts.size === wanted.size ? scripts : null;
}

/** Scripts by shown id; null: the job has none; not in it: sacct did not say. @throws JobsumError E_INPUT_MISSING, E_NO_SCRIPTS */
export async function scriptsOfSlurm(
  sacct: SacctCommand,
  shown: readonly string[],
): Promise<Map<string, string | null>> {
  if (shown.length === 0) return new Map();
  const text = await ask(sacct, ['--batch-script'], shown);
  const scripts = text.length > MAX_TEXT && shown.length > 1 ? null : splitScripts(text, shown);
  // Nothing at all: the account may not see them.
  if (!scripts && (shown.length === 1 || text.trim() === '')) return new Map();
  if (scripts) return new Map([...scripts].map(([id, script]) => [id, script.trim() === 'NONE' ? null : script]));
  const half = Math.ceil(shown.length / 2);
  const [first, second] = [
    await scriptsOfSlurm(sacct, shown.slice(0, half)),
    await scriptsOfSlurm(sacct, shown.slice(half)),
  ];
  return new Map([...first, ...second]);
}
