// Owns archives of a node whose interfaces and GPUs work at known rates, with faults as they come in the field: reboots, other numbers
// of instances, wrong clocks, marks, other volumes.

import { copyFileSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ArchiveWriter, indomId, type MetricSpec, NO_INDOM, pmid, UNITS, type Version } from '../../src/pcp/index.ts';

const NET = indomId(60, 3);
const LOAD = indomId(60, 2);
const COUNTERS = [
  ['network.interface.in.bytes', pmid(60, 3, 0), UNITS.byte],
  ['network.interface.out.bytes', pmid(60, 3, 8), UNITS.byte],
  ['network.interface.in.packets', pmid(60, 3, 1), UNITS.count],
  ['network.interface.out.packets', pmid(60, 3, 9), UNITS.count],
] as const;
const UPTIME = pmid(60, 26, 0);
const AVERAGES = pmid(60, 2, 0);

export interface NodeArchive {
  /** As the label has it. */
  readonly host: string;
  /** Epoch seconds of the records. */
  readonly times: readonly number[];
  /** What a record's time is stamped as. */
  readonly stamp?: (t: number, i: number) => number;
  /** When the node was started, from which its counters run: of a time, since it may be so again. */
  readonly booted: (t: number) => number;
  /** Bytes a second by interface. */
  readonly rates: Readonly<Record<string, number>>;
  /** Numbers of interfaces at a time; absent: in the order of `rates`. */
  readonly number?: (name: string, t: number) => number;
  readonly version?: Version;
  /** Counters of 32 bits, which wrap. */
  readonly narrow?: boolean;
  /** Times of records before which there is a mark, or another volume begins. */
  readonly marks?: readonly number[];
  readonly volumes?: readonly number[];
}

const ns = (seconds: number): bigint => BigInt(Math.round(seconds * 1000)) * 1_000_000n;

export function nodeArchive(base: string, of: NodeArchive): void {
  const { host, times, stamp = (t) => t, booted, rates, version = 3, narrow = false, marks = [], volumes = [] } = of;
  mkdirSync(dirname(base), { recursive: true });
  const names = Object.keys(rates);
  const number = of.number ?? ((name: string) => names.indexOf(name));
  const w = new ArchiveWriter(base, { version, host, startNs: ns(stamp(times[0]!, 0)) });
  const type = narrow ? 'u32' : 'u64';
  const metric = (name: string, id: number, more: Pick<MetricSpec, 'type' | 'indom' | 'semantics' | 'units'>): void =>
    w.metric({ name, pmid: id, ...more });
  for (const [name, id, units] of COUNTERS) metric(name, id, { type, indom: NET, semantics: 'counter', units });
  metric('kernel.all.uptime', UPTIME, { type: 'u32', indom: NO_INDOM, semantics: 'instant', units: UNITS.second });
  metric('kernel.all.load', AVERAGES, { type: 'float', indom: LOAD, semantics: 'instant', units: UNITS.none });
  const averages = [1, 5, 15].map((id) => ({ id, name: `${id} minute` }));
  let known = '';
  times.forEach((t, i) => {
    const at = ns(stamp(t, i));
    if (volumes.includes(t)) w.nextVolume();
    if (marks.includes(t)) w.mark(at - 1_000_000n);
    if (i === 0) w.indom(LOAD, at, averages);
    const instances = names.map((name) => ({ id: number(name, t), name })).sort((a, b) => a.id - b.id);
    if (known !== JSON.stringify(instances)) w.indom(NET, at, instances);
    known = JSON.stringify(instances);
    const up = t - booted(t);
    const values = instances.map(({ name }) => Math.round(rates[name]! * up) % (narrow ? 2 ** 32 : 2 ** 53));
    const ids = instances.map(({ id }) => id);
    w.record(at, [
      ...COUNTERS.map(([, id]) => ({ pmid: id, type, ids, values }) as const),
      { pmid: UPTIME, type: 'u32', ids: [-1], values: [Math.round(up)] },
      { pmid: AVERAGES, type: 'float', ids: [1, 5, 15], values: [1.5, 1, 1] },
    ]);
  });
  w.close();
}

/** The files of an archive under another name: copies of them, or links to them. */
export function again(base: string, other: string, how: 'copy' | 'link' = 'copy'): void {
  mkdirSync(dirname(other), { recursive: true });
  for (const file of readdirSync(dirname(base)).filter((f) => f.startsWith(`${basename(base)}.`))) {
    const [from, to] = [join(dirname(base), file), `${other}${file.slice(basename(base).length)}`];
    if (how === 'link') symlinkSync(from, to);
    else copyFileSync(from, to);
  }
}
