// Owns reading instance domains out of an open archive: the members at a time, and all there ever were.

import * as L from '../wasm/layout.gen.ts';
import type { Wasm } from '../wasm/wasm.ts';
import { affordInstances } from './metadata-room.ts';
import { NO_INDOM } from './metric.ts';
import type { ArchiveReader } from './reader.ts';

/** What the decoder gives for an instance without name. */
export const NO_STRING = 0xffffffff;

export interface Member {
  readonly id: number;
  /** Bytes of the name. */
  readonly name: Buffer;
}

/** A copy of a session string, by its number. */
export function sessionBytes(wasm: Wasm, id: number): Buffer {
  const at = wasm.x.stringsAddress() + id * L.Text.SIZE;
  const p = wasm.u32(at + L.Text.bytes);
  return Buffer.from(wasm.bytes.subarray(p, p + wasm.u32(at + L.Text.length)));
}

function membersOf(wasm: Wasm, version: number): Member[] {
  const n = wasm.i32(version + L.Version.count);
  const ids = wasm.u32(version + L.Version.ids);
  const names = wasm.u32(version + L.Version.names);
  return Array.from({ length: n }, (_, i) => ({
    id: wasm.i32(ids + 4 * i),
    name: sessionBytes(wasm, wasm.u32(names + 4 * i)),
  }));
}

/** Address of the version in force at a time, 0 if none: equal addresses mean equal members. */
export function versionAt(wasm: Wasm, reader: ArchiveReader, indom: number, ns: bigint): number {
  const domain = wasm.x.findIndom(reader.address, indom, 0);
  return domain === 0 ? 0 : wasm.x.versionAt(domain, ns) >>> 0;
}

/** Members of a version, ids ascending. */
export function versionMembers(wasm: Wasm, version: number): Member[] {
  return membersOf(wasm, version);
}

/** Every instance that the archive ever names, by id, with its newest name; null if the domain has no version. @throws JobsumError E_ARCHIVE_LIMIT */
export function allMembers(wasm: Wasm, reader: ArchiveReader, indom: number): Member[] | null {
  const domain = wasm.x.findIndom(reader.address, indom, 0);
  const n = domain === 0 ? 0 : wasm.i32(domain + L.Domain.count);
  if (n === 0) return null;
  const versions = wasm.u32(domain + L.Domain.versions);
  const all = new Map<number, Member>();
  for (let i = n - 1; i >= 0; i--) {
    const version = versions + i * L.Version.SIZE;
    const ids = wasm.u32(version + L.Version.ids);
    const names = wasm.u32(version + L.Version.names);
    for (let k = 0; k < wasm.i32(version + L.Version.count); k++) {
      const id = wasm.i32(ids + 4 * k);
      // Odd domains have an instance twice: the first counts.
      if (!all.has(id)) all.set(id, { id, name: sessionBytes(wasm, wasm.u32(names + 4 * k)) });
    }
    affordInstances(all.size, reader.files.meta);
  }
  return [...all.values()].sort((a, b) => a.id - b.id);
}

/** Names of instances at a time; a number that the domain does not have is its own name. Without domain: no names. */
export function instancesAt(
  wasm: Wasm,
  reader: ArchiveReader,
  indom: number,
  ns: bigint,
  ids: readonly number[],
): string[] {
  if (indom === NO_INDOM) return [];
  const version = versionAt(wasm, reader, indom, ns);
  return ids.map((id) => {
    const name = version === 0 ? NO_STRING : wasm.x.nameIn(version, id) >>> 0;
    return name === NO_STRING ? String(id) : sessionBytes(wasm, name).toString('utf8');
  });
}

/**
 * Who the instances of a set are, as the decoder tells them apart (assembly/archive/identity.ts): the name; name, NUL and number
 * where several members of the domain have the name; NUL and number where none has the number. No name holds a NUL.
 */
export class InstanceIdentities {
  readonly #wasm: Wasm;
  readonly #reader: ArchiveReader;
  /** Names of several members, by version. */
  readonly #shared = new Map<number, ReadonlySet<string>>();

  constructor(wasm: Wasm, reader: ArchiveReader) {
    this.#wasm = wasm;
    this.#reader = reader;
  }

  at(indom: number, ns: bigint, ids: readonly number[]): string[] {
    if (indom === NO_INDOM) return [];
    const version = versionAt(this.#wasm, this.#reader, indom, ns);
    return ids.map((id) => {
      const string = version === 0 ? NO_STRING : this.#wasm.x.nameIn(version, id) >>> 0;
      if (string === NO_STRING) return `\0${id}`;
      const name = sessionBytes(this.#wasm, string).toString('utf8');
      return this.#sharedIn(version).has(name) ? `${name}\0${id}` : name;
    });
  }

  #sharedIn(version: number): ReadonlySet<string> {
    let shared = this.#shared.get(version);
    if (!shared) {
      const names = versionMembers(this.#wasm, version).map((m) => m.name.toString('utf8'));
      const met = new Set<string>();
      shared = new Set(names.filter((name) => met.size === met.add(name).size));
      this.#shared.set(version, shared);
    }
    return shared;
  }
}

/** All versions of a domain in order of time. @throws JobsumError E_ARCHIVE_LIMIT */
export function domainVersions(wasm: Wasm, reader: ArchiveReader, indom: number): { ns: bigint; members: Member[] }[] {
  const domain = wasm.x.findIndom(reader.address, indom, 0);
  const n = domain === 0 ? 0 : wasm.i32(domain + L.Domain.count);
  const versions = domain === 0 ? 0 : wasm.u32(domain + L.Domain.versions);
  const members = Array.from({ length: n }, (_, i) => wasm.i32(versions + i * L.Version.SIZE + L.Version.count));
  affordInstances(
    members.reduce((sum, m) => sum + m, 0),
    reader.files.meta,
  );
  return Array.from({ length: n }, (_, i) => {
    const at = versions + i * L.Version.SIZE;
    return { ns: wasm.i64(at + L.Version.ns), members: membersOf(wasm, at) };
  });
}
