// Owns labels, help texts and instance domains as plain data for `archive info`.

import type { HelpText, LabelRecord } from '../archive/annotations.ts';
import { domainVersions } from '../archive/domains.ts';
import { indomText, pmidText } from '../archive/metric.ts';
import type { ArchiveReader } from '../archive/reader.ts';
import * as L from '../wasm/layout.gen.ts';
import type { Wasm } from '../wasm/wasm.ts';

export interface LabelInfo {
  /** Nanoseconds, in decimal digits. */
  readonly ns: string;
  readonly class: string;
  /** Domain number, pmID, or instance domain; absent for the context. */
  readonly of?: string;
  readonly sets: readonly {
    readonly instance?: number;
    readonly labels: Readonly<Record<string, string>>;
    readonly error?: number;
  }[];
}

export function labelInfo({ ns, class: labelClass, id, sets }: LabelRecord): LabelInfo {
  const names: Readonly<Record<string, string>> = {
    domain: String(id),
    cluster: pmidText(id),
    item: pmidText(id),
    indom: indomText(id),
    instances: indomText(id),
  };
  const of = names[labelClass];
  return {
    ns: String(ns),
    class: labelClass,
    ...(of === undefined ? {} : { of }),
    sets: sets.map((set) => ({
      ...(labelClass === 'instances' ? { instance: set.instance } : {}),
      labels: Object.fromEntries(set.labels.map((l) => [l.name, l.value])),
      ...(set.error === undefined ? {} : { error: set.error }),
    })),
  };
}

export interface TextInfo {
  readonly kind: 'oneline' | 'help';
  readonly of: string;
  readonly text: string;
}

export function textInfo({ kind, of, id, text }: HelpText): TextInfo {
  return { kind, of: of === 'metric' ? pmidText(id) : indomText(id), text };
}

export interface DomainInfo {
  readonly indom: string;
  readonly versions: readonly { readonly ns: string; readonly instances: readonly (readonly [number, string])[] }[];
}

export function domainInfos(wasm: Wasm, reader: ArchiveReader): DomainInfo[] {
  const domains = wasm.u32(reader.address + L.Reader.domains);
  return Array.from({ length: wasm.i32(reader.address + L.Reader.domainCount) }, (_, i) => {
    const word = wasm.u32(wasm.u32(domains + 4 * i) + L.Domain.word);
    const versions = domainVersions(wasm, reader, word).map(({ ns, members }) => ({
      ns: String(ns),
      instances: members.map((m) => [m.id, m.name.toString('utf8')] as const),
    }));
    return { indom: indomText(word), versions };
  });
}
