// Owns `jobsum prune`: an embedded store loses its oldest documents.

import type { Argv, CommandModule } from 'yargs';
import { openPresent } from '../../catalog/index.ts';
import { bytes, counted, formatSeconds, systemClock } from '../../kernel/index.ts';
import type { Pruned } from '../../sinks/index.ts';
import { prune } from '../../sinks/index.ts';

import { durationOf, durationOption } from '../duration.ts';
import { type Clocked, print, usage } from '../io.ts';

interface Options extends Clocked {
  store: string;
  'older-than'?: string;
  'max-size'?: string;
  'dry-run': boolean;
  json: boolean;
}

/** As people read sizes elsewhere in this program: powers of two. */
const BYTES: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** @throws JobsumError E_USAGE */
function sizeOf(text: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([a-zA-Z]?)$/.exec(text) ?? [];
  const factor = Object.hasOwn(BYTES, unit) ? BYTES[unit] : undefined;
  if (digits === undefined || factor === undefined) throw usage(`--max-size ${text}: expected bytes: 500M, 20G`);
  return Number(digits) * factor;
}

function lines({ store, dryRun, removed, kept, latestEnd, bytesBefore, bytesAfter }: Pruned): string[] {
  const until = latestEnd === null ? '' : `, of jobs that ended until ${formatSeconds(latestEnd)}`;
  const what = dryRun ? 'would be removed' : 'removed';
  return [
    `${counted(removed, 'document')} ${what}${until}; ${kept} kept`,
    `${store}: ${bytes(bytesBefore)}, then ${dryRun ? 'some ' : ''}${bytes(bytesAfter)}`,
  ];
}

export const pruneCommand: CommandModule<object, Options> = {
  command: 'prune',
  builder: (y) =>
    y
      .option('store', { type: 'string', requiresArg: true, default: 'jobsum.db', describe: 'Store file' })
      .option('older-than', durationOption('Documents of jobs that ended so long ago: 90d, 12w, 2y'))
      .option('max-size', {
        type: 'string',
        requiresArg: true,
        describe: 'The oldest documents, until the store is no larger: 500M, 20G; with --older-than only those',
      })
      .option('dry-run', { type: 'boolean', default: false, alias: 'n', describe: 'Only say what would be removed' })
      .option('json', { type: 'boolean', default: false, describe: 'One JSON object' }) as unknown as Argv<Options>,
  handler: ({ store: file, 'older-than': age, 'max-size': size, 'dry-run': dryRun, json, clock = systemClock }) => {
    if (age === undefined && size === undefined) throw usage('prune: say what goes: --older-than, --max-size, or both');
    // A number alone would be seconds, and so nearly all of them.
    const seconds = durationOf('older-than', age, null, 'a number with its unit: 90d, 12w, 2y');
    const maxBytes = size === undefined ? null : sizeOf(size);
    const store = openPresent(file, { toWrite: true });
    try {
      const pruned = prune(store, {
        ...(seconds === undefined ? {} : { endedBefore: clock() - seconds }),
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
