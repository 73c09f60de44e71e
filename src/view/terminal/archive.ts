// Owns what `archive info` prints.

import { clean } from '../../kernel/clean.ts';
import { bytes, counted, formatDuration, formatSeconds } from '../../kernel/index.ts';
import type { ArchiveInfo } from '../../pcp/index.ts';
import { table } from './text.ts';

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
  return [...head, '', ...metrics, ...labelLines(info), ...textLines(info), ...domainLines(info)];
}

const when = (ns: string): string => `${formatSeconds(Number(BigInt(ns) / 1_000_000_000n))} UTC`;

function labelLines({ labels }: ArchiveInfo): string[] {
  if (!labels) return [];
  const lines = labels.flatMap((l) => {
    const sets = l.sets.map(({ instance, labels: set, error }) => {
      const pairs = Object.entries(set).map(([name, value]) => `${name}=${value}`);
      const text = error === undefined ? pairs.join(' ') || '(none)' : `error ${error}`;
      return `    ${instance === undefined ? '' : `${instance}: `}${clean(text)}`;
    });
    return [`  ${l.class}${l.of === undefined ? '' : ` ${l.of}`} from ${when(l.ns)}`, ...sets];
  });
  return ['', 'LABELS', ...lines];
}

function textLines({ texts }: ArchiveInfo): string[] {
  if (!texts) return [];
  const lines = texts.flatMap((t) => [
    `  ${t.of} (${t.kind})`,
    ...t.text.split('\n').map((line) => `    ${clean(line)}`),
  ]);
  return ['', 'HELP TEXTS', ...lines];
}

function domainLines({ domains }: ArchiveInfo): string[] {
  if (!domains) return [];
  const lines = domains.flatMap((d) =>
    d.versions.flatMap((v) => [
      `  ${d.indom} from ${when(v.ns)}, ${counted(v.instances.length, 'instance')}`,
      ...v.instances.map(([id, name]) => `    ${id} ${clean(JSON.stringify(name))}`),
    ]),
  );
  return ['', 'INSTANCE DOMAINS', ...lines];
}
