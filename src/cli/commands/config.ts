// Owns `jobsum config`: what the configuration says, what is wrong with it, and whether what it names can be reached.

import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { type Config, type ConfigProblem, loadConfig, type MysqlSettings, showConfig } from '../../config/index.ts';
import { detectSchema } from '../../jobs/index.ts';
import { describeProblem, ERRORS, JobsumError, type Problem, toProblem } from '../../kernel/index.ts';
import { pingMongo } from '../../sinks/index.ts';
import { Warehouse } from '../../store/index.ts';
import { print } from '../io.ts';

interface Options {
  config?: string;
  json: boolean;
}

/** One thing that was tried. */
interface Trial {
  readonly what: string;
  readonly ok: boolean;
  /** What answered. */
  readonly answer?: string;
  readonly problem?: Problem;
}

async function attempt(what: string, body: () => Promise<string> | string): Promise<Trial> {
  try {
    return { what, ok: true, answer: await body() };
  } catch (error) {
    return { what, ok: false, problem: toProblem(error) };
  }
}

function readable(path: string): string {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new JobsumError('E_INPUT_MISSING', 'no such directory', { file: path });
  accessSync(path, constants.R_OK | constants.X_OK);
  return path;
}

async function inTables(settings: MysqlSettings): Promise<string> {
  const warehouse = await Warehouse.connect(settings, { connections: 1 });
  try {
    const [row] = await warehouse.rows<{ n: number }>('SELECT count(*) AS n FROM modw_supremm.archive_paths');
    return `${row?.n ?? 0} in the warehouse's tables`;
  } finally {
    await warehouse.close();
  }
}

async function tryAll(config: Config): Promise<Trial[]> {
  const { warehouse, output } = config;
  const trials: Trial[] = [];
  if (warehouse) {
    trials.push(
      await attempt('warehouse', async () => {
        const w = await Warehouse.connect(warehouse, { connections: 1 });
        try {
          return `schema ${await detectSchema(w)}`;
        } finally {
          await w.close();
        }
      }),
    );
  }
  if (output?.kind === 'mongodb')
    trials.push(await attempt('mongodb', async () => `server ${await pingMongo(output)}`));
  for (const { name, archives, archiveLookup, scripts, enabled } of config.resources) {
    if (!enabled) continue;
    if (archiveLookup === 'warehouse' && warehouse)
      trials.push(await attempt(`archives of ${name}`, () => inTables(warehouse)));
    if (archives !== null) trials.push(await attempt(`archives of ${name}`, () => readable(archives)));
    if (scripts) trials.push(await attempt(`job scripts of ${name}`, () => readable(scripts.path)));
  }
  const { state } = config;
  trials.push(
    await attempt('state', () => {
      accessSync(statSync(state, { throwIfNoEntry: false }) ? state : dirname(state), constants.W_OK);
      return state;
    }),
  );
  return trials;
}

function problemLine(p: ConfigProblem): string {
  const where = [p.file, p.line, p.column].filter((x) => x !== undefined).join(':');
  return `${where}: ${p.severity}: ${p.key === undefined ? '' : `${p.key}: `}${p.message}`;
}

/** 0: all is well. 78: an error in the file. Otherwise the code of the first thing that cannot be reached. */
function exitOf(problems: readonly ConfigProblem[], trials: readonly Trial[]): number {
  if (problems.some((p) => p.severity === 'error')) return ERRORS.E_CONFIG.exit;
  const failed = trials.find((t) => !t.ok)?.problem;
  return failed ? ERRORS[failed.code].exit : 0;
}

const options = (y: Argv): Argv<Options> =>
  y
    .option('config', { type: 'string', requiresArg: true, describe: 'Directory with config.json, or such a file' })
    .option('json', { type: 'boolean', default: false, describe: 'One JSON object' }) as unknown as Argv<Options>;

const checkCommand: CommandModule<object, Options> = {
  command: 'check',
  describe: 'Check the configuration and try every connection in it',
  builder: options,
  handler: async (argv) => {
    const { config, problems } = loadConfig(argv.config);
    const trials = await tryAll(config);
    process.exitCode = exitOf(problems, trials);
    if (argv.json) {
      print([JSON.stringify({ file: config.file, problems, connections: trials, exitCode: process.exitCode })]);
      return;
    }
    print([
      ...problems.map(problemLine),
      ...trials.map((t) => `${t.what}: ${t.ok ? `ok, ${t.answer}` : describeProblem(t.problem!)}`),
      `${config.file}: ${process.exitCode === 0 ? 'good' : 'not good'}`,
    ]);
  },
};

const showCommand: CommandModule<object, Options> = {
  command: 'show',
  describe: 'Print the configuration as it is understood, without passwords',
  builder: options,
  handler: (argv) => {
    const { config, problems } = loadConfig(argv.config);
    const shown = showConfig(config);
    print([argv.json ? JSON.stringify({ ...shown, problems }) : JSON.stringify(shown, null, 2)]);
    if (!argv.json && problems.length > 0) process.stderr.write(`${problems.map(problemLine).join('\n')}\n`);
  },
};

export const configCommand: CommandModule = {
  command: 'config',
  builder: (y) => y.command(checkCommand).command(showCommand).demandCommand(1, 'Say what to do: check or show.'),
  handler: () => undefined,
};
