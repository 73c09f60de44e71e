// Owns the options that pass over jobs by their size (pipeline.md §5).

import type { Argv } from 'yargs';
import type { Limits } from '../document/index.ts';
import { durationOf, durationOption } from './duration.ts';
import { usage } from './io.ts';

export interface LimitOptions {
  'max-nodes'?: number;
  'max-nodetime'?: string;
  'min-duration'?: string;
  'min-parallel-duration'?: string;
  'max-duration'?: string;
}

export function limitOptions<T>(y: Argv<T>): Argv<T> {
  const group = 'Jobs passed over:';
  const duration = (describe: string) => ({ ...durationOption(describe), group });
  return y
    .option('max-nodes', { type: 'number', requiresArg: true, describe: 'With more nodes', group, alias: 'M' })
    .option('max-nodetime', duration('With more time of all nodes together'))
    .option('min-duration', duration('Shorter than this (90s, 15m, 2h, 2d; without a unit: seconds)'))
    .option('min-parallel-duration', duration('Shorter, on several nodes'))
    .option('max-duration', duration('As long or longer')) as unknown as Argv<T>;
}

/** @throws JobsumError E_USAGE */
export function limitsOf(argv: LimitOptions): Limits {
  const maxNodes = argv['max-nodes'];
  if (maxNodes !== undefined && !(maxNodes >= 0)) throw usage('--max-nodes: expected a number');
  const value = (name: Exclude<keyof LimitOptions, 'max-nodes'>) => durationOf(name, argv[name]);
  const limits = {
    ...{ maxNodes, maxNodeTime: value('max-nodetime'), minDuration: value('min-duration') },
    ...{ minParallelDuration: value('min-parallel-duration'), maxDuration: value('max-duration') },
  };
  return Object.fromEntries(Object.entries(limits).filter(([, n]) => n !== undefined));
}
