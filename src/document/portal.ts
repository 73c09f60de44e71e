// Owns what a portal (Open XDMoD) refuses to take in of our documents. Its reasons are those of accounting alone.

import type { Document } from './document.ts';

const isNumeric = (value: unknown): boolean =>
  typeof value === 'number'
    ? Number.isFinite(value)
    : typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value.trim());

/** Members of `acct` that must be numbers, numeric text included. */
const NUMBERS = ['id', 'ncpus', 'submit', 'start_time', 'end_time'] as const;

/** Why the portal refuses a document; empty: it does not. */
export function portalRefusals({ acct }: Document): string[] {
  const of = (acct ?? {}) as Readonly<Record<string, unknown>>;
  const missing = NUMBERS.filter((name) => !isNumeric(of[name])).map((name) => `no numeric acct.${name}`);
  // Its key of a job has whole seconds.
  const fractional = isNumeric(of.end_time) && !Number.isInteger(Number(of.end_time));
  return [
    ...missing,
    ...(fractional ? ['a fraction in acct.end_time'] : []),
    // Null will do.
    ...(Object.hasOwn(of, 'exit_status') ? [] : ['no acct.exit_status']),
  ];
}
