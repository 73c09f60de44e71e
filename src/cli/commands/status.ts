// Owns `jobsum status`: how the runs go, what waits, what failed and why, what was set aside, who is at work.

import type { Argv, CommandModule } from 'yargs';
import { status } from '../../run/index.ts';
import { Warehouse } from '../../store/index.ts';
import { statusLines } from '../../view/index.ts';
import { print } from '../io.ts';
import { configOption, loadSite } from '../site.ts';
import { openStore } from './show.ts';

interface Options {
  config?: string;
  store: string;
  runs: number;
  json: boolean;
}

export const statusCommand: CommandModule<object, Options> = {
  command: 'status',
  builder: (y) =>
    y
      .option('config', { ...configOption, describe: 'A configured site: its store, and the ledgers of its warehouse' })
      .option('store', { type: 'string', requiresArg: true, default: 'jobsum.db', describe: 'Store file' })
      .option('runs', { type: 'number', requiresArg: true, default: 10, describe: 'How many of the last runs' })
      .option('json', { type: 'boolean', default: false, describe: 'One JSON object' }) as unknown as Argv<Options>,
  handler: async ({ config: given, store: file, runs, json }) => {
    const site = given === undefined ? null : loadSite(given);
    const store = openStore(site?.config.state ?? file);
    const settings = site?.config.warehouse;
    const warehouse = settings ? await Warehouse.connect(settings, { connections: 1 }) : null;
    try {
      const found = await status(store, runs, warehouse ? { warehouse, resources: site!.resources } : undefined);
      print(json ? [JSON.stringify(found)] : statusLines(found, Date.now() / 1000));
    } finally {
      await warehouse?.close();
      store.close();
    }
  },
};
