// A pipe whose reader takes nothing: whoever writes there can be stopped.

import { type ChildProcess, execFileSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Channel } from '../../src/sinks/channel.ts';
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

/** More than a pipe holds. */
const LONG = 'x'.repeat(1 << 20);

describe('a pipe whose reader takes nothing', () => {
  it.each(['before', 'after'])('is given up when the run is to stop, %s the write has begun', async (when) => {
    const { pipe } = place();
    const stop = new AbortController();
    const channel = new Channel(pipe, { seconds: 600, signal: stop.signal });
    await channel.write('short\n');
    if (when === 'before') stop.abort();
    const writing = channel.write(LONG);
    stop.abort();
    await expect(writing).rejects.toMatchObject({ code: 'E_IO', detail: { file: pipe } });
    // Neither waits for what will not be taken.
    await expect(channel.write('more\n')).rejects.toMatchObject({ code: 'E_IO' });
    await channel.close();
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
