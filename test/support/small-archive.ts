// Owns archives of one metric and a few records, for tests of names, hosts and times.

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { ArchiveWriter, NO_INDOM, pmid, UNITS, type Version } from '../../src/pcp/index.ts';

export interface SmallArchive {
  /** As the label has it. */
  readonly host: string;
  /** Epoch seconds of the records. */
  readonly start: number;
  readonly end: number;
  readonly version?: Version;
  /** Default 2: at the two times. */
  readonly records?: number;
}

export function smallArchive(path: string, { host, start, end, version = 3, records = 2 }: SmallArchive): void {
  mkdirSync(dirname(path), { recursive: true });
  const ns = (seconds: number): bigint => BigInt(Math.round(seconds * 1000)) * 1_000_000n;
  const w = new ArchiveWriter(path, { version, host, startNs: ns(start) });
  const id = pmid(60, 0, 1);
  w.metric({ name: 'a.b', pmid: id, type: 'u32', indom: NO_INDOM, semantics: 'instant', units: UNITS.none });
  const times = Array.from({ length: records }, (_, i) => start + ((end - start) * i) / (records - 1));
  for (const t of times) w.record(ns(t), [{ pmid: id, type: 'u32', ids: [-1], values: [1] }]);
  w.close();
}
