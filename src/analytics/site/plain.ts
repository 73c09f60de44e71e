// Owns making sure that what a site's analytic returns can be stored: plain data, copied, of bounded size.

const MAX_DEPTH = 12;
/** Values in all; a series of 64 nodes with some devices each has some 50,000. */
const MAX_VALUES = 1_000_000;
const MAX_KEY = 256;

/** A copy of plain data. @throws TypeError naming the place that cannot be stored. */
export function toPlain(value: unknown): unknown {
  let values = 0;
  const at = (path: readonly string[]): string => (path.length > 0 ? ` at ${path.join('.')}` : '');
  const copy = (v: unknown, path: readonly string[]): unknown => {
    if (++values > MAX_VALUES) throw new TypeError(`the result has more than ${MAX_VALUES} values`);
    if (path.length > MAX_DEPTH) throw new TypeError(`the result is nested more than ${MAX_DEPTH} deep (or in itself)`);
    if (v === null || typeof v === 'number' || typeof v === 'string' || typeof v === 'boolean') return v;
    if (v instanceof Float64Array) return Array.from(v);
    if (Array.isArray(v)) return Array.from(v as unknown[], (element, i) => copy(element, [...path, String(i)]));
    if (typeof v === 'object' && isPlain(v)) {
      const entries = Object.entries(v).filter(([, child]) => child !== undefined);
      for (const [key] of entries) {
        if (key.length > MAX_KEY || key.includes('\0') || key.startsWith('$'))
          throw new TypeError(`a key${at(path)} cannot be stored: ${JSON.stringify(key.slice(0, 60))}`);
      }
      return Object.fromEntries(entries.map(([key, child]) => [key, copy(child, [...path, key])]));
    }
    throw new TypeError(`the result has a value${at(path)} that cannot be stored: ${describe(v)}`);
  };
  return copy(value, []);
}

function isPlain(v: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(v);
  return prototype === Object.prototype || prototype === null;
}

function describe(v: unknown): string {
  if (typeof v === 'object' && v !== null) return `an object of ${v.constructor?.name ?? 'unknown class'}`;
  return v === undefined ? 'undefined' : `a ${typeof v}`;
}
