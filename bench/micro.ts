// Owns the micro suites: small pieces, many times, with the package `benchmark`.

import { fileURLToPath } from 'node:url';
import Benchmark from 'benchmark';
import { stats } from '../src/analytics/index.ts';
import { expandHosts } from '../src/kernel/index.ts';
import { archiveInfo, dumpSum } from '../src/pcp/index.ts';
import { decodeArchive } from '../test/oracle/archive.ts';
import { dumpSum as oracleSum } from '../test/oracle/dump.ts';

const RECORDED = fileURLToPath(
  new URL('../fixtures/cluster/archives/2026/11/cpn-r02/2026-11-24/20261124.09.32', import.meta.url),
);

export interface MicroFigure {
  readonly name: string;
  /** Operations per second. */
  readonly rate: number;
  /** Relative margin of error, per cent. */
  readonly margin: number;
}

export function benchMicro(seconds: number): MicroFigure[] {
  const values = Float64Array.from({ length: 1000 }, (_, i) => Math.sin(i) * 1e6);
  const figures: MicroFigure[] = [];
  const suite = new Benchmark.Suite();
  const options = { maxTime: seconds };
  suite
    .add('statistics of 1,000 nodes', () => stats(values), options)
    .add('canonical dump of a recorded archive, WASM', () => dumpSum(RECORDED), options)
    .add('canonical dump of a recorded archive, oracle', () => oracleSum(decodeArchive(RECORDED)), options)
    .add('archive info of a recorded archive', () => archiveInfo(RECORDED), options)
    .add('node list of 1,000 nodes', () => expandHosts('cpn[0001-1000]'), options)
    .on('cycle', ({ target }: Benchmark.Event) => {
      const b = target as unknown as Benchmark;
      figures.push({ name: b.name ?? '', rate: b.hz, margin: b.stats.rme });
    })
    .run();
  return figures;
}
