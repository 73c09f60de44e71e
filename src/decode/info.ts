// Owns what can be said of an archive without reading all of it: label, span, volumes, metrics, instance counts.

import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { Problem } from '../kernel/index.ts';
import { allMembers } from './domains.ts';
import { fileSetBytes } from './fileset.ts';
import { type ArchiveProbe, glanceArchive } from './glance.ts';
import {
  type DomainInfo,
  domainInfos,
  type LabelInfo,
  labelInfo,
  type TextInfo,
  textInfo,
} from './info-annotations.ts';
import * as L from './layout.gen.ts';
import { indomText, type Metric, NO_INDOM, pmidText } from './metric.ts';
import { ArchiveReader } from './reader.ts';
import { isPacked } from './source.ts';
import { unitsText } from './units.ts';
import { SEMANTICS_NAMES, TYPE_NAMES } from './values.ts';
import { lend, Wasm } from './wasm.ts';

export interface ArchiveInfo {
  readonly archive: string;
  readonly version: number;
  readonly host: string;
  readonly timezone: string;
  readonly pid: number;
  /** Epoch seconds of the label and of the last record. */
  readonly start: number;
  readonly end: number | null;
  readonly volumes: readonly { readonly file: string; readonly bytes: number }[];
  readonly metaBytes: number;
  readonly indexEntries: number;
  readonly metrics: readonly {
    readonly name: string;
    readonly pmid: string;
    readonly type: string;
    readonly semantics: string;
    readonly units: string;
    readonly indom: string | null;
    /** Instances the archive ever names; null without instance domain. */
    readonly instances: number | null;
  }[];
  readonly indoms: readonly { readonly indom: string; readonly versions: number; readonly instances: number }[];
  readonly problems: readonly Problem[];
  /** Only those asked for. */
  readonly labels?: readonly LabelInfo[];
  readonly texts?: readonly TextInfo[];
  readonly domains?: readonly DomainInfo[];
}

export interface InfoOptions {
  /** All label sets; help texts; instance domains with their versions. */
  readonly labels?: boolean;
  readonly texts?: boolean;
  readonly domains?: boolean;
}

const seconds = (ns: bigint): number => Number(ns / 1000n) / 1e6;

/** Time of the record that ends exactly at the end of the last volume that has one, by its trailer. */
function tailTime(reader: ArchiveReader): bigint | null {
  const head = reader.label.version === 2 ? { label: 132, min: 20 } : { label: 808, min: 24 };
  for (const volume of [...reader.files.volumes].reverse()) {
    if (isPacked(volume.path)) return null;
    const { size } = statSync(volume.path);
    if (size <= head.label) continue;
    const fd = openSync(volume.path, 'r');
    try {
      const word = Buffer.alloc(4);
      readSync(fd, word, 0, 4, size - 4);
      const length = word.readInt32BE(0);
      if (length < head.min || length > size - head.label) return null;
      const record = Buffer.alloc(20);
      readSync(fd, record, 0, 20, size - length);
      if (record.readInt32BE(0) !== length) return null;
      if (head.label === 132)
        return BigInt(record.readInt32BE(4)) * 1_000_000_000n + BigInt(record.readInt32BE(8)) * 1000n;
      const s = (BigInt(record.readInt32BE(8)) << 32n) | BigInt(record.readUInt32BE(4));
      return s * 1_000_000_000n + BigInt(record.readInt32BE(12));
    } finally {
      closeSync(fd);
    }
  }
  return null;
}

/** Time of the index's last entry, if it is about the last volume: pmlogger makes one for the last record when it closes. */
function indexTime(wasm: Wasm, reader: ArchiveReader): bigint | null {
  const n = wasm.i32(reader.address + L.R_NINDEX);
  if (n === 0) return null;
  const entry = wasm.u32(reader.address + L.R_INDEX) + (n - 1) * L.X_SIZE;
  return wasm.i32(entry + L.X_VOL) === reader.files.volumes.at(-1)!.number ? wasm.i64(entry + L.X_NS) : null;
}

