// Owns node lists as Slurm writes them: n[01-04,7]s[1-2],gpu1 (accounting.md §9.2).

import { JobsumError } from './errors.ts';

/** Most nodes of one list, counted before repeated ones are left out: guard against n[1-999999999]. */
export const MAX_HOSTS = 65_536;
/** Longest name of a node (RFC 1035). */
const MAX_NAME = 255;
/** A list that is longer is none: each name takes two characters at least. */
const MAX_TEXT = MAX_HOSTS * 16;

function refuse(text: string, message: string): JobsumError {
  return new JobsumError('E_HOSTLIST', message, { found: JSON.stringify(text.slice(0, 80)) });
}

/** Splits at commas and semicolons outside brackets. */
function items(text: string): string[] {
  const out: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i <= text.length; i++) {
    const c = text[i];
    if (c === '[') depth++;
    if (c === ']') depth--;
    if (depth < 0 || depth > 1)
      throw refuse(text, depth < 0 ? 'unbalanced bracket in node list' : 'nested brackets in node list');
    if (((c === ',' || c === ';') && depth === 0) || c === undefined) {
      out.push(text.slice(from, i).trim());
      from = i + 1;
    }
  }
  if (depth !== 0) throw refuse(text, 'unbalanced bracket in node list');
  return out.filter((s) => s !== '');
}

/** Numbers low to high, as wide as the low bound was written. */
interface Range {
  readonly low: number;
  readonly high: number;
  readonly width: number;
}

/** What a part of a name can be: text, or numbers out of ranges. */
type Part = string | readonly Range[];

function rangeOf(range: string, text: string): Range {
  const m = /^(\d+)(?:-(\d+))?$/.exec(range);
  if (!m) throw refuse(text, 'not a range of numbers in node list');
  const [, first, last = first] = m;
  const [low, high] = [Number(first), Number(last)];
  if (high < low) throw refuse(text, 'range runs backwards in node list');
  if (!Number.isSafeInteger(high)) throw refuse(text, 'number in node list that is too large');
  if (high - low >= MAX_HOSTS) throw tooMany(text);
  return { low, high, width: first!.length };
}
const tooMany = (text: string): JobsumError => refuse(text, `node list of more than ${MAX_HOSTS} nodes`);

const countOf = (part: Part): number =>
  typeof part === 'string' ? 1 : part.reduce((sum, { low, high }) => sum + high - low + 1, 0);
const lengthOf = (part: Part): number =>
  typeof part === 'string'
    ? part.length
    : part.reduce((most, { high, width }) => Math.max(most, width, `${high}`.length), 0);

/** Neighbors that are one text each are one: what is left multiplies, so that there are few. */
function partsOf(item: string, text: string): Part[] {
  const parts: Part[] = [];
  for (const part of item.match(/\[[^\]]*\]|[^[]+/g) ?? []) {
    const inside = part.startsWith('[') ? part.slice(1, -1).trim() : null;
    const next =
      inside === null ? part : /^\d+$/.test(inside) ? inside : inside.split(',').map((r) => rangeOf(r.trim(), text));
    const last = parts.at(-1);
    if (typeof next === 'string' && typeof last === 'string') parts[parts.length - 1] = last + next;
    else parts.push(next);
  }
  return parts;
}

function* choices(part: Part): Generator<string> {
  if (typeof part === 'string') yield part;
  else for (const { low, high, width } of part) for (let n = low; n <= high; n++) yield String(n).padStart(width, '0');
}

/**
 * The nodes of a list, in order, later duplicates removed. Several bracket groups multiply, the leftmost varying slowest. How many they
 * are and how long is known before the first name is made.
 * @throws JobsumError E_HOSTLIST
 */
export function expandHosts(text: string): string[] {
  if (text.length > MAX_TEXT) throw refuse(text, 'node list that is too long');
  let total = 0;
  const lists = items(text).map((item) => {
    const parts = partsOf(item, text);
    total += parts.reduce((product, part) => Math.min(product * countOf(part), Number.MAX_SAFE_INTEGER), 1);
    if (total > MAX_HOSTS) throw tooMany(text);
    if (parts.reduce((sum, part) => sum + lengthOf(part), 0) > MAX_NAME)
      throw refuse(text, 'name of a node that is too long');
    return parts;
  });
  const hosts = new Set<string>();
  for (const parts of lists) {
    let names = [''];
    for (const part of parts) {
      const all = [...choices(part)];
      names = names.flatMap((name) => all.map((choice) => name + choice));
    }
    for (const name of names) hosts.add(name);
  }
  return [...hosts];
}

/** A short form for display: runs of names that differ in their last number become prefix[low-high]suffix. */
export function compressHosts(hosts: readonly string[]): string {
  const out: string[] = [];
  for (let i = 0; i < hosts.length; ) {
    const first = /^(.*?)(\d{1,9})(\D*)$/s.exec(hosts[i]!);
    let end = i + 1;
    if (first) {
      const [, prefix, digits, suffix] = first;
      const next = (k: number): string => prefix + String(Number(digits) + k).padStart(digits!.length, '0') + suffix;
      while (end < hosts.length && hosts[end] === next(end - i)) end++;
      if (end - i > 1) {
        const last = String(Number(digits) + end - i - 1).padStart(digits!.length, '0');
        out.push(`${prefix}[${digits}-${last}]${suffix}`);
        i = end;
        continue;
      }
    }
    out.push(hosts[i]!);
    i = end;
  }
  return out.join(',');
}
