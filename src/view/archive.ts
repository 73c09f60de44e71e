// Owns what `archive info` prints.

import type { ArchiveInfo } from '../decode/index.ts';
import { formatDuration, formatSeconds } from '../kernel/index.ts';
import { bytes, clean, table } from './text.ts';

export function archiveLines(info: ArchiveInfo): string[] {
  const span =
    info.end === null
      ? `${formatSeconds(info.start)} UTC, end not known`
      : `${formatSeconds(info.start)} to ${formatSeconds(info.end)} UTC, ${formatDuration(info.end - info.start)}`;
  const volumes = info.volumes.reduce((sum, v) => sum + v.bytes, 0);
  const head = table([
    ['archive', clean(info.archive)],
    ['version', String(info.version)],
    ['host', `${clean(info.host)} (${clean(info.timezone)}), logger process ${info.pid}`],
    ['span', span],
    [
      'volumes',
      `${info.volumes.length}, ${bytes(volumes)}; metadata ${bytes(info.metaBytes)}; ${info.indexEntries} index entries`,
    ],
    ['metrics', String(info.metrics.length)],
    ['domains', `${info.indoms.length}, ${info.indoms.reduce((sum, d) => sum + d.versions, 0)} versions`],
  ]);
  const metrics = table(
    [
      ['METRIC', 'PMID', 'TYPE', 'SEMANTICS', 'UNITS', 'DOMAIN', 'INSTANCES'],
      ...info.metrics.map((m) => [
        clean(m.name),
        m.pmid,
        m.type,
        m.semantics,
        m.units,
        m.indom ?? '-',
        m.instances === null ? '-' : String(m.instances),
      ]),
    ],
    [6],
  );
  return [...head, '', ...metrics];
}
