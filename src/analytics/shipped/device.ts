// Owns the device analytics: counters of block devices, interfaces, mounts, ports, from the first to the last record (§1.11.1).

import { type Analytic, E, failure, trafficUnits } from '../analytic.ts';
import { listed, matrixOf, reducer, Table } from '../collect.ts';
import { distinct, instanceName } from '../keys.ts';
import { stats } from '../stats.ts';

/** `disk.dev.read_bytes` → `read_bytes`, `network.interface.in.bytes` → `in-bytes`. */
function shortMetric(name: string): string {
  return name.split('.').slice(2).join('-');
}

interface Choice {
  readonly optional?: readonly string[];
  /** Devices may come and go: those that do are left out. Otherwise one node whose devices changed spoils the whole (KEEP). */
  readonly changing?: boolean;
}

/** `others`: alternatives of the same meaning, metric by metric; results have the names of the first. */
function device(
  cls: string,
  key: string,
  metrics: readonly string[],
  { others = [], ...o }: Choice & { readonly others?: readonly (readonly string[])[] } = {},
): Analytic {
  return {
    cls,
    key,
    section: 'summary',
    alternatives: [metrics, ...others],
    optional: o.optional ?? [],
    units: trafficUnits([metrics, ...others, o.optional ?? []].flat()),
    counts: true,
    declare: () => ({ mode: 'firstlast', empty: 'stop', reducers: [{ kind: 'FIRSTLAST' }] }),
    finish(shares, _job, _data, note) {
      const table = new Table();
      for (const share of shares) {
        const fl = reducer(share, 0, 'FIRSTLAST');
        if (fl.calls < 2 || fl.first.kind !== 'ok' || fl.last.kind !== 'ok') continue;
        if (!o.changing && fl.firstCounts.some((n, m) => n !== fl.lastCounts[m])) return failure(E.instancesChanged);
        const gone = [...fl.appeared, ...fl.vanished].flatMap((of) => of.ids.map((_, i) => instanceName(of, i)));
        if (gone.length > 0)
          note(`not in both the first and the last record, left out: ${listed([...new Set(gone)])}`, share.node);
        fl.delta.forEach((delta, m) => {
          const short = shortMetric(metrics[m] ?? share.metrics[m]!);
          const devices = distinct(fl.instances[m]!);
          delta.forEach((value, i) => {
            table.add(share.node, devices[i]!, short, value);
          });
        });
      }
      if (table.empty) return failure(E.tooFewPoints);
      return table.toObject(note, { keyOf: (name) => name.replaceAll('.', '-') });
    },
  };
}

/** §2.1. Bytes are KiB. */
export const block = device('Block', 'block', [
  'disk.dev.read',
  'disk.dev.read_bytes',
  'disk.dev.write',
  'disk.dev.write_bytes',
]);
/** §2.2 */
export const gpfs = device('Gpfs', 'gpfs', [
  'gpfs.fsios.read_bytes',
  'gpfs.fsios.write_bytes',
  'gpfs.fsios.reads',
  'gpfs.fsios.writes',
]);
const PORT = ['in.bytes', 'in.packets', 'out.bytes', 'out.packets'];
/** §2.3, from the counters of the switch, else from the adapter's own, which PCP's agent keeps from saturating. */
export const infiniband = device(
  'InfiniBand',
  'infiniband',
  PORT.map((name) => `infiniband.port.switch.${name}`),
  { others: [PORT.map((name) => `infiniband.port.${name}`)] },
);
/** §2.4 */
export const lustre = device('Lustre', 'lustre', ['lustre.llite.read_bytes.total', 'lustre.llite.write_bytes.total']);
/** §2.5, with the packets that the reference meant to collect. */
export const network = device('Network', 'network', ['network.interface.in.bytes', 'network.interface.out.bytes'], {
  optional: ['network.interface.in.packets', 'network.interface.out.packets'],
});
/** §2.6. Mounts come and go (autofs). */
export const nfs = device(
  'Nfs',
  'nfs',
  ['read', 'write'].flatMap((way) => ['normal', 'direct', 'server'].map((kind) => `nfsclient.bytes.${way}.${kind}`)),
  { changing: true },
);

const LNET = ['drop', 'recv', 'send'];
const LNET_METRICS = ['lustre.lnet', 'lustrecomm.stats'].map((agent) =>
  ['length', 'count'].flatMap((what) => LNET.map((n) => `${agent}.${n}_${what}`)),
);

/** §2.7, from either of PCP's agents for Lustre, which read the same file. */
export const lnet: Analytic = {
  cls: 'Lnet',
  key: 'lnet',
  section: 'summary',
  alternatives: LNET_METRICS,
  units: trafficUnits(LNET_METRICS.flat()),
  counts: true,
  declare: () => ({ mode: 'firstlast', reducers: [{ kind: 'FIRSTLAST' }] }),
  finish(shares, _job, _data, note) {
    const nodes: (readonly number[])[] = [];
    for (const share of shares) {
      const fl = reducer(share, 0, 'FIRSTLAST');
      if (fl.calls < 2 || fl.first.kind !== 'ok' || fl.last.kind !== 'ok') continue;
      const values = matrixOf(fl, share, note).rows.map((row) => row[0]);
      if (values.every((x) => x !== undefined)) nodes.push(values);
    }
    if (nodes.length === 0) return failure(E.tooFewPoints);
    const keys = [...LNET, ...LNET.map((n) => `${n}_count`)];
    return Object.fromEntries(keys.map((key, m) => [key, stats(nodes.map((values) => values[m]!))]));
  },
};
