// Owns tables, bars and CSV for the terminal. Everything in a document is untrusted.

import { clean } from '../../kernel/index.ts';

/** A field of a line of CSV; what could rewrite a screen is cleaned, so a line is always a line. */
export function csvField(value: unknown): string {
  const text = clean(value);
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A bar of `width` cells for a share of 0 to 1. */
export function bar(share: number, width = 20): string {
  const full = Math.max(0, Math.min(width, Math.round((Number.isFinite(share) ? share : 0) * width)));
  return '█'.repeat(full) + '░'.repeat(width - full);
}

const LEVELS = '▁▂▃▄▅▆▇█';

/** Values as a line of blocks of at most `width` cells, scaled from 0 (or the minimum, if negative) to the maximum. */
export function sparkline(values: readonly number[], width: number): string {
  if (values.length === 0) return '';
  const cells = Math.min(width, values.length);
  const per = values.length / cells;
  const means = Array.from({ length: cells }, (_, i) => {
    const part = values.slice(Math.floor(i * per), Math.max(Math.floor(i * per) + 1, Math.floor((i + 1) * per)));
    return part.reduce((a, b) => a + b, 0) / part.length;
  });
  const low = Math.min(0, ...means.filter(Number.isFinite));
  const high = Math.max(...means.filter(Number.isFinite), low);
  return means
    .map((x) => (!Number.isFinite(x) ? ' ' : LEVELS[high === low ? 0 : Math.round(((x - low) / (high - low)) * 7)]))
    .join('');
}

/** Rows of cells as aligned columns; the columns in `right` are aligned to the right. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, i) => (right.includes(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
}
