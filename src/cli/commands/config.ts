// Owns `jobsum config`: what the configuration says, what is wrong with it, and whether what it names can be reached.

import type { Argv, CommandModule } from 'yargs';
import { type ConfigProblem, loadConfig, showConfig } from '../../config/index.ts';
import { clean, cleanJson, describeProblem, ERRORS } from '../../kernel/index.ts';
import { type Trial, tryAll } from '../../setup/index.ts';
import { print } from '../io.ts';
import { configOption } from '../site.ts';

interface Options {
  config?: string;
  json: boolean;
}

function problemLine(p: ConfigProblem): string {
  const where = [p.file, p.line, p.column].filter((x) => x !== undefined).join(':');
  return clean(`${where}: ${p.severity}: ${p.key === undefined ? '' : `${p.key}: `}${p.message}`);
}

/** 0: all is well. 78: an error in the file. Otherwise the code of the first thing that cannot be reached. */
function exitOf(problems: readonly ConfigProblem[], trials: readonly Trial[]): number {
  if (problems.some((p) => p.severity === 'error')) return ERRORS.E_CONFIG.exit;
  const failed = trials.find((t) => !t.ok)?.problem;
  return failed ? ERRORS[failed.code].exit : 0;
}

const options = (y: Argv): Argv<Options> =>
  y
    .option('config', configOption)
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
      const found = { file: config.file, problems, connections: trials, exitCode: process.exitCode };
      print([cleanJson(JSON.stringify(found))]);
      return;
    }
    print([
      ...problems.map(problemLine),
      ...trials.map((t) => clean(`${t.what}: ${t.ok ? `ok, ${t.answer}` : describeProblem(t.problem!)}`)),
      ...new Set(trials.flatMap((t) => (t.problem ? [`  ${ERRORS[t.problem.code].advice}`] : []))),
      `${clean(config.file)}: ${process.exitCode === 0 ? 'good' : 'not good'}`,
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
    print([cleanJson(argv.json ? JSON.stringify({ ...shown, problems }) : JSON.stringify(shown, null, 2))]);
    if (!argv.json && problems.length > 0) process.stderr.write(`${problems.map(problemLine).join('\n')}\n`);
  },
};

export const configCommand: CommandModule = {
  command: 'config',
  builder: (y) => y.command(checkCommand).command(showCommand).demandCommand(1, 'Say what to do: check or show.'),
  handler: () => undefined,
};
