// Owns `jobsum setup` itself: the databases of a site made ready.

import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { SCHEMAS } from '../../catalog/index.ts';
import { loadSite } from '../../config/index.ts';
import { Store } from '../../databases/index.ts';
import { clean, cleanJson } from '../../kernel/index.ts';

import { applySetup, planSetup } from '../../setup/index.ts';
import { ask, asking, confirm } from '../ask.ts';
import { print, usage } from '../io.ts';
import { configOption } from '../site.ts';

interface Options {
  config?: string;
  yes: boolean;
  replace: boolean;
  json: boolean;
}

/** Where the configuration is: given, in a usual place, or asked for. */
async function place(given: string | undefined, yes: boolean): Promise<string | undefined> {
  const usual = [process.env.JOBSUM_CONFIG_DIR, process.env.SUPREMM_CONFIG_DIR, '/etc/jobsum', '/etc/supremm'];
  if (given !== undefined || usual.some((d) => d !== undefined && existsSync(join(d, 'config.json')))) return given;
  const answer = await ask('Directory of config.json', '', yes);
  return answer === '' ? undefined : answer;
}

export const setupSiteCommand: CommandModule<object, Options> = {
  command: '$0',
  describe: "Make the databases of a site ready: tables, the portal's schema documents, the store",
  builder: (y) =>
    y
      .option('config', configOption)
      .option('yes', { type: 'boolean', default: false, describe: 'Ask nothing' })
      .option('replace', {
        type: 'boolean',
        default: false,
        describe: 'Replace schema documents that differ from ours',
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'What was done as JSON',
      }) as unknown as Argv<Options>,
  handler: async ({ config: given, yes, replace, json }) => {
    const { config } = loadSite(await place(given, yes));
    const { tables, mongodb, documents } = await planSetup(config);
    const missing = tables?.missing ?? [];
    const todo = [
      ...(missing.length > 0 ? [`create in modw_supremm: ${missing.join(', ')}`] : []),
      ...(documents.missing.length === 0
        ? []
        : [`write into the MongoDB database ${mongodb}: ${documents.missing.join(', ')}`]),
      ...(existsSync(config.state) ? [] : [`create the store ${config.state}`]),
    ];
    for (const line of todo) process.stderr.write(`will ${clean(line)}\n`);
    if (todo.length > 0 && !(await confirm('Go on?', yes))) {
      if (!asking()) throw usage('nothing was done: give --yes where there is no terminal');
      process.stderr.write('nothing was done\n');
      return;
    }
    const keep: string[] = [];
    for (const id of documents.different) {
      const asked = `The schema document ${id} in ${clean(mongodb)} differs from ours. Replace it?`;
      if (!(replace || (await confirm(asked, false)))) keep.push(id);
    }
    for (const id of keep)
      process.stderr.write(`kept: the schema document ${id}, which differs from ours (--replace)\n`);
    const done = await applySetup(config, keep);
    mkdirSync(dirname(config.state), { recursive: true });
    new Store(config.state, SCHEMAS).close();
    if (json) {
      print([cleanJson(JSON.stringify({ config: config.file, created: missing, ...done, store: config.state }))]);
      return;
    }
    print([
      `configuration  ${clean(config.file)}`,
      `tables         ${tables === null ? 'no warehouse' : `${done.tables.length} there, ${missing.length} of them new`}`,
      `MongoDB        ${mongodb === null ? 'none' : `${clean(mongodb)}: ${done.documents.join(', ')}`}`,
      `store          ${clean(config.state)}`,
      '',
      'Next: jobsum config check, jobsum index, jobsum summarize; jobsum setup systemd or cron for every night.',
    ]);
  },
};
