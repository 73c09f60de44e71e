// Owns `jobsum setup systemd` and `jobsum setup cron`: what starts jobsum at night, printed or written to a directory.

import type { Argv, CommandModule } from 'yargs';
import { packageFile } from '../../kernel/index.ts';
import { crontab, PLAIN_WORD, placeFiles, systemdUnits, type TextFile, type Unattended } from '../../setup/index.ts';
import { print, usage } from '../io.ts';

interface Options {
  config?: string;
  user: string;
  at: string;
  textfile?: string;
  dir?: string;
  yes: boolean;
  '--'?: (string | number)[];
}

const MAIN = packageFile('dist/cli/jobsum.js');

/** What is run: the words after `--`, or the night of a site with a configuration. */
function commandsOf(argv: Options): string[][] {
  const own = argv['--']?.map(String) ?? [];
  const textfile = argv.textfile === undefined ? [] : ['--textfile', argv.textfile];
  if (own.length > 0) return [[...own, ...textfile]];
  const common = ['--config', argv.config ?? '/etc/supremm', '--quiet'];
  return [
    ['index', ...common],
    ['summarize', ...common, ...textfile],
  ];
}

function unattended(argv: Options): Unattended {
  const at = /^(\d{1,2}):(\d\d)$/.exec(argv.at);
  if (!at || Number(at[1]) > 23 || Number(at[2]) > 59) throw usage('--at: expected HH:MM');
  const all = { program: [process.execPath, MAIN], commands: commandsOf(argv), user: argv.user };
  for (const word of [...all.program, ...all.commands.flat(), all.user])
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
    print(placed.map(({ path, state }) => `${state.padEnd(9)} ${path}`));
  }
}

const builder = (y: Argv): Argv<Options> =>
  y
    .option('config', {
      type: 'string',
      requiresArg: true,
      describe: 'Directory of config.json (default /etc/supremm)',
    })
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
