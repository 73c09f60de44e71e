// Owns `jobsum setup systemd` and `jobsum setup cron`: what starts jobsum at night, printed or written to a directory.

import { dirname, resolve } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { type Config, findConfig, loadConfig } from '../../config/index.ts';
import { clean, packageFile, toProblem } from '../../kernel/index.ts';
import { textfileFor } from '../../operate/index.ts';
import { crontab, PLAIN_WORD, placeFiles, systemdUnits, type TextFile, type Unattended } from '../../setup/index.ts';
import { print, usage } from '../io.ts';
import { configOption } from '../site.ts';

interface Options {
  config?: string;
  user: string;
  at: string;
  textfile?: string;
  dir?: string;
  yes: boolean;
  '--'?: (string | number)[];
}

const USUAL_CONFIG = '/etc/supremm';
const MAIN = packageFile('dist/cli/jobsum.js');

const figures = (path: string | undefined, command: string): string[] =>
  path === undefined ? [] : ['--textfile', textfileFor(path, command)];

/** As it is found from anywhere: neither cron nor systemd starts in this directory, or with these variables. */
function placeOf({ config }: Options): string {
  if (config !== undefined) return resolve(config);
  try {
    return dirname(findConfig());
  } catch {
    return USUAL_CONFIG;
  }
}

/** The configuration, where it is already: what a night takes depends on it. */
function configured(place: string): Config | null {
  try {
    return loadConfig(place).config;
  } catch (error) {
    const { message, file } = toProblem(error);
    process.stderr.write(`${[file, message].filter(Boolean).join(': ')}; the usual commands are taken\n`);
    return null;
  }
}

/** A night of a site: tables of archives, saved scripts, and last the summaries, whose exit code counts. */
function nightOf(config: Config | null): string[] {
  const used = (config?.resources ?? []).filter((r) => r.enabled && config?.warehouse);
  return [
    ...(!config || used.some((r) => r.archives !== null) ? ['index'] : []),
    ...(used.some((r) => r.scripts) ? ['jobscripts'] : []),
    'summarize',
  ];
}

/** Directories outside of jobsum's own that the night writes into. */
function writesOf(config: Config | null, textfile: string | undefined): string[] {
  const { output, state } = config ?? {};
  const files = [textfile, config?.textfile, state];
  if (output?.kind === 'file') files.push(output.fragments, output.complete);
  if (output?.kind === 'sqlite') files.push(output.path);
  const directories = files.flatMap((f) => (f ? [dirname(f)] : []));
  return [...new Set(directories)].filter((d) => d !== '/var/lib/jobsum' && !d.startsWith('/var/lib/jobsum/'));
}

function unattended(argv: Options): Unattended {
  const at = /^(\d{1,2}):(\d\d)$/.exec(argv.at);
  if (!at || Number(at[1]) > 23 || Number(at[2]) > 59) throw usage('--at: expected HH:MM');
  const own = argv['--']?.map(String) ?? [];
  const place = placeOf(argv);
  const config = own.length > 0 ? null : configured(place);
  const common = ['--config', place, '--quiet'];
  const textfile = argv.textfile === undefined ? undefined : resolve(argv.textfile);
  const commands =
    own.length > 0
      ? [[...own, ...figures(textfile, 'summarize')]]
      : nightOf(config).map((command) => [command, ...common, ...figures(textfile, command)]);
  const writes = writesOf(config, textfile);
  const all = { program: [process.execPath, MAIN], commands, user: argv.user, writes };
  for (const word of [...all.program, ...all.commands.flat(), all.user, ...all.writes])
    if (!PLAIN_WORD.test(word))
      throw usage(`a unit or crontab cannot hold this word without quoting: ${JSON.stringify(word)}`);
  return { ...all, at: { hour: Number(at[1]), minute: Number(at[2]) } };
}

function deliver(argv: Options, files: readonly Omit<TextFile, 'mode'>[]): void {
  if (argv.dir === undefined)
    print([
      files
        .map((f) => f.text)
        .join('\n')
        .trimEnd(),
    ]);
  else {
    const placed = placeFiles(
      argv.dir,
      files.map((f) => ({ ...f, mode: 0o644 })),
      argv.yes,
    );
    print(placed.map(({ path, state }) => `${state.padEnd(9)} ${clean(path)}`));
  }
}

const builder = (y: Argv): Argv<Options> =>
  y
    .option('config', configOption)
    .option('user', { type: 'string', requiresArg: true, default: 'xdmod', describe: 'User that runs it' })
    .option('at', { type: 'string', requiresArg: true, default: '02:00', describe: 'When, local time' })
    .option('textfile', { type: 'string', requiresArg: true, describe: "For node_exporter's textfile collector" })
    .option('dir', { type: 'string', requiresArg: true, describe: 'Write files there instead of printing them' })
    .option('yes', { type: 'boolean', default: false, describe: 'Write over what is there' })
    .parserConfiguration({ 'populate--': true })
    .example('$0 setup systemd --config /etc/supremm --dir /etc/systemd/system', '')
    .example(
      '$0 setup cron -- summarize --jobs /var/lib/jobsum/jobs --archives /pcp --quiet',
      'a site without XDMoD',
    ) as unknown as Argv<Options>;

export const setupSystemdCommand: CommandModule<object, Options> = {
  command: 'systemd',
  describe: 'Print (or write) a systemd service and timer',
  builder,
  handler: (argv) => {
    const { service, timer } = systemdUnits(unattended(argv));
    deliver(argv, [
      { name: 'jobsum.service', text: service },
      { name: 'jobsum.timer', text: timer },
    ]);
  },
};

export const setupCronCommand: CommandModule<object, Options> = {
  command: 'cron',
  describe: 'Print (or write) a crontab for /etc/cron.d',
  builder,
  handler: (argv) => deliver(argv, [{ name: 'jobsum', text: crontab(unattended(argv)) }]),
};
