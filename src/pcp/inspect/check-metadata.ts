// Owns what checking finds in descriptors, instance domains and the temporal index: odd, and nothing is lost by it.

import { statSync } from 'node:fs';
import { indexEntries, indexOddities } from '../archive/index-file.ts';
import { indomText, type Metric, NO_INDOM } from '../archive/metric.ts';
import type { ArchiveReader } from '../archive/reader.ts';
import { SEMANTICS_NAMES, TYPE_NAMES } from '../archive/values.ts';
import { isPacked } from '../files/source.ts';
import { unitsOf } from '../files/units.ts';
import * as L from '../wasm/layout.gen.ts';
import type { Wasm } from '../wasm/wasm.ts';

const domainOf = (id: number): number => (id >>> 22) & 0x1ff;
/** Metrics that pmlogger derives are in this domain, their instances in another. */
const DERIVED = 511;
const LARGEST_SPACE = 8;
const LARGEST_TIME = 5;

function oddUnits(word: number): boolean {
  const u = unitsOf(word);
  const dimensions = [u.dimSpace, u.dimTime, u.dimCount];
  const unused = [
    [u.dimSpace, u.scaleSpace],
    [u.dimTime, u.scaleTime],
    [u.dimCount, u.scaleCount],
  ].some(([dimension, scale]) => dimension === 0 && scale !== 0);
  const scales = (word >>> 16) & 0xf;
  return (
    dimensions.some((d) => Math.abs(d) > 2) || unused || scales > LARGEST_SPACE || ((word >>> 12) & 0xf) > LARGEST_TIME
  );
}

/** Per kind of oddity the metrics that have it. */
export function oddDescriptors(metrics: readonly Metric[]): [string, string[]][] {
  const kinds: [string, (m: Metric) => boolean][] = [
    ['unknown type', (m) => TYPE_NAMES[m.type] === undefined],
    ['unknown semantics', (m) => SEMANTICS_NAMES[m.semantics] === undefined],
    [
      'an instance domain of another PMDA',
      (m) => m.indom !== NO_INDOM && domainOf(m.indom) !== domainOf(m.pmid) && domainOf(m.pmid) !== DERIVED,
    ],
    ['units that make no sense', (m) => oddUnits(m.units)],
  ];
  return kinds
    .map(([kind, odd]): [string, string[]] => [kind, metrics.filter(odd).map((m) => m.name)])
    .filter(([, names]) => names.length > 0);
}

/** Instance domains that name an instance twice in one version. */
export function doubledDomains(wasm: Wasm, reader: ArchiveReader): string[] {
  const domains = wasm.u32(reader.address + L.Reader.domains);
  const found: string[] = [];
  for (let i = 0; i < wasm.i32(reader.address + L.Reader.domainCount); i++) {
    const domain = wasm.u32(domains + 4 * i);
    const versions = wasm.u32(domain + L.Domain.versions);
    const doubled = (version: number): boolean => {
      const ids = wasm.u32(version + L.Version.ids);
      // Ascending: equal ones are neighbours.
      for (let k = wasm.i32(version + L.Version.count) - 1; k > 0; k--)
        if (wasm.i32(ids + 4 * k) === wasm.i32(ids + 4 * k - 4)) return true;
      return false;
    };
    const some = Array.from({ length: wasm.i32(domain + L.Domain.count) }).some((_, k) =>
      doubled(versions + k * L.Version.SIZE),
    );
    if (some) found.push(indomText(wasm.u32(domain + L.Domain.word)));
  }
  return found;
}

/** What the temporal index says wrongly: kind and entries, counted from 1. */
export function oddIndex(
  wasm: Wasm,
  reader: ArchiveReader,
  starts: (volume: number, offset: number) => boolean,
): ReadonlyMap<string, number[]> {
  const label = reader.label.version === 2 ? 132 : 808;
  const sizes = new Map(
    reader.files.volumes.map((v) => [v.number, isPacked(v.path) ? null : statSync(v.path).size] as const),
  );
  const isWrong = (volume: number, offset: number): boolean => reader.clock?.leavesOut(volume, offset) ?? false;
  const isMissing = (volume: number): boolean => reader.missing.some((r) => volume >= r.first && volume <= r.last);
  return indexOddities(indexEntries(wasm, reader.address), label, sizes, { starts, isWrong, isMissing });
}
