// A pipe whose reader takes nothing: whoever writes there can be stopped.

import { type ChildProcess, execFile, execFileSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { CLUSTER, jobsum } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';
import { until } from '../support/until.ts';

const dir = tempDir();
let readers: number[] = [];
let places = 0;

/** A directory with a pipe that is open for reading and not read. */
function place(): { cwd: string; pipe: string } {
  const cwd = join(dir, String(places++));
  const pipe = join(cwd, 'pipe');
  mkdirSync(cwd);
  execFileSync('mkfifo', [pipe]);
  readers.push(openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK));
  return { cwd, pipe };
}

afterEach(() => {
  for (const fd of readers) closeSync(fd);
  readers = [];
});

const SCRIPT = fileURLToPath(new URL('./stalled-pipe.mjs', import.meta.url));

describe('a pipe whose reader takes nothing', () => {
  it.each(['before', 'after'])('is given up when the run is to stop, %s the write has begun', async (when) => {
    const { pipe } = place();
    const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, pipe, when]);
    const given = { code: 'E_IO', file: pipe };
    expect(JSON.parse(stdout)).toEqual({ first: null, long: given, more: given });
  });

  it('ends the run on SIGTERM, which says how it ended', async () => {
    const { cwd, pipe } = place();
    let child: ChildProcess | undefined;
    const running = jobsum(['summarize', ...CLUSTER, '--output', 'ndjson:pipe'], {
      cwd,
      started: (c) => {
        child = c;
      },
    });
    const fds = `/proc/${child!.pid}/fd`;
    const open = (fd: string): boolean => {
      try {
        return readlinkSync(join(fds, fd)) === pipe;
      } catch {
        return false;
      }
    };
    await until('the pipe to be opened', () => child!.exitCode !== null || readdirSync(fds).some(open));
    child!.kill('SIGTERM');
    const ran = await running;
    expect(ran.signal).toBe(null);
    expect([143, 74]).toContain(ran.code);
    expect(ran.stderr).toContain('"event":"run.summary"');
  });
});
