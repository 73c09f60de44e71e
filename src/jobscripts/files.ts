// Owns saved job scripts on disk (jobscripts.md §1): which files there are, whose they are, and their text. All of it untrusted.

import { closeSync, constants, type Dirent, fstatSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

export interface ScriptFile {
  readonly path: string;
  /** Epoch seconds of the midnight (UTC) of its directory's date. */
  readonly day: number;
  /** Number of the job, or of the array's leader. */
  readonly base: number;
  /** `[7]`: that element; `all`: `[]`, every element; null: no brackets. */
  readonly element: number | 'all' | null;
  /** Changes with the file. */
  readonly signature: string;
}

/** What a TEXT column holds, in encoded bytes. */
export const MAX_BYTES = 65_535;
const MAX_DEPTH = 8;
const NAME = /^(\d*)(\[(\d*)\])?\.savescript(.*)$/s;

/** Midnight UTC of a directory's name; null: it is none of a day. */
function dayOf(name: string): number | null {
  const m = /^(\d{4})(\d\d)(\d\d)$/.exec(name);
  if (!m) return null;
  const at = Date.UTC(Number(m[1]), Number(m[2]) - 1, Number(m[3]));
  return new Date(at).toISOString().slice(0, 10) === `${m[1]}-${m[2]}-${m[3]}` ? at / 1000 : null;
}

function list(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

/** A file by its name; undefined: no script, null: a script's name without a job. */
function scriptOf(path: string, name: string, day: number): ScriptFile | null | undefined {
  const m = NAME.exec(name);
  if (!m) return undefined;
  const base = Number(m[1]);
  const element = m[2] === undefined ? null : m[3] === '' ? 'all' : Number(m[3]);
  if (m[1] === '' || !Number.isSafeInteger(base)) return null;
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile()) return undefined;
  return { path, day, base, element, signature: `${stat.size}:${Math.round(stat.mtimeMs)}` };
}

/** The id as the file's name has it. */
export const idOf = ({ base, element }: Pick<ScriptFile, 'base' | 'element'>): string =>
  element === null ? String(base) : `${base}[${element === 'all' ? '' : element}]`;

/** Days below the root, ascending. */
export function scriptDays(root: string): { readonly path: string; readonly day: number }[] {
  return list(root).flatMap((e) => {
    const day = e.isDirectory() ? dayOf(e.name) : null;
    return day === null ? [] : [{ path: join(root, e.name), day }];
  });
}

/** Scripts of a day, at any depth; of several for one job the one to be believed comes last. */
export function scriptsOf(directory: string, day: number): { files: ScriptFile[]; rejected: string[] } {
  const files: ScriptFile[] = [];
  const rejected: string[] = [];
  const walk = (at: string, depth: number): void => {
    for (const entry of list(at)) {
      const path = join(at, entry.name);
      if (entry.isDirectory() && depth < MAX_DEPTH) walk(path, depth + 1);
      else if (entry.isFile()) {
        const script = scriptOf(path, entry.name, day);
        if (script) files.push(script);
        else if (script === null) rejected.push(path);
      }
    }
  };
  walk(directory, 0);
  const exact = (f: ScriptFile): number => (f.path.endsWith('.savescript') ? 1 : 0);
  return { files: files.sort((a, b) => exact(a) - exact(b)), rejected };
}

/** Text as the table can hold it: valid, without four-byte characters, cut between characters. */
export function readScript(path: string): string {
  // Not through a link that took the file's place since it was listed.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!fstatSync(fd).isFile()) return '';
    const buffer = Buffer.alloc(MAX_BYTES);
    let got = 0;
    for (let n = -1; n !== 0 && got < MAX_BYTES; got += n) n = readSync(fd, buffer, got, MAX_BYTES - got, got);
    return fitScript(buffer.subarray(0, got).toString('utf8'));
  } finally {
    closeSync(fd);
  }
}

export function fitScript(text: string): string {
  // The table's character set has three bytes a character.
  const plain = text.replace(/[\u{10000}-\u{10ffff}]/gu, '\ufffd');
  const bytes = Buffer.from(plain, 'utf8');
  if (bytes.length <= MAX_BYTES) return plain;
  let end = MAX_BYTES;
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end).toString('utf8');
}
