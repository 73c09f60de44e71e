// Prolog and epilog as slurmd runs them: in a process group that is killed the moment they end, on nodes where something hangs or
// fails. In place of pmlogger, and of what is to hang, there are scripts that stand before the system's on the path.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeFiles } from '../../src/setup/index.ts';
import { tempDir } from '../support/temp.ts';
import { until } from '../support/until.ts';

const dir = tempDir();
// The scripts write as the user pcp where there is one.
chmodSync(dir, 0o755);

/** Writes its last argument, the archive: its own session. */
const LOGGER = 'for archive; do :; done; read -r stat </proc/$$/stat; set -- $stat; echo "$6" >"$archive.index"';

interface Node {
  readonly tree: string;
  /** Runs one of the scripts; its exit code. */
  run(script: string, job: string, wrapped?: readonly string[]): Promise<number | null>;
  archives(): string[];
}

let nodes = 0;
/** `programs`: shell scripts by name. `edit`: a change of the scripts, for limits that no test waits for. */
function node(programs: Readonly<Record<string, string>> = {}, edit = (text: string): string => text): Node {
  const place = join(dir, `node${++nodes}`);
  const tree = join(place, 'tree');
  const bin = join(place, 'bin');
  for (const d of [place, bin]) mkdirSync(d);
  mkdirSync(tree);
  chmodSync(tree, 0o777);
  for (const [name, text] of Object.entries({ pmlogger: LOGGER, ...programs }))
    writeFileSync(join(bin, name), `#!/bin/bash\n${text}\n`, { mode: 0o755 });
  for (const { name, mode, text } of nodeFiles({ archives: tree, config: place, interval: 30 })) {
    const found = edit(text).replace('export PATH=', `export PATH=${bin}:`);
    writeFileSync(join(place, name), found, { mode });
  }
  return {
    tree,
    run: async (script, job, wrapped = []) => {
      const [command, ...args] = [...wrapped, join(place, script)];
      const env = { PATH: process.env.PATH, SLURM_JOB_ID: job, SLURMD_NODENAME: 'n1' };
      const [code] = await once(spawn(command!, args, { env, stdio: 'ignore' }), 'exit');
      return code;
    },
    archives: () => readdirSync(tree, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.index')),
  };
}

/** As slurmd: a process group for the script, which is killed as soon as the script has ended. */
const LIKE_SLURMD = [
  'bash',
  '-c',
  'set -m; "$@" & wait $!; code=$?; kill -KILL -- -$! 2>/dev/null; exit $code',
  'bash',
];

describe('a prolog', () => {
  it('leaves nothing in the process group that slurmd kills, however long a session takes to be made', async () => {
    const n = node({ setsid: 'sleep 0.2; exec /usr/bin/setsid "$@"' });
    // All at once, as elements of an array start.
    const jobs = Array.from({ length: 30 }, (_, i) => String(1 + i));
    const codes = await Promise.all(jobs.map((job) => n.run('prolog.sh', job, LIKE_SLURMD)));
    expect(new Set(codes)).toEqual(new Set([0]));
    await until('30 begin archives', () => n.archives().length === 30);
    const sessions = n.archives().map((f) => readFileSync(join(n.tree, f), 'utf8').trim());
    expect(new Set(sessions).size).toBe(30);
  });

  it.each([
    ['a file system that hangs', 'mkdir'],
    ['a pmcd that does not answer', 'pmlogger'],
  ])('does not wait for %s', async (_, program) => {
    // Whoever opens a pipe waits for the other end.
    const pipe = join(dir, `pipe-${program}`);
    spawnSync('mkfifo', ['-m', '666', pipe]);
    const real = program === 'mkdir' ? 'exec /bin/mkdir "$@"' : LOGGER;
    const n = node({ [program]: `read <${pipe}; ${real}` });
    expect(await n.run('prolog.sh', '7')).toBe(0);
    expect(n.archives()).toEqual([]);
    writeFileSync(pipe, 'go on\n');
    await until('the begin archive', () => n.archives().length === 1);
  });

  it('writes by the id that it was given, a directory for each day, for its group to read', async () => {
    const n = node();
    const umask = ['bash', '-c', 'umask 077; "$@"', 'bash'];
    for (const job of ['81', '82', '1000001']) expect(await n.run('prolog.sh', job, umask)).toBe(0);
    await until('three archives', () => n.archives().length === 3);
    const name = (job: string): RegExp =>
      new RegExp(`^n1/\\d{4}/\\d\\d/\\d\\d/job-${job}-begin-\\d{8}(\\.\\d\\d){3}\\.index$`);
    for (const job of ['81', '82', '1000001']) expect(n.archives().filter((f) => name(job).test(f))).toHaveLength(1);
    for (const f of readdirSync(n.tree, { recursive: true, encoding: 'utf8' })) {
      const { mode } = statSync(join(n.tree, f));
      expect([f, (mode & 0o777).toString(8)]).toEqual([f, f.endsWith('.index') ? '640' : '750']);
    }
  });
});

describe('an epilog', () => {
  it('has its archive when it ends, from whatever group', async () => {
    const n = node();
    expect(await n.run('epilog.sh', '9', LIKE_SLURMD)).toBe(0);
    expect(n.archives()).toEqual([expect.stringMatching(/job-9-end-/)]);
  });

  it.each(['mkdir', 'pmlogger'])('waits for a %s that hangs no longer than its limit', async (program) => {
    const n = node({ [program]: 'trap "" TERM; while :; do sleep 0.1; done' }, (text) =>
      text.replace(/timeout -k \d+ \d+/, 'timeout -k 0.1 0.1'),
    );
    expect(await n.run('epilog.sh', '9')).toBe(0);
    expect(n.archives()).toEqual([]);
  });
});

it.each([
  ['a directory that cannot be made', { mkdir: 'echo full >&2; exit 1' }],
  ['a logger that fails', { pmlogger: 'echo full >&2; exit 1' }],
  ['a logger that is killed', { pmlogger: 'kill -KILL $$' }],
  ['no user pcp', { id: 'exit 1' }],
])('%s does no harm to the job', async (_, programs) => {
  const n = node(programs);
  for (const script of ['prolog.sh', 'epilog.sh'])
    expect([script, await n.run(script, '5', LIKE_SLURMD)]).toEqual([script, 0]);
});
