// Owns checking a value against its schema: every fault with its place, unknown keys as warnings.

import type { z } from 'zod';
import type { ConfigProblem } from './settings.ts';
import type { ConfigText, KeyPath } from './text.ts';

/** Where a section's values stand: in the file itself below a key, or in included files. */
export interface Source {
  readonly text: ConfigText;
  readonly path: KeyPath;
  /** The file that was included in its place. */
  readonly included?: string;
  readonly resource?: string;
}

export class Faults {
  readonly problems: ConfigProblem[] = [];

  add(severity: ConfigProblem['severity'], message: string, source: Source, below: KeyPath = []): void {
    const key = [...source.path, ...below].join('.');
    const { file } = source.text;
    // Of an included section only the line that includes it is known.
    const position = source.text.at(source.included === undefined ? [...source.path, ...below] : source.path);
    const from = source.included === undefined ? '' : ` (from ${source.included})`;
    this.problems.push({
      severity,
      message: message + from,
      file,
      ...position,
      ...(key === '' ? {} : { key }),
      ...(source.resource === undefined ? {} : { resource: source.resource }),
    });
  }

  get failed(): boolean {
    return this.problems.some((p) => p.severity === 'error');
  }
}

function without(value: unknown, path: KeyPath, keys: readonly string[]): unknown {
  const [head, ...rest] = path;
  if (head !== undefined) {
    const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string | number, unknown>;
    copy[head] = without(copy[head], rest, keys);
    return copy;
  }
  return Object.fromEntries(Object.entries(value as object).filter(([key]) => !keys.includes(key)));
}

/** The value with the types of the schema, or null and the faults. */
export function check<T>(schema: z.ZodType<T>, value: unknown, source: Source, faults: Faults): T | null {
  let known = value;
  for (;;) {
    const result = schema.safeParse(known);
    if (result.success) return result.data;
    const strangers = result.error.issues.filter((i) => i.code === 'unrecognized_keys');
    for (const issue of strangers) {
      const path = issue.path as KeyPath;
      // A portal's section has keys for the portal itself.
      if (source.included === undefined)
        for (const key of issue.keys)
          faults.add('warning', `unknown key ${JSON.stringify(key)}: ignored`, source, [...path, key]);
      known = without(known, path, issue.keys);
    }
    if (strangers.length > 0) continue;
    // Messages of zod name types and bounds, never the value, which may be a secret.
    for (const issue of result.error.issues) faults.add('error', issue.message, source, issue.path as KeyPath);
    return null;
  }
}
