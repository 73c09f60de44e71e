// Owns node lists as Slurm writes them: n[01-04,7]s[1-2],gpu1 (reference/accounting.md §9.2).

import { JobsumError } from './errors.ts';

/** Guard against n[1-999999999]. */
export const MAX_HOSTS = 65_536;

function refuse(text: string, message: string): JobsumError {
  return new JobsumError('E_HOSTLIST', message, { found: JSON.stringify(text.slice(0, 80)) });
}

/** Splits at commas outside brackets. */
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
    if ((c === ',' && depth === 0) || c === undefined) {
      out.push(text.slice(from, i).trim());
      from = i + 1;
    }
  }
  if (depth !== 0) throw refuse(text, 'unbalanced bracket in node list');
  return out.filter((s) => s !== '');
}

function expandRange(range: string, text: string): string[] {
  if (/^\d+$/.test(range)) return [range];
  const m = /^(\d+)-(\d+)$/.exec(range);
  if (!m) throw refuse(text, 'not a range of numbers in node list');
  const low = Number(m[1]);
  const high = Number(m[2]);
  if (high < low) throw refuse(text, 'range runs backwards in node list');
  if (high - low >= MAX_HOSTS) throw refuse(text, `node list of more than ${MAX_HOSTS} nodes`);
  // Padding is as wide as the low bound.
  return Array.from({ length: high - low + 1 }, (_, i) => String(low + i).padStart(m[1]!.length, '0'));
}

/**
 * The nodes of a list, in order, later duplicates removed. Several bracket groups multiply, the leftmost varying slowest.
 * @throws JobsumError E_HOSTLIST
 */
export function expandHosts(text: string): string[] {
  const hosts = new Set<string>();
  for (const item of items(text)) {
    let names = [''];
    for (const part of item.match(/\[[^\]]*\]|[^[]+/g) ?? []) {
      const choices = part.startsWith('[')
        ? part
            .slice(1, -1)
            .split(',')
            .flatMap((r) => expandRange(r.trim(), text))
        : [part];
      if (names.length * choices.length > MAX_HOSTS) throw refuse(text, `node list of more than ${MAX_HOSTS} nodes`);
      names = names.flatMap((name) => choices.map((c) => name + c));
    }
    for (const name of names) hosts.add(name);
    if (hosts.size > MAX_HOSTS) throw refuse(text, `node list of more than ${MAX_HOSTS} nodes`);
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
