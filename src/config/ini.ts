// Owns the portal's ini files: sections of portal_settings.ini and what portal_settings.d overrides, as Open XDMoD reads them.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JobsumError } from '../kernel/index.ts';

/** Section → lower-cased key → text. Values stay text: a password of digits is no number. */
export type Ini = Map<string, Map<string, string>>;

/** `"value"`, with or without a comment behind it; otherwise the text without quotes at its ends. */
function unquote(text: string): string {
  return /^"([^"]*)"\s*(?:;.*)?$/.exec(text)?.[1] ?? text.replace(/^"+|"+$/g, '');
}

/** @throws JobsumError E_CONFIG: a line that is none, or a key twice in one section */
export function parseIni(text: string, file: string): Ini {
  const ini: Ini = new Map();
  let section: Map<string, string> | null = null;
  text.split(/\r?\n/).forEach((raw, i) => {
    const place = { file, line: i + 1 };
    const line = raw.replace(/^\uFEFF/, '').trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) return;
    const head = /^\[(.*)\]$/.exec(line);
    if (head) {
      section = ini.get(head[1]!) ?? new Map<string, string>();
      ini.set(head[1]!, section);
      return;
    }
    const m = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(line);
    // The line may hold a password: it is not shown.
    if (!m || !section)
      throw new JobsumError('E_CONFIG', 'not a line of an ini file', { ...place, expected: 'key = value' });
    const key = m[1]!.toLowerCase();
    if (section.has(key)) throw new JobsumError('E_CONFIG', `the key ${key} is repeated`, place);
    section.set(key, unquote(m[2]!));
  });
  return ini;
}

/**
 * One section of the portal's settings: the main file, then every file of portal_settings.d in order of name, each overriding those
 * before it. (The reference reads them the other way round: pipeline.md §2.3.)
 * @throws JobsumError E_CONFIG
 */
export function portalSection(root: string, section: string): Record<string, string> {
  const directory = join(root, 'portal_settings.d');
  let extra: string[] = [];
  try {
    extra = readdirSync(directory)
      .filter((f) => f.endsWith('.ini'))
      .sort();
  } catch {
    // Most portals have no such directory.
  }
  const values: Record<string, string> = {};
  const files: string[] = [];
  let found = false;
  for (const file of [join(root, 'portal_settings.ini'), ...extra.map((f) => join(directory, f))]) {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      continue;
    }
    files.push(file);
    const part = parseIni(text, file).get(section);
    if (!part) continue;
    found = true;
    Object.assign(values, Object.fromEntries(part));
  }
  if (files.length === 0)
    throw new JobsumError('E_CONFIG', "cannot read the portal's settings", { file: join(root, 'portal_settings.ini') });
  if (!found)
    throw new JobsumError('E_CONFIG', `the portal's settings have no section [${section}]`, { file: files.join(', ') });
  return values;
}
