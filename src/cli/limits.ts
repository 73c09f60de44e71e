// Owns the options that pass over jobs by their size (pipeline.md §5).

import type { Argv } from 'yargs';
import type { Limits } from '../document/index.ts';
import { usage } from './io.ts';

export interface LimitOptions {
  'max-nodes'?: number;
  'max-nodetime'?: number;
  'min-duration'?: number;
  'min-parallel-duration'?: number;
  'max-duration'?: number;
}

export function limitOptions<T>(y: Argv<T>): Argv<T> {
  const number = (describe: string) =>
    ({ type: 'number', requiresArg: true, describe, group: 'Jobs passed over:' }) as const;
  return y
    .option('max-nodes', { ...number('With more nodes'), alias: 'M' })
    .option('max-nodetime', number('With more node-seconds'))
    .option('min-duration', number('Shorter than so many seconds'))
    .option('min-parallel-duration', number('Shorter, on several nodes'))
    .option('max-duration', number('As long or longer')) as unknown as Argv<T>;
}

/** @throws JobsumError E_USAGE */
export function limitsOf(argv: LimitOptions): Limits {
  const value = (name: keyof LimitOptions): number | undefined => {
    const n = argv[name];
    if (n !== undefined && !(n >= 0)) throw usage(`--${name}: expected a number`);
    return n;
  };
  const limits = {
    ...{ maxNodes: value('max-nodes'), maxNodeTime: value('max-nodetime'), minDuration: value('min-duration') },
    ...{ minParallelDuration: value('min-parallel-duration'), maxDuration: value('max-duration') },
  };
  return Object.fromEntries(Object.entries(limits).filter(([, n]) => n !== undefined));
}
