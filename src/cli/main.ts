// Owns the command line: commands, help, and the exit code of whatever happened.

import yargs, { type CommandModule } from 'yargs';
import { hideBin } from 'yargs/helpers';
import { COMMANDS } from './commands.ts';
import { complain, print, usage } from './io.ts';
import { topics, topicText } from './manual.ts';
import { write } from './stdout.ts';
import { version } from './version.ts';

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

/** `help COMMAND` is `COMMAND --help`; of what is neither a command nor a topic there is none. */
function asWords(typed: readonly string[]): readonly string[] {
  if (typed[0] !== 'help') return typed;
  const [command, ...others] = typed.slice(1);
  if (command === undefined || command.startsWith('-')) return ['--help'];
  return Object.hasOwn(COMMANDS, command) || command === 'completion' ? [command, ...others, '--help'] : [command];
}

/** The parser makes a list of an option that is given twice, which no command that takes one value expects. */
function onlyOnce(argv: Readonly<Record<string, unknown>>, { array }: { readonly array: readonly string[] }): true {
  for (const word of typed) {
    const name = /^--([a-z][a-z-]*)/.exec(word)?.[1] ?? /^-([a-zA-Z])$/.exec(word)?.[1];
    if (name !== undefined && Array.isArray(argv[name]) && !array.includes(name))
      throw usage(`${word.split('=')[0]} was given twice; expected one`);
  }
  return true;
}

/** What stands below the help of a command, or of all. */
function epilogue(command: string | undefined): string {
  const streams = 'Data go to standard output, everything else to standard error.';
  return command !== undefined && Object.hasOwn(COMMANDS, command)
    ? `${streams} Exit codes: jobsum help errors.`
    : `${streams} The manual: jobsum help TOPIC, of: ${topics().join(', ')}.`;
}

const typed = hideBin(process.argv);
const topic = typed[0] === 'help' && typed.length === 2 ? topicText(typed[1]!) : null;
const words = asWords(typed);
const [first, ...others] = words;
const asksForHelp = first === 'completion' && others.some((word) => word === '--help' || word === '-h');

try {
  if (asksForHelp) print(COMPLETION_HELP);
  else if (topic !== null) write(topic);
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
      .check(onlyOnce as unknown as (argv: object) => true)
      .strict()
      .version(version())
      .wrap(Math.min(110, process.stdout.columns ?? (Number(process.env.COLUMNS) || 100)))
      .epilogue(epilogue(first))
      .exitProcess(false)
      .fail((message, error) => {
        const text = message
          .replace(/\s*\n\s*/g, ' ')
          .replace(/^Unknown arguments?: (.*)$/s, (_, names: string) => `unknown ${asTyped(names)}`)
          .replace(
            /^Not enough non-option arguments: got (\d+), need at least (\d+)$/,
            'arguments are missing: $1 given, at least $2 needed',
          );
        if (typed[0] === 'help' && !error)
          throw usage(`no command or topic: ${typed.slice(1).join(' ')}; topics are ${topics().join(', ')}`);
        throw error ?? usage(text.replace(/^Did you mean /, 'unknown command; did you mean '));
      })
      .parseAsync();
} catch (error) {
  process.exitCode = complain(error);
}
