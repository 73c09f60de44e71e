// Owns `jobsum compare`: a document, or a store of them, against the reference's, with a verdict as exit code.

import { readFileSync } from 'node:fs';
import { text as readAll } from 'node:stream/consumers';
import type { Argv, CommandModule } from 'yargs';
import { loadSite } from '../../config/index.ts';
import {
  type CompareOptions,
  compareDocuments,
  compareStores,
  type Deviation,
  type Golden,
  readDeviations,
} from '../../document/index.ts';
import { JobsumError } from '../../kernel/index.ts';
import { comparisonLines, storesLines } from '../../view/index.ts';
import { print, usage } from '../io.ts';
import { configOption } from '../site.ts';
import { isStore, openStored } from './compare-stores.ts';

interface Options {
  golden?: string;
  ours?: string;
  mongodb?: string;
  against?: string;
  config?: string;
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

export const compareCommand: CommandModule<object, Options> = {
  command: 'compare [golden] [ours]',
  builder: (y) =>
    y
      .positional('golden', {
        type: 'string',
        describe:
          "The reference's document, or its store: mongodb:DATABASE, sqlite:FILE or a file of documents, one a line",
      })
      .positional('ours', { type: 'string', describe: 'Our document, - for standard input; or our store' })
      .option('mongodb', {
        type: 'string',
        requiresArg: true,
        describe: "The reference's database, in place of mongodb:DATABASE",
      })
      .option('against', { type: 'string', requiresArg: true, implies: 'mongodb', describe: 'Our database, with it' })
      .option('config', { ...configOption, describe: 'Configuration that names the MongoDB account of the databases' })
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
      .example('$0 compare golden.json ours.json --only cpu,timeseries.cpuuser', 'two analytics')
      .example(
        '$0 compare mongodb:supremm mongodb:jobsum',
        'all documents of two databases',
      ) as unknown as Argv<Options>,
  handler: async (argv) => {
    const { rel, abs, max, acct } = argv;
    if (![rel, abs, max].every((n) => Number.isFinite(n) && n >= 0))
      throw usage('--rel, --abs and --max: expected numbers of 0 or more');
    const [golden, ours] = sidesOf(argv);
    const list = argv.deviations;
    const deviations = list === false ? [] : list === undefined ? readDeviations() : await readOwn(list);
    const only = argv.only?.flatMap((names) => names.split(','));
    const options = { rel, abs, acct, deviations, ...(only ? { only } : {}) };
    const differ =
      isStore(golden) || isStore(ours)
        ? await compareAll(golden, ours, argv, options)
        : await compareOne(golden, ours, argv, options);
    if (differ) process.exitCode = 1;
  },
};

/** @throws JobsumError E_USAGE */
function sidesOf({ golden, ours, mongodb, against }: Options): [golden: string, ours: string] {
  if (mongodb !== undefined || against !== undefined) {
    if (golden !== undefined || mongodb === undefined || against === undefined)
      throw usage('--mongodb and --against: expected both, and nothing else to compare');
    return [`mongodb:${mongodb}`, `mongodb:${against}`];
  }
  if (golden === undefined || ours === undefined) throw usage('expected two documents or two stores to compare');
  return [golden, ours];
}

/** Whether they differ. */
async function compareOne(golden: string, ours: string, argv: Options, options: CompareOptions): Promise<boolean> {
  const result = compareDocuments(await readWrapped(golden), (await readWrapped(ours)).document, options);
  // Two documents that have nothing to compare are not equal but asked for by a name that neither has.
  if (result.compared + result.differences.length === 0)
    throw new JobsumError('E_NAME_UNKNOWN', 'nothing was compared', {
      file: golden,
      expected: 'values under the keys that are asked for',
      ...(argv.only ? { found: `none under ${argv.only.join(', ')}` } : {}),
    });
  print(argv.json ? [JSON.stringify({ golden, ours, ...result })] : comparisonLines(result, argv.max));
  return result.differences.length > 0;
}

async function compareAll(golden: string, ours: string, argv: Options, options: CompareOptions): Promise<boolean> {
  const output = argv.config === undefined ? undefined : loadSite(argv.config).config.output;
  const account = output?.kind === 'mongodb' ? output : null;
  const theirs = await openStored(golden, account);
  try {
    const mine = await openStored(ours, account);
    try {
      const result = await compareStores(theirs.documents, mine.documents, options);
      const { compared, differing, missing, surplus } = result;
      if (compared + missing + surplus === 0)
        throw new JobsumError('E_NO_DOCUMENT', 'neither store has a document', { file: `${golden}, ${ours}` });
      if (argv.json) print([JSON.stringify({ golden, ours, ...result })]);
      else print(storesLines(result, { golden, ours, max: argv.max }));
      return differing + missing + surplus > 0;
    } finally {
      await mine.close();
    }
  } finally {
    await theirs.close();
  }
}

async function readOwn(file: string): Promise<Deviation[]> {
  const list = await readJson(file);
  const whole = Array.isArray(list) && list.every((d) => isObject(d) && typeof d.path === 'string');
  if (!whole) throw new JobsumError('E_NO_DOCUMENT', 'not a list of deviations, each with a path', { file });
  return list as Deviation[];
}
