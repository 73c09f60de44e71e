// Owns the command line: commands, help, and the exit code of whatever happened.

import yargs, { type CommandModule } from 'yargs';
import { hideBin } from 'yargs/helpers';
import { complain, print, usage } from './io.ts';
import { version } from './version.ts';

/** A module of a command is loaded when the command is named: to look into an archive needs neither database nor workers. */
const COMMANDS: Readonly<Record<string, { readonly describe: string; readonly load: () => Promise<CommandModule> }>> = {
  summarize: {
    describe: "Summarise jobs from their nodes' archives into documents",
    load: async () => (await import('./commands/summarize.ts')).summarizeCommand as CommandModule,
  },
  show: {
    describe: 'Report on a job; without one, list the jobs of the store',
    load: async () => (await import('./commands/show.ts')).showCommand as CommandModule,
  },
  list: {
    describe: 'List jobs by what became of them: state, reason, user, node, time',
    load: async () => (await import('./commands/list.ts')).listCommand as CommandModule,
  },
  status: {
    describe: 'How the runs go: backlog, failures by reason, jobs set aside, who is at work',
    load: async () => (await import('./commands/status.ts')).statusCommand as CommandModule,
  },
  explain: {
    describe: 'Every stage of one job, and what to do',
    load: async () => (await import('./commands/explain.ts')).explainCommand as unknown as CommandModule,
  },
  config: {
    describe: 'Check or show the configuration of a site',
    load: async () => (await import('./commands/config.ts')).configCommand,
  },
  schema: {
    describe: 'Print the JSON Schema of the documents',
    load: async () => (await import('./commands/schema.ts')).schemaCommand as CommandModule,
  },
  archive: {
    describe: 'Look into PCP archives, check, extract and convert them',
    load: async () => (await import('./commands/archive.ts')).archiveCommand,
  },
  index: {
    describe: 'Bring the catalogue of archives, and the tables of a warehouse, up to date',
    load: async () => (await import('./commands/index-archives.ts')).indexCommand as CommandModule,
  },
  jobscripts: {
    describe: 'Store saved job scripts in the warehouse',
    load: async () => (await import('./commands/jobscripts.ts')).jobscriptsCommand as CommandModule,
  },
  setup: {
    describe: 'Prepare databases, compute nodes and unattended runs',
    load: async () => (await import('./commands/setup.ts')).setupCommand,
  },
  compare: {
    describe: "Compare a document with the reference's",
    load: async () => (await import('./commands/compare.ts')).compareCommand as CommandModule,
  },
  prune: {
    describe: 'Take old documents out of an embedded store',
    load: async () => (await import('./commands/prune.ts')).pruneCommand as CommandModule,
  },
  demo: {
    describe: 'Summarise the shipped example cluster and show what comes out',
    load: async () => (await import('./commands/demo.ts')).demoCommand as CommandModule,
  },
};

/** The commands for yargs: those that the command line names whole, the others by name and description. */
async function commandsFor(words: readonly string[]): Promise<CommandModule[]> {
  return Promise.all(
    Object.entries(COMMANDS).map(async ([command, { describe, load }]) =>
      words.includes(command) ? { ...(await load()), describe } : { command, describe, handler: () => undefined },
    ),
  );
}

/** Words that mean nothing here: options as they were typed, and not only their names. */
function asTyped(names: string): string {
  const words = process.argv.slice(2).map((word) => word.split('=')[0]!);
  const typed = names
    .split(', ')
    .map((name) => words.find((w) => /^--?/.test(w) && w.replace(/^--?/, '') === name) ?? name);
  // An option is named twice if it has two forms.
  return `command or option: ${[...new Set(typed)].join(', ')}`;
}

/** The parser answers the command itself, whatever stands behind it. */
const COMPLETION_HELP = [
  'jobsum completion',
  '',
  'Prints a completion script for bash or zsh (by $SHELL): jobsum completion >> ~/.bashrc',
];

/** How the parser would complete a word. */
type Usual = (take: (error: Error | null, offered?: string[]) => void) => void;

/** `help COMMAND` is `COMMAND --help`; of what is no command there is none. */
function asWords(typed: readonly string[]): readonly string[] {
  if (typed[0] !== 'help') return typed;
  const [command, ...others] = typed.slice(1);
  if (command === undefined || command.startsWith('-')) return ['--help'];
  return Object.hasOwn(COMMANDS, command) || command === 'completion' ? [command, ...others, '--help'] : [command];
}

const words = asWords(hideBin(process.argv));
const [first, ...others] = words;
const asksForHelp = first === 'completion' && others.some((word) => word === '--help' || word === '-h');

try {
  if (asksForHelp) print(COMPLETION_HELP);
  else
    await yargs(words)
      .scriptName('jobsum')
      .usage('$0 COMMAND\n\nJob performance summaries from Performance Co-Pilot archives.')
      .command(await commandsFor(words))
      .completion(
        'completion',
        'Print a completion script for the shell',
        // A command that needs no word of its own has none that could be typed.
        (_: string, __: unknown, usual: Usual, done: (offered: string[]) => void) =>
          usual((error, offered = []) => done(error ? [] : offered.filter((word) => !word.startsWith('$0')))),
      )
      .help('help', 'Show help')
      .alias('help', 'h')
      .demandCommand(
        1,
        'Say what to do: summarize, show, list, status, explain, config, setup, index, jobscripts, archive, compare, prune or demo.',
      )
      .recommendCommands()
      .strict()
      .version(version())
      .wrap(Math.min(110, process.stdout.columns ?? 100))
      .epilogue('Data go to standard output, everything else to standard error. Exit codes: see the README.')
      .exitProcess(false)
      .fail((message, error) => {
        const text = message
          .replace(/^Unknown arguments?: (.*)$/s, (_, names: string) => `unknown ${asTyped(names)}`)
          .replace(
            /^Not enough non-option arguments: got (\d+), need at least (\d+)$/,
            'arguments are missing: $1 given, at least $2 needed',
          );
        throw error ?? usage(text.replace(/^Did you mean /, 'unknown command; did you mean '));
      })
      .parseAsync();
} catch (error) {
  process.exitCode = complain(error);
}
