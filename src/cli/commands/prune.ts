// Owns `jobsum prune`: an embedded store loses its oldest documents.

import type { Argv, CommandModule } from 'yargs';
import { formatSeconds, systemClock } from '../../kernel/index.ts';
import { type Pruned, prune } from '../../run/index.ts';
import { bytes } from '../../view/index.ts';
import { type Clocked, print, usage } from '../io.ts';
import { openStore } from '../store.ts';

interface Options extends Clocked {
  store: string;
  'older-than'?: string;
  'max-size'?: string;
  'dry-run': boolean;
  json: boolean;
}

const DAYS: Readonly<Record<string, number>> = { d: 1, w: 7, y: 365 };
/** As people read sizes elsewhere in this program: powers of two. */
const BYTES: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** A number and a unit, in the unit's measure. @throws JobsumError E_USAGE */
function measure(option: string, text: string, units: Readonly<Record<string, number>>, expected: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([a-zA-Z]?)$/.exec(text) ?? [];
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (digits === undefined || factor === undefined) throw usage(`--${option} ${text}: expected ${expected}`);
  return Number(digits) * factor;
}

function lines({ store, dryRun, removed, kept, latestEnd, bytesBefore, bytesAfter }: Pruned): string[] {
  const until = latestEnd === null ? '' : `, of jobs that ended until ${formatSeconds(latestEnd)}`;
  const what = dryRun ? 'would be removed' : 'removed';
  return [
    `${removed} documents ${what}${until}; ${kept} kept`,
    `${store}: ${bytes(bytesBefore)}, then ${dryRun ? 'some ' : ''}${bytes(bytesAfter)}`,
  ];
}

export const pruneCommand: CommandModule<object, Options> = {
  command: 'prune',
  builder: (y) =>
    y
      .option('store', { type: 'string', requiresArg: true, default: 'jobsum.db', describe: 'Store file' })
      .option('older-than', {
        type: 'string',
        requiresArg: true,
        describe: 'Documents of jobs that ended so long ago: 90d, 12w, 2y',
      })
      .option('max-size', {
        type: 'string',
        requiresArg: true,
        describe: 'The oldest documents, until the store is no larger: 500M, 20G; with --older-than only those',
      })
      .option('dry-run', { type: 'boolean', default: false, alias: 'n', describe: 'Only say what would be removed' })
      .option('json', { type: 'boolean', default: false, describe: 'One JSON object' }) as unknown as Argv<Options>,
  handler: ({ store: file, 'older-than': age, 'max-size': size, 'dry-run': dryRun, json, clock = systemClock }) => {
    if (age === undefined && size === undefined) throw usage('prune: say what goes: --older-than, --max-size, or both');
    const days = age === undefined ? null : measure('older-than', age, DAYS, 'days, weeks or years: 90d, 12w, 2y');
    const maxBytes = size === undefined ? null : measure('max-size', size, BYTES, 'bytes: 500M, 20G');
    const store = openStore(file);
    try {
      const pruned = prune(store, {
        ...(days === null ? {} : { endedBefore: clock() - days * 86_400 }),
        ...(maxBytes === null ? {} : { maxBytes }),
        dryRun,
        clock,
      });
      print(json ? [JSON.stringify(pruned)] : lines(pruned));
    } finally {
      store.close();
    }
  },
};