/** Time of the last whole record: from the tail or, if it is compressed, the index; else by reading on from the last index entry, or from the start. */
function endOf(wasm: Wasm, reader: ArchiveReader): bigint | null {
  const tail = tailTime(reader);
  if (tail !== null) return tail;
  const indexed = isPacked(reader.files.volumes.at(-1)!.path) ? indexTime(wasm, reader) : null;
  if (indexed !== null) return indexed;
  reader.seek(2n ** 63n - 1n);
  let last: bigint | null = null;
  while (reader.next()) last = wasm.i64(reader.address + L.R_NS);
  return last;
}

/**
 * Label and span of an archive, for the catalogue. With the suffixes of its files, as a scan finds them, whole archives are only glanced at.
 * @throws JobsumError E_ARCHIVE_* if it cannot be opened
 */
export function probeArchive(path: string, members?: readonly string[]): ArchiveProbe {
  const glance = members ? glanceArchive(path, members) : null;
  if (glance) return glance;
  return lend((wasm) => {
    wasm.x.openSession(0);
    const reader = new ArchiveReader(wasm, path);
    try {
      const endNs = endOf(wasm, reader);
      const problem = reader.problems[0];
      return {
        host: reader.label.host,
        startNs: reader.label.startNs,
        endNs,
        bytes: fileSetBytes(reader.files),
        ...(problem ? { problem } : {}),
      };
    } finally {
      reader.close();
    }
  });
}

/** @throws JobsumError E_ARCHIVE_* if the archive cannot be opened */
export function archiveInfo(path: string, options: InfoOptions = {}): ArchiveInfo {
  const wasm = new Wasm();
  wasm.x.openSession(0);
  const annotations = options.labels === true || options.texts === true;
  const reader = new ArchiveReader(wasm, path, { annotations });
  try {
    const { label, files } = reader;
    const members = new Map<number, number>();
    const count = (indom: number): number => {
      const known = members.get(indom) ?? allMembers(wasm, reader, indom)?.length ?? 0;
      members.set(indom, known);
      return known;
    };
    const metric = (m: Metric) => ({
      name: m.name,
      pmid: pmidText(m.pmid),
      type: TYPE_NAMES[m.type] ?? String(m.type),
      semantics: SEMANTICS_NAMES[m.semantics] ?? String(m.semantics),
      units: unitsText(m.units),
      indom: m.indom === NO_INDOM ? null : indomText(m.indom),
      instances: m.indom === NO_INDOM ? null : count(m.indom),
    });
    const domains = wasm.u32(reader.address + L.R_INDOMS);
    const indoms = Array.from({ length: wasm.i32(reader.address + L.R_NINDOMS) }, (_, i) => {
      const d = wasm.u32(domains + 4 * i);
      const word = wasm.u32(d + L.I_WORD);
      return { indom: indomText(word), versions: wasm.i32(d + L.I_N), instances: count(word) };
    });
    const indexEntries = wasm.i32(reader.address + L.R_NINDEX);
    const metrics = reader.metrics.map(metric).sort((a, b) => (a.name < b.name ? -1 : 1));
    const end = endOf(wasm, reader);
    return {
      archive: files.base,
      version: label.version,
      host: label.host,
      timezone: label.timezone,
      pid: label.pid,
      start: seconds(label.startNs),
      end: end === null ? null : seconds(end),
      volumes: files.volumes.map((v) => ({ file: v.path, bytes: statSync(v.path).size })),
      metaBytes: statSync(files.meta).size,
      indexEntries,
      metrics,
      indoms,
      problems: [...reader.problems],
      ...(options.labels ? { labels: reader.annotations!.labels.map(labelInfo) } : {}),
      ...(options.texts ? { texts: reader.annotations!.texts.map(textInfo) } : {}),
      ...(options.domains ? { domains: domainInfos(wasm, reader) } : {}),
    };
  } finally {
    reader.close();
  }
}
