// Owns `jobsum compare`: a document against the reference's, with a verdict as exit code.

import { readFileSync } from 'node:fs';
import { text as readAll } from 'node:stream/consumers';
import type { Argv, CommandModule } from 'yargs';
import {
  type Comparison,
  compareDocuments,
  type Deviation,
  type Golden,
  readDeviations,
} from '../../document/index.ts';
import { JobsumError } from '../../kernel/index.ts';
import { print, usage } from '../io.ts';

interface Options {
  golden: string;
  ours: string;
  only?: string[];
  rel: number;
  abs: number;
  max: number;
  acct: boolean;
  json: boolean;
  deviations?: string | false;
}

/** `-` is standard input; of a bare dash as argument the parser leaves nothing. */
async function readJson(file: string): Promise<unknown> {
  let text: string;
  try {
    text = file === '-' || file === '' ? await readAll(process.stdin) : readFileSync(file, 'utf8');
  } catch (error) {
    const message = 'the file cannot be read';
    throw new JobsumError('E_INPUT_MISSING', message, {
      file,
      found: (error as NodeJS.ErrnoException).code ?? 'an error',
    });
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new JobsumError('E_NO_DOCUMENT', 'not one JSON document', { file });
  }
}

const isObject = (x: unknown): x is Record<string, unknown> => typeof x === 'object' && x !== null && !Array.isArray(x);

/** A document, or an object that has one. */
async function readWrapped(file: string): Promise<Golden> {
  const found = await readJson(file);
  if (!isObject(found)) throw new JobsumError('E_NO_DOCUMENT', 'not a JSON object', { file });
  if (!('document' in found)) return { document: found };
  if (!isObject(found.document)) throw new JobsumError('E_NO_DOCUMENT', '`document` is not an object', { file });
  return found as unknown as Golden;
}

const LONGEST = 100;

function show(x: unknown): string {
  if (x === undefined) return '(absent)';
  const text = JSON.stringify(x);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 3)}...`;
}

function report({ compared, differences }: Comparison, max: number): string[] {
  const shown = max === 0 ? differences : differences.slice(0, max);
  const rest = differences.length - shown.length;
  return [
    ...shown.map((d) => `${d.path}: golden ${show(d.golden)}, ours ${show(d.ours)}${d.why ? ` (${d.why})` : ''}`),
    ...(rest > 0 ? [`... and ${rest} more`] : []),
    `${compared} values compared, ${differences.length} differences`,
  ];
}

export const compareCommand: CommandModule<object, Options> = {
  command: 'compare <golden> <ours>',
  builder: (y) =>
    y
      .positional('golden', { type: 'string', demandOption: true, describe: "The reference's document" })
      .positional('ours', { type: 'string', demandOption: true, describe: 'Our document; - for standard input' })
      .option('only', {
        type: 'string',
        array: true,
        requiresArg: true,
        describe: 'Keys, or timeseries.KEY; commas too',
      })
      .option('rel', { type: 'number', requiresArg: true, default: 1e-9, describe: 'Relative tolerance of numbers' })
      .option('abs', { type: 'number', requiresArg: true, default: 1e-12, describe: 'Absolute tolerance of numbers' })
      .option('max', { type: 'number', requiresArg: true, default: 100, describe: 'Most differences printed; 0: all' })
      .option('acct', { type: 'boolean', default: false, describe: 'The accounting record too' })
      .option('deviations', {
        type: 'string',
        requiresArg: true,
        describe: 'List of what differs on purpose (default: the shipped one; --no-deviations: none)',
      })
      .option('json', { type: 'boolean', default: false, describe: 'The result as JSON' })
      .example(
        '$0 compare golden.json ours.json --only cpu,timeseries.cpuuser',
        'two analytics',
      ) as unknown as Argv<Options>,
  handler: async (argv) => {
    const { rel, abs, max, acct } = argv;
    if (![rel, abs, max].every((n) => Number.isFinite(n) && n >= 0))
      throw usage('--rel, --abs and --max: expected numbers of 0 or more');
    const golden = await readWrapped(argv.golden);
    const ours = (await readWrapped(argv.ours)).document;
    const list = argv.deviations;
    const deviations = list === false ? [] : list === undefined ? readDeviations() : await readOwn(list);
    const only = argv.only?.flatMap((names) => names.split(','));
    const result = compareDocuments(golden, ours, { rel, abs, acct, deviations, ...(only ? { only } : {}) });
    if (argv.json) print([JSON.stringify({ golden: argv.golden, ours: argv.ours, ...result })]);
    else print(report(result, max));
    if (result.differences.length > 0) process.exitCode = 1;
  },
};

async function readOwn(file: string): Promise<Deviation[]> {
  const list = await readJson(file);
  const whole = Array.isArray(list) && list.every((d) => isObject(d) && typeof d.path === 'string');
  if (!whole) throw new JobsumError('E_NO_DOCUMENT', 'not a list of deviations, each with a path', { file });
  return list as Deviation[];
}
