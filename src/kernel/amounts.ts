// Owns amounts as people read them: bytes, counts, shares, energy, how many of a thing there are.

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

/** `1 job`, `2 jobs`; `many`: where an s does not make it. */
export const counted = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
