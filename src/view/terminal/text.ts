// Owns human numbers, tables and CSV for the terminal. Everything in a document is untrusted.

import { clean } from '../../kernel/index.ts';

export { clean };

/** A field of a line of CSV; what could rewrite a screen is cleaned, so a line is always a line. */
export function csvField(value: unknown): string {
  const text = clean(value);
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

/** 1536 → `1.5 KiB`. */
export function bytes(value: number): string {
  let x = Math.abs(value);
  let unit = 0;
  while (x >= 1024 && unit < UNITS.length - 1) {
    x /= 1024;
    unit++;
  }
  const digits = unit === 0 || x >= 100 ? 0 : 1;
  return `${value < 0 ? '-' : ''}${x.toFixed(digits)} ${UNITS[unit]}`;
}

/** 1234567 → `1.23M`. */
export function count(value: number): string {
  const x = Math.abs(value);
  if (x >= 1e12) return `${(value / 1e12).toFixed(2)}T`;
  if (x >= 1e9) return `${(value / 1e9).toFixed(2)}G`;
  if (x >= 1e6) return `${(value / 1e6).toFixed(2)}M`;
  if (x >= 1e4) return `${(value / 1e3).toFixed(1)}k`;
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}

export function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
}

/** 3600000 J → `1.00 kWh`. */
export function energy(joules: number): string {
  const wh = joules / 3600;
  return wh >= 1000 ? `${(wh / 1000).toFixed(2)} kWh` : `${wh.toFixed(1)} Wh`;
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
