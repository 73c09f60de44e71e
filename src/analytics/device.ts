// Owns the device analytics: counters of block devices, interfaces, mounts, ports, from the first to the last record (§1.11.1).

import { type Analytic, E, failure } from './analytic.ts';
import { instanceName, reducer, Table } from './collect.ts';

/** `disk.dev.read_bytes` → `read_bytes`, `network.interface.in.bytes` → `in-bytes`. */
function shortMetric(name: string): string {
  return name.split('.').slice(2).join('-');
}

function device(cls: string, key: string, metrics: readonly string[], optional: readonly string[] = []): Analytic {
  return {
    cls,
    key,
    section: 'summary',
    alternatives: [metrics],
    optional,
    declare: () => ({ mode: 'firstlast', empty: 'stop', reducers: [{ kind: 'FIRSTLAST' }] }),
    finish(shares) {
      const table = new Table();
      for (const share of shares) {
        const fl = reducer(share, 0, 'FIRSTLAST');
        if (fl.calls < 2 || fl.first.kind !== 'ok' || fl.last.kind !== 'ok') continue;
        // One node whose devices changed spoils the whole (KEEP): a sum over fewer nodes would mislead.
        if (fl.firstCounts.some((n, m) => n !== fl.lastCounts[m])) return failure(E.instancesChanged);
        fl.delta.forEach((delta, m) => {
          const short = shortMetric(share.metrics[m]!);
          delta.forEach((value, i) => {
            table.add(instanceName(fl.instances[m]!, i).replaceAll('.', '-'), short, value);
          });
        });
      }
      return table.empty ? failure(E.tooFewPoints) : table.toObject();
    },
  };
}

/** §2.1. Bytes are KiB: the metric's own unit. */
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
/** §2.3 */
export const infiniband = device('InfiniBand', 'infiniband', [
  'infiniband.port.switch.in.bytes',
  'infiniband.port.switch.in.packets',
  'infiniband.port.switch.out.bytes',
  'infiniband.port.switch.out.packets',
]);
/** §2.4 */
export const lustre = device('Lustre', 'lustre', ['lustre.llite.read_bytes.total', 'lustre.llite.write_bytes.total']);
/** §2.5, with the packets that the reference meant to collect. */
export const network = device(
  'Network',
  'network',
  ['network.interface.in.bytes', 'network.interface.out.bytes'],
  ['network.interface.in.packets', 'network.interface.out.packets'],
);
/** §2.6 */
export const nfs = device('Nfs', 'nfs', [
  'nfsclient.bytes.read.normal',
  'nfsclient.bytes.read.direct',
  'nfsclient.bytes.read.server',
  'nfsclient.bytes.write.normal',
  'nfsclient.bytes.write.direct',
  'nfsclient.bytes.write.server',
]);
