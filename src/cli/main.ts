// Owns the command line: commands, help, and the exit code of whatever happened.

import yargs, { type Argv, type CommandModule } from 'yargs';
import { hideBin } from 'yargs/helpers';
import { cleanJson, ERRORS, redact, toProblem } from '../kernel/index.ts';
import { COMMANDS } from './commands.ts';
import { complain, print, usage } from './io.ts';
import { topics, topicText } from './manual.ts';
import { hasWritten, write } from './stdout.ts';
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
function asTyped(names: string, words: readonly string[]): string {
  const bare = words.map((word) => word.split('=')[0]!);
  const typed = names
    .split(', ')
    .map((name) => bare.find((w) => /^--?/.test(w) && w.replace(/^--?/, '') === name) ?? name);
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
function onlyOnce(
  words: readonly string[],
  argv: Readonly<Record<string, unknown>>,
  { array }: { readonly array: readonly string[] },
): true {
  for (const word of words) {
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

/** The command line as words, with its commands and what is said of words that mean nothing. */
async function parserOf(words: readonly string[]): Promise<Argv> {
  return yargs([...words])
    .scriptName('jobsum')
    .usage('$0 COMMAND\n\nJob performance summaries from Performance Co-Pilot archives.')
    .command(await commandsFor(words))
    .completion(
      'completion',
      'Print a completion script for the shell',
      // A command that needs no word of its own has none that could be typed.
      (_: string, { _: before }: { _: string[] }, usual: Usual, done: (offered: string[]) => void) =>
        before.at(1) === 'help'
          ? done([...Object.keys(COMMANDS), ...topics()])
          : usual((error, offered = []) => done(error ? [] : offered.filter((word) => !word.startsWith('$0')))),
    )
    .help('help', 'Show help')
    .alias('help', 'h')
    .demandCommand(
      1,
      'Say what to do: summarize, show, list, status, explain, config, setup, index, jobscripts, archive, compare, prune or demo.',
    )
    .recommendCommands()
    .check(((argv: Readonly<Record<string, unknown>>, of: { readonly array: readonly string[] }) =>
      onlyOnce(words, argv, of)) as unknown as (argv: object) => true)
    .strict()
    .version(version())
    .wrap(Math.min(110, process.stdout.columns ?? (Number(process.env.COLUMNS) || 100)))
    .epilogue(epilogue(words[0]))
    .exitProcess(false)
    .fail((message, error) => {
      const text = message
        .replace(/\s*\n\s*/g, ' ')
        .replace(/^Unknown arguments?: (.*)$/s, (_, names: string) => `unknown ${asTyped(names, words)}`)
        .replace(
          /^Not enough non-option arguments: got (\d+), need at least (\d+)$/,
          'arguments are missing: $1 given, at least $2 needed',
        );
      if (typed[0] === 'help' && !error)
        throw usage(`no command or topic: ${typed.slice(1).join(' ')}; topics are ${topics().join(', ')}`);
      throw error ?? usage(text.replace(/^Did you mean /, 'unknown command; did you mean '));
    });
}

/** Ends the parser before the command: its words were checked. */
class Checked extends Error {}

/** What is wrong with the words of a command, which is not carried out; null: nothing. */
async function faultOf(words: readonly string[]): Promise<unknown> {
  const stop = (): never => {
    throw new Checked();
  };
  try {
    await (await parserOf(words)).middleware(stop).parseAsync();
    return null;
  } catch (error) {
    return error instanceof Checked ? null : error;
  }
}

/** The parser asks for what is missing before it looks at options: one that is misspelled is named first, as it is often why. */
async function misspelled(words: readonly string[], error: unknown, tries = 2): Promise<unknown> {
  const { message } = toProblem(error);
  const counted = /^arguments are missing: (\d+) given, at least (\d+) needed/.exec(message);
  const named = /^Missing required arguments?: (.*)$/.exec(message)?.[1]?.split(', ') ?? [];
  if ((!counted && named.length === 0) || words.includes('--')) return null;
  const lacking = counted ? Array<string>(Number(counted[2]) - Number(counted[1])).fill('x') : [];
  // Before the first option, whose value they would be.
  const dash = words.findIndex((word) => word.startsWith('-'));
  const at = dash < 0 ? words.length : dash;
  const whole = [...words.slice(0, at), ...lacking, ...words.slice(at), ...named.map((name) => `--${name}=x`)];
  const fault = await faultOf(whole);
  if (fault === null || toProblem(fault).message.startsWith('unknown ')) return fault;
  return tries > 0 ? misspelled(whole, fault, tries - 1) : null;
}

/** Commands whose `--json` is a report of what they did. That of `summarize` has more to say when it fails, and says it itself. */
const REPORTING = ['index', 'jobscripts', 'config', 'setup', 'status', 'prune'];

/** With `--json` a report there is, also of a failure: why, in place of what would have been found or done. */
function reportFailure(error: unknown): void {
  const problem = toProblem(error);
  const silent = problem.code === 'E_LOCKED' && words.some((word) => word === '--quiet' || word === '-q');
  if (!REPORTING.includes(first ?? '') || !words.includes('--json') || silent || hasWritten()) return;
  const { exit: exitCode } = ERRORS[problem.code];
  print([cleanJson(redact(JSON.stringify({ finished: false, exitCode, problem })))]);
}

try {
  if (asksForHelp) print(COMPLETION_HELP);
  else if (topic !== null) write(topic);
  else {
    // What cron or systemd is to run is a command line of its own.
    const behind = words.indexOf('--');
    if (first === 'setup' && behind >= 0 && behind < words.length - 1) {
      const fault = await faultOf(words.slice(behind + 1));
      if (fault !== null) throw fault;
    }
    await (await parserOf(words)).parseAsync();
  }
} catch (error) {
  const cause = (await misspelled(words, error)) ?? error;
  reportFailure(cause);
  process.exitCode = complain(cause);
}
