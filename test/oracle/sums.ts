// Owns reading the tables of golden dump sums, and the one spelling in which sums are compared.

import { readFileSync } from 'node:fs';
import { shared } from './shared.ts';

export interface GoldenSum {
  readonly archive: string;
  readonly [column: string]: string;
}

export function goldenSums(file: string): GoldenSum[] {
  const [head, ...lines] = readFileSync(shared('golden', file), 'utf8').trimEnd().split('\n');
  const columns = head!.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    return Object.fromEntries(columns.map((c, i) => [c, cells[i] ?? ''])) as GoldenSum;
  });
}

export const sumText = (sum: object): string => {
  const s = sum as Record<string, unknown>;
  return [s.version, s.records, s.marks, s.values, s.status, s.sha256].join(' ');
};
