// A real Slurm with slurmdbd, a pmcd and pmlogger for each of two nodes, and the collector's own files: jobs of all kinds have a begin
// and an end archive on each of their nodes, and documents that say what sacct says, the CPU time of jobs included.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archiveInfo } from '../../src/pcp/index.ts';
import { nodeFiles } from '../../src/setup/index.ts';
import { jobsum } from '../support/cli.ts';
import { testPmcd } from '../support/pmcd.ts';
import { type TestSlurm, testSlurm } from '../support/slurm.ts';
import { tempDir } from '../support/temp.ts';
import { until } from '../support/until.ts';

const WHAT = 'jobs of a real Slurm';
const NODES = ['n1', 'n2'];
const dir = tempDir();
chmodSync(dir, 0o755);
const tree = join(dir, 'tree');
const config = join(dir, 'nodes');

/** Each node's pmcd has the node's name, as on a cluster; the scripts find theirs by a wrapper, since slurmd passes no environment on. */
async function prepared(): Promise<TestSlurm | null> {
  for (const d of [tree, config, join(dir, 'slurm')]) mkdirSync(d);
  const files = nodeFiles({ archives: tree, config, interval: 1 });
  for (const { name, mode, text } of files) writeFileSync(join(config, name), text, { mode });
  chmodSync(tree, 0o777);
  const settings: string[] = [];
  const loggers: (() => void)[] = [];
  for (const node of NODES) {
    const place = join(dir, node);
    mkdirSync(place);
    const pmcd = await testPmcd(WHAT, place, files.find((f) => f.name === 'hotproc.conf')!.text, node);
    if (!pmcd) return null;
    const { PMCD_PORT, PMCD_SOCKET } = pmcd.env;
    settings.push(`${node}) export PMCD_PORT=${PMCD_PORT} PMCD_SOCKET=${PMCD_SOCKET} ;;`);
    const base = join(tree, node, 'node');
    loggers.push(() => {
      mkdirSync(join(tree, node));
      chmodSync(join(tree, node), 0o777);
      const args = ['-c', join(config, 'jobsum.config'), '-l', join(place, 'pmlogger.log'), base];
      const child = spawn('pmlogger', args, { env: pmcd.env, stdio: 'ignore' });
      afterAll(async () => {
        if (child.exitCode !== null) return;
        child.kill('SIGTERM');
        await once(child, 'exit');
      });
    });
  }
  const wrapper = (script: string): string => {
    const path = join(dir, script);
    const text = `#!/bin/bash\ncase $SLURMD_NODENAME in ${settings.join(' ')} esac\nexec ${config}/${script}\n`;
    writeFileSync(path, text, { mode: 0o755 });
    return path;
  };
  const scripts = { prolog: wrapper('prolog.sh'), epilog: wrapper('epilog.sh') };
  const slurm = await testSlurm(WHAT, join(dir, 'slurm'), { nodes: NODES, ...scripts });
  if (slurm) for (const log of loggers) log();
  return slurm;
}

const slurm = await prepared();

/** Of sacct's `[[days-]hours:]minutes:seconds`. */
function cpuSeconds(text: string): number {
  const [seconds, minutes = 0, hours = 0, days = 0] = text.split(/[-:]/).map(Number).reverse();
  return seconds! + 60 * minutes + 3600 * (hours + 24 * days);
}

/** A job that computes, for as many seconds as are given. */
const BURN = (seconds: number): string => `end=$((SECONDS + ${seconds})); while ((SECONDS < end)); do :; done`;

/** What is submitted: sbatch's arguments and the script. */
const JOBS: Readonly<Record<string, readonly [args: readonly string[], script: string]>> = {
  short: [['-w', 'n1'], 'true'],
  long: [['-w', 'n1'], BURN(40)],
  array: [['--array=0-2', '-w', 'n2'], 'sleep 4'],
  heterogeneous: [['-n1', ':', '-n1'], 'sleep 6'],
  requeued: [
    ['--requeue', '-w', 'n1'],
    '[ -n "$SLURM_RESTART_COUNT" ] && exec sleep 3; sleep 3; scontrol requeue $SLURM_JOB_ID; sleep 600',
  ],
  failed: [['-w', 'n2'], 'sleep 3; exit 3'],
  cancelled: [['-w', 'n2'], 'sleep 3; scancel $SLURM_JOB_ID; sleep 600'],
  timeout: [['--time=1', '-w', 'n1'], 'sleep 600'],
  steps: [['-w', 'n1'], 'srun sleep 2; srun true; srun sleep 2'],
  tasks: [['-n4', '-w', 'n2'], 'srun sleep 4'],
  'two nodes': [['-N2'], 'srun sleep 4'],
  shared: [['-w', 'n1', '-n2'], BURN(10)],
  'shared too': [['-w', 'n1', '-n2'], 'sleep 10'],
  'odd|name "of" a \\job;': [['-w', 'n2'], 'sleep 3'],
  killed: [['-w', 'n1'], 'sleep 2; kill -KILL $$'],
  'of another user': [['--uid=nobody', '-w', 'n2'], 'sleep 3'],
  'never started': [['--begin=now+1hour'], 'true'],
};

