// Owns `jobsum status`: how the runs go, what waits, what failed and why, what was set aside, who is at work.

import type { Argv, CommandModule } from 'yargs';
import type { Status } from '../../answers/index.ts';
import { status } from '../../answers/index.ts';
import { loadSite } from '../../config/index.ts';
import { Mysql } from '../../databases/index.ts';

import { ERRORS, systemClock, toProblem } from '../../kernel/index.ts';
import { statusLines } from '../../view/index.ts';
import { type Clocked, print, usage } from '../io.ts';
import { configOption, storeToRead } from '../site.ts';

interface Options extends Clocked {
  config?: string;
  store: string;
  runs: number;
  json: boolean;
}

const MAX_RUNS = 10_000;

/** While a server is unavailable there is still what the store knows. */
async function asked(all: () => Promise<Status>, store: () => Promise<Status>): Promise<Status> {
  try {
    return await all();
  } catch (error) {
    const problem = toProblem(error);
    if (ERRORS[problem.code].class !== 'service') throw error;
    return { ...(await store()), problem };
  }
}

export const statusCommand: CommandModule<object, Options> = {
  command: 'status',
  builder: (y) =>
    y
      .option('config', { ...configOption, describe: 'A configured site: its store, and the ledgers of its warehouse' })
      .option('store', { type: 'string', requiresArg: true, default: 'jobsum.db', describe: 'Store file' })
      .option('runs', { type: 'number', requiresArg: true, default: 10, describe: 'How many of the last runs' })
      .option('json', { type: 'boolean', default: false, describe: 'One JSON object' }) as unknown as Argv<Options>,
  handler: async ({ config: given, store: file, runs, json, clock = systemClock }) => {
    if (!(Number.isInteger(runs) && runs >= 0 && runs <= MAX_RUNS)) throw usage(`--runs: expected 0 to ${MAX_RUNS}`);
    const site = given === undefined ? null : loadSite(given);
    const store = storeToRead(site, file);
    let warehouse: Mysql | null = null;
    try {
      const found = await asked(
        async () => {
          const settings = site?.config.warehouse;
          if (settings) warehouse = await Mysql.connect(settings, { connections: 1 });
          return status(store, runs, {
            clock,
            ...(warehouse ? { site: { warehouse, resources: site!.resources } } : {}),
          });
        },
        () => status(store, runs, { clock }),
      );
      if (found.problem) process.exitCode = ERRORS[found.problem.code].exit;
      print(json ? [JSON.stringify(found)] : statusLines(found, clock()));
    } finally {
      await (warehouse as Mysql | null)?.close();
      store.close();
    }
  },
};
