// Owns what surrounds the values of the archives that are open as one: instance domains, labels, help texts. Read when first asked for.

import { type Annotations, type LabelClass, labelsAt } from '../archive/annotations.ts';
import { domainVersions } from '../archive/domains.ts';
import type { Member } from '../archive/members.ts';
import { type Metric, NO_INDOM } from '../archive/metric.ts';
import { ArchiveReader } from '../archive/reader.ts';
import { lend, type Wasm } from '../wasm/wasm.ts';

/** A member of an instance domain. */
export interface Instance {
  readonly id: number;
  readonly name: string;
}

/** Help texts of a metric or an instance domain. */
export interface Help {
  readonly oneline: string;
  readonly text: string;
}

interface Version {
  readonly ns: bigint;
  readonly members: readonly Instance[];
}

const NO_ID = 0xffffffff;

/** Versions, labels and texts of all members: of what several say for one time the last counts. */
export class Surroundings {
  readonly #members: readonly Member[];
  readonly #salvage: boolean;
  readonly #domains = new Map<number, readonly Version[]>();
  #annotations: Annotations | null = null;

  constructor(members: readonly Member[], salvage: boolean) {
    this.#members = members;
    this.#salvage = salvage;
  }

  #each(annotations: boolean, visit: (wasm: Wasm, reader: ArchiveReader) => void): void {
    for (const { path } of this.#members) {
      lend((wasm) => {
        wasm.x.openSession(0);
        const reader = new ArchiveReader(wasm, path, { salvage: this.#salvage, annotations });
        try {
          visit(wasm, reader);
        } finally {
          reader.close();
        }
      });
    }
  }

  instances(indom: number, at?: bigint): readonly Instance[] {
    if (indom === NO_INDOM) return [];
    let versions = this.#domains.get(indom);
    if (!versions) {
      const all: Version[] = [];
      this.#each(false, (wasm, reader) => {
        for (const { ns, members } of domainVersions(wasm, reader, indom)) {
          all.push({ ns, members: members.map((m) => ({ id: m.id, name: m.name.toString('utf8') })) });
        }
      });
      versions = all.sort((a, b) => (a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : 0));
      this.#domains.set(indom, versions);
    }
    if (at !== undefined) return versions.findLast((v) => v.ns <= at)?.members ?? [];
    const newest = new Map<number, Instance>();
    for (const { members } of versions.toReversed()) {
      for (const member of members) if (!newest.has(member.id)) newest.set(member.id, member);
    }
    return [...newest.values()].sort((a, b) => a.id - b.id);
  }

  #annotated(): Annotations {
    if (this.#annotations) return this.#annotations;
    const all: Annotations = { labels: [], texts: [] };
    this.#each(true, (_, { annotations }) => {
      all.labels.push(...annotations!.labels);
      all.texts.push(...annotations!.texts);
    });
    this.#annotations = all;
    return all;
  }

  labels(metric: Metric | undefined, at: bigint, instance: number | undefined): Map<string, string> {
    const result = new Map<string, string>();
    const add = (labelClass: LabelClass, id: number, of = -1): void => {
      const record = labelsAt(this.#annotated(), labelClass, id, at);
      for (const set of record?.sets ?? []) {
        if (set.instance === of || labelClass !== 'instances') for (const l of set.labels) result.set(l.name, l.value);
      }
    };
    add('context', NO_ID);
    if (!metric) return result;
    const { pmid, indom } = metric;
    add('domain', (pmid >>> 22) & 0x1ff);
    if (indom !== NO_INDOM) add('indom', indom);
    add('cluster', (pmid & ~0x3ff) >>> 0);
    add('item', pmid);
    if (indom !== NO_INDOM && instance !== undefined) add('instances', indom, instance);
    return result;
  }

  help(of: 'metric' | 'indom', id: number): Help | null {
    const texts = this.#annotated().texts.filter((t) => t.of === of && t.id === id);
    const oneline = texts.findLast((t) => t.kind === 'oneline')?.text;
    const text = texts.findLast((t) => t.kind === 'help')?.text;
    if (oneline === undefined && text === undefined) return null;
    // Many archives hold an empty long text.
    return { oneline: oneline ?? '', text: text || (oneline ?? '') };
  }
}