describe.skipIf(!slurm)('20 jobs of a real Slurm', () => {
  let documents: Map<
    string,
    { acct: Record<string, unknown>; process_cpu?: { seconds?: { total: number } }; [key: string]: unknown }
  >;
  /** Runs as sacct has them, one a row. */
  let runs: {
    raw: string;
    start: number;
    end: number;
    nodes: string[];
    state: string;
    code: string;
    name: string;
    /** CPU seconds that Slurm has accounted. */
    cpu: number;
  }[];

  beforeAll(async () => {
    const { ask, env } = slurm!;
    await until('the archives of the nodes', () =>
      NODES.every((n) => (archiveInfo(join(tree, n, 'node')).end ?? 0) > 0),
    );
    // Jobs run here, as slurmd does; what they print goes nowhere.
    for (const [name, [args, script]] of Object.entries(JOBS)) {
      const options = ['--parsable', '-o', '/dev/null', '-D', '/', '-J', name, ...args];
      ask('sbatch', options, `#!/bin/bash\n${script}\n`);
    }
    ask('srun', ['-J', 'srun', '-D', '/', '-w', 'n2', 'sleep', '2']);
    await until(
      'the end of the jobs',
      () =>
        ask('squeue', ['-h', '-t', 'all', '-o', '%A %T'])
          .split('\n')
          .filter((l) => / (RUNNING|COMPLETING|CONFIGURING)|PENDING/.test(l)).length <= 1,
    );
    ask('scancel', ['-n', 'never started']);
    const fields = 'JobIDRaw,Start,End,NodeList,State,ExitCode,TotalCPU,JobName';
    const rows = ask('env', [
      'TZ=UTC',
      'SLURM_TIME_FORMAT=%s',
      'sacct',
      '-aDnP',
      '--delimiter=\x1f',
      '-o',
      fields,
    ]).split('\n');
    runs = rows.flatMap((row) => {
      const [raw, start, end, nodes, state, code, cpu, name] = row.split('\x1f') as string[];
      // Steps are rows too; only without -X is what they used added up.
      if (raw!.includes('.') || !/^\d+$/.test(start!)) return [];
      const list = ask('scontrol', ['show', 'hostnames', nodes!]).split('\n');
      const run = { raw: raw!, start: +start!, end: +end!, nodes: list, state: state!, code: code!, name: name! };
      return [{ ...run, cpu: cpuSeconds(cpu!) }];
    });
    const last = Math.max(...runs.map((r) => r.end));
    await until('samples of the nodes behind the last job', () =>
      NODES.every((n) => (archiveInfo(join(tree, n, 'node')).end ?? 0) > last + 1),
    );
    const ran = await jobsum(['summarize', '--jobs', 'sacct:', '--archives', tree, '--output', 'ndjson:-'], {
      cwd: dir,
      env,
    });
    const lines = ran.stdout.split('\n').filter((l) => l !== '');
    if (lines.length === 0) throw new Error(ran.stderr);
    documents = new Map(lines.map((l) => [JSON.parse(l)._id, JSON.parse(l)]));
  }, 900_000);

  it('are 20, some of them with two runs', () => {
    expect(new Set(runs.map((r) => r.raw)).size).toBeGreaterThanOrEqual(20);
  });

  it('have a begin and an end archive on each node, with data', async () => {
    /** Kinds of archives, each of a run and a node, that are not there or have no sample. */
    const lacking = (): string[] => {
      const files = readdirSync(tree, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.index'));
      return runs.flatMap(({ raw, name, nodes }) =>
        nodes.flatMap((node) =>
          ['begin', 'end']
            .filter((kind) => {
              const found = files.filter(
                (f) => f.startsWith(`${node}/`) && basename(f).startsWith(`job-${raw}-${kind}-`),
              );
              // A requeued job has one for each run.
              const due = runs.filter((r) => r.raw === raw).length;
              return found.filter((f) => archiveInfo(join(tree, f.replace(/\.index$/, ''))).end !== null).length < due;
            })
            .map((kind) => `${name} (${raw}): ${kind} on ${node}`),
        ),
      );
    };
    // The begin archive is written in the background: that of the last run may still have no sample.
    await until('the archives of all runs', () => {
      const list = lacking();
      if (list.length > 0) throw new Error(list.join(', '));
      return true;
    });
  }, 180_000);

  it('have documents with the times, nodes and exit codes of sacct', () => {
    for (const run of runs) {
      const found = documents.get(`${run.raw}-${run.end}`);
      expect([run.name, found?.acct]).toEqual([
        run.name,
        expect.objectContaining({
          ...{ start_time: run.start, end_time: run.end, host_list: run.nodes, exit_code: run.code },
          ...{ local_job_id_raw: Number(run.raw), jobname: run.name },
        }),
      ]);
    }
    expect(documents.size).toBe(runs.length);
  });

  it.skipIf(!slurm?.cgroups)('have the CPU time of their control groups', () => {
    const seconds = (run: (typeof runs)[number]): number | undefined =>
      documents.get(`${run.raw}-${run.end}`)?.process_cpu?.seconds?.total;
    const compared = runs.filter((run) => seconds(run) !== undefined);
    // Those that end between two samples have a group in none.
    expect(compared.length).toBeGreaterThanOrEqual(15);
    // What a job did after its last sample is not known.
    const wrong = compared.filter((run) => Math.abs(seconds(run)! - run.cpu) > 1 + 0.1 * run.cpu);
    expect(wrong.map((run) => [run.name, seconds(run), run.cpu])).toEqual([]);
    expect(compared.filter((run) => run.cpu > 2).map((run) => run.name)).toEqual(
      expect.arrayContaining(['long', 'shared']),
    );
  });
});
