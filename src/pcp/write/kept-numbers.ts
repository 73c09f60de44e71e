// Owns the numbers of instances in copies of several archives: PCP goes by them, so each name keeps one, which no other has.

import type { LabelRecord } from '../archive/annotations.ts';
import type { Member } from '../archive/domains.ts';
import type { RawSet } from '../archive/records.ts';
import { type Domain, textOf } from './copy-domains.ts';

const HIGHEST = 0x7fff_ffff;
/** Bytes of a label record's body before its sets, and of a set before its text, behind it and for each label. */
const [HEAD, SET_HEAD, SET_COUNT, ENTRY] = [12, 8, 4, 8];

/** What is kept of an instance domain. */
class Numbers {
  /** By name; of instances without one, or of one that several have, by more than that. */
  readonly #byName = new Map<string, number>();
  readonly #taken = new Set<number>();
  #next = 0;

  /** The name's number: the one that it has in the archive where it is met first, if no other name has it. */
  of(name: string, id: number): number {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const number = this.#taken.has(id) ? this.#free() : id;
    this.#byName.set(name, number);
    this.#taken.add(number);
    this.#next = Math.max(this.#next, number + 1);
    return number;
  }

  /** Not to be given to a name that comes later: those of the same version keep theirs. */
  reserve(members: readonly Member[]): void {
    for (const { id } of members) this.#next = Math.max(this.#next, id + 1);
  }

  #free(): number {
    let number = this.#next <= HIGHEST ? this.#next : 0;
    while (this.#taken.has(number)) number++;
    return number;
  }
}

interface Renumbered {
  readonly domain: Domain;
  /** By the number in the source. */
  readonly numbers: ReadonlyMap<number, number>;
}

export class KeptNumbers {
  readonly #domains = new Map<number, Numbers>();
  readonly #known = new WeakMap<Domain, Renumbered>();

  #numbers(indom: number): Numbers {
    const known = this.#domains.get(indom) ?? new Numbers();
    this.#domains.set(indom, known);
    return known;
  }

  /** A version of a domain in the numbers of the copy. */
  domain(indom: number, domain: Domain): Domain {
    return this.#renumbered(indom, domain).domain;
  }

  members(indom: number, members: readonly Member[]): Member[] {
    const numbers = this.#numbers(indom);
    numbers.reserve(members);
    const met = new Set<string>();
    return members.map(({ id, name }) => {
      const text = name.toString('latin1');
      const key = met.has(text) ? `${text}\0${id}` : text;
      met.add(text);
      return { id: numbers.of(key, id), name };
    });
  }

  #renumbered(indom: number, domain: Domain): Renumbered {
    const known = this.#known.get(domain);
    if (known) return known;
    const members = this.members(indom, domain.members);
    const found = {
      domain: { version: domain.version, members, text: textOf(members) },
      numbers: new Map(domain.members.map((m, i) => [m.id, members[i]!.id])),
    };
    this.#known.set(domain, found);
    return found;
  }

  /** The number in the copy of an instance that has this one in the source. `domain`: in force there. */
  #numberOf(indom: number, domain: Domain | null, id: number): number {
    const named = domain ? this.#renumbered(indom, domain).numbers.get(id) : undefined;
    return named ?? this.#numbers(indom).of(`\0${id}`, id);
  }

  set(set: RawSet, domain: Domain | null): RawSet {
    const { indom } = set.metric;
    return { ...set, instances: set.instances.map((id) => this.#numberOf(indom, domain, id)) };
  }

  /** The body of a label record; those of instances name them by number. */
  labels({ class: of, id: indom, sets, body }: LabelRecord, domain: Domain | null): Buffer {
    if (of !== 'instances') return body;
    const renumbered = Buffer.from(body);
    let at = HEAD;
    for (const _ of sets) {
      renumbered.writeInt32BE(this.#numberOf(indom, domain, renumbered.readInt32BE(at)), at);
      at += SET_HEAD + renumbered.readInt32BE(at + 4);
      at += SET_COUNT + ENTRY * renumbered.readInt32BE(at);
    }
    return renumbered;
  }
}
