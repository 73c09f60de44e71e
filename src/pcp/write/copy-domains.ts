// Owns instance domains in copies: what is in force at a time, written when it changes, as a delta where that is smaller.

import { type Member, versionAt, versionMembers } from '../archive/domains.ts';
import type { ArchiveReader } from '../archive/reader.ts';
import type { Wasm } from '../wasm/wasm.ts';
import type { ArchiveWriter } from './writer.ts';

export interface Domain {
  readonly version: number;
  readonly members: readonly Member[];
  /** Equal texts mean equal members. */
  readonly text: string;
}

export const textOf = (members: readonly Member[]): string =>
  members.map((m) => `${m.id} ${m.name.toString('latin1')}`).join('\n');

/** The domains of an open archive as they were last looked at. */
export class DomainView {
  readonly #wasm: Wasm;
  readonly #reader: ArchiveReader;
  readonly #known = new Map<number, Domain>();

  constructor(wasm: Wasm, reader: ArchiveReader) {
    this.#wasm = wasm;
    this.#reader = reader;
  }

  /** Members of an instance domain at a time, made again only when its version is another; null without one. */
  at(indom: number, ns: bigint): Domain | null {
    const version = versionAt(this.#wasm, this.#reader, indom, ns);
    if (version === 0) return null;
    const known = this.#known.get(indom);
    if (known?.version === version) return known;
    const members = versionMembers(this.#wasm, version);
    const domain = { version, members, text: textOf(members) };
    this.#known.set(indom, domain);
    return domain;
  }
}

interface Changes {
  readonly added: readonly Member[];
  readonly deleted: readonly number[];
}

/** Bytes of an entry beside its name: id, offset, and the NUL behind the name. */
const ENTRY_BYTES = 8;

const bytesOf = (members: readonly Member[]): number =>
  members.reduce((sum, m) => sum + ENTRY_BYTES + m.name.length + 1, 0);

/** What makes `next` out of `before`; null if that cannot be said exactly: an id named twice, or with another name. */
function changes(before: readonly Member[], next: readonly Member[]): Changes | null {
  const old = new Map(before.map((m) => [m.id, m.name]));
  const ids = new Set(next.map((m) => m.id));
  if (old.size !== before.length || ids.size !== next.length) return null;
  if (next.some((m) => old.get(m.id)?.equals(m.name) === false)) return null;
  return { added: next.filter((m) => !old.has(m.id)), deleted: [...old.keys()].filter((id) => !ids.has(id)) };
}

/** Writes instance domains into a copy. */
export class CopiedDomains {
  readonly #writer: ArchiveWriter;
  /** Two versions of one time must both be whole: with several sources that cannot be foreseen. */
  readonly #deltas: boolean;
  readonly #last = new Map<number, { readonly members: readonly Member[]; readonly text: string }>();

  constructor(writer: ArchiveWriter, deltas: boolean) {
    this.#writer = writer;
    this.#deltas = deltas && writer.version === 3;
  }

  /** Writes a domain if it differs from what was written last. */
  change(indom: number, ns: bigint, { members, text }: Domain): void {
    if (this.#last.get(indom)?.text !== text) this.write(indom, ns, members, true, text);
  }

  /** `alone`: no other version has this time. */
  write(indom: number, ns: bigint, members: readonly Member[], alone: boolean, text = ''): void {
    const before = this.#last.get(indom)?.members;
    const delta = before && this.#deltas && alone ? changes(before, members) : null;
    const entries = delta ? bytesOf(delta.added) + ENTRY_BYTES * delta.deleted.length : 0;
    // A version without members cannot be written whole: readers ignore it.
    if (delta && entries > 0 && (entries < bytesOf(members) || members.length === 0)) {
      this.#writer.indomDelta(indom, ns, delta.added, delta.deleted);
    } else this.#writer.indom(indom, ns, members);
    this.#last.set(indom, { members, text });
  }
}
