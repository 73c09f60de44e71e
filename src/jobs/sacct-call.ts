// Owns calling sacct: its output in pieces, what it says beside it, and how it ends.

import { spawn } from 'node:child_process';
import { JobsumError, type Problem } from '../kernel/index.ts';
import { untilStopped } from './lines.ts';

const MAX_COMPLAINT = 2000;

/**
 * Between fields. sacct escapes nothing and users write names and scripts, so it is one that nobody could know when they wrote them. With
 * `--parsable` each record ends in one as well.
 */
export const separator = (): string => `<${process.getBuiltinModule('node:crypto').randomBytes(12).toString('hex')}>`;

/** Whether a list has a separator of ours, so that nothing in it can look like a record and be none. */
export const isOurSeparator = (text: string): boolean => /^<[0-9a-f]{24}>$/.test(text);

export interface SacctAnswer {
  /** @throws JobsumError E_INPUT_MISSING (no such command), E_SERVICE (it fails), E_INTERRUPTED */
  readonly output: AsyncGenerator<string>;
  /** What it said on standard error though it did not fail; known when the output has been read. */
  said(): Problem | null;
}

/** Times are UTC; Slurm older than 20.02 does not know %s and gives them in the zone of TZ. It is stopped when nobody reads on. */
export function askSacct(command: string, args: readonly string[], signal?: AbortSignal): SacctAnswer {
  let complaint = '';
  async function* output(): AsyncGenerator<string> {
    const env = { ...process.env, TZ: 'UTC', SLURM_TIME_FORMAT: '%s', SLURM_BITSTR_LEN: '0' };
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
    // Looked at below, when the output has been read.
    ended.catch(() => undefined);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(0, MAX_COMPLAINT);
    });
    try {
      yield* untilStopped(child.stdout.setEncoding('utf8') as AsyncIterable<string>, signal);
      const code = await ended;
      if (code !== 0)
        throw new JobsumError('E_SERVICE', 'sacct failed', {
          file: command,
          found: `${complaint.trim()} (exit code ${code})`,
        });
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'EACCES') {
        const message = code === 'ENOENT' ? 'there is no such command' : 'the command cannot be run';
        throw new JobsumError('E_INPUT_MISSING', message, { file: command }, { cause });
      }
      throw cause;
    } finally {
      child.kill();
      child.stdout.destroy();
    }
  }
  const said = (): Problem | null =>
    complaint.trim() === ''
      ? null
      : { code: 'E_JOB_NOTE', message: 'sacct complains', file: command, found: complaint.trim() };
  return { output: output(), said };
}
