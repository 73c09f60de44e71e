// Owns reading the label out of the decoder, and comparing the labels of an archive's files.

import { JobsumError, type Problem } from '../../kernel/index.ts';
import type { Source } from '../wasm/fault.ts';
import * as L from '../wasm/layout.gen.ts';
import type { Wasm } from '../wasm/wasm.ts';
import type { ArchiveLabel } from './metric.ts';
import { storedStamp } from './values.ts';

/** Bytes kept for host and time zone in version 2; version 3 has 256 for each text. The last is for the NUL, whatever it holds. */
const HOST_V2 = 64;
const ZONE_V2 = 40;

function text(wasm: Wasm, address: number, limit: number): Buffer {
  const bytes = wasm.bytes.subarray(address, address + limit - 1);
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end));
}

/** The label just accepted, while it lies in the window. */
export function acceptedLabel(wasm: Wasm, reader: number): ArchiveLabel {
  const limit = wasm.i32(reader + L.Reader.stringRoom);
  const old = limit === HOST_V2;
  const host = wasm.u32(reader + L.Reader.host);
  const zoneinfo = wasm.u32(reader + L.Reader.zoneinfo);
  const hostBytes = text(wasm, host, limit);
  const timezoneBytes = text(wasm, wasm.u32(reader + L.Reader.timezone), old ? ZONE_V2 : limit);
  return {
    version: wasm.i32(reader + L.Reader.version) as 2 | 3,
    pid: wasm.i32(reader + L.Reader.pid),
    host: hostBytes.toString('utf8'),
    hostBytes,
    timezone: timezoneBytes.toString('utf8'),
    timezoneBytes,
    zoneinfo: zoneinfo === 0 ? '' : text(wasm, zoneinfo, limit).toString('utf8'),
    startText: storedStamp(wasm.view, host - (old ? 12 : 24), old ? 2 : 3),
    startNs: wasm.i64(reader + L.Reader.startNs),
  };
}

/** The label of the data counts; PCP refuses an archive whose metadata or index have another, which loses all that is good. */
export function labelConflicts(
  data: ArchiveLabel,
  meta: { readonly label: ArchiveLabel; readonly file: string },
  index: { readonly label: ArchiveLabel; readonly file: string } | null,
): { readonly problems: Problem[]; readonly otherIndex: boolean } {
  const same = (a: ArchiveLabel): boolean => a.host === data.host && a.pid === data.pid;
  const problems: Problem[] = [];
  if (!same(meta.label))
    problems.push({
      ...{ code: 'E_ARCHIVE_LABEL', message: 'the labels of data and metadata differ', file: meta.file, volume: -1 },
      ...{ record: 'label', expected: `${data.host}, process ${data.pid}` },
      found: `${meta.label.host}, process ${meta.label.pid}`,
    });
  const otherIndex = index !== null && !(same(index.label) && index.label.version === data.version);
  if (otherIndex) {
    const text = (l: ArchiveLabel): string => `${l.host}, process ${l.pid}, version ${l.version}`;
    const message = 'the temporal index is that of another archive';
    const differ = { expected: text(data), found: text(index.label) };
    problems.push({ code: 'E_ARCHIVE_INDEX', message, file: index.file, record: 'label', ...differ });
  }
  return { problems, otherIndex };
}

/** A volume must be of the metadata's version; a later one that is not is read by its own label, and that reported. */
export function versionConflict(found: number, expected: number, { file, volume }: Source): JobsumError | null {
  if (found === expected) return null;
  return new JobsumError('E_ARCHIVE_LABEL', 'the volume is of another version than the metadata', {
    ...{ file, volume },
    expected: `version ${expected}`,
    found: `version ${found}`,
  });
}
