// Owns the size that a document has in BSON, which MongoDB bounds; an upper estimate, as every number counts 8 bytes.

const utf8 = (text: string): number => Buffer.byteLength(text, 'utf8');

/** Bytes of the decimal digits of the indices 0 … n−1, which are the keys of an array. */
function indexBytes(n: number): number {
  let bytes = 0;
  for (let low = 0, digits = 1; low < n; low = 10 ** digits, digits++)
    bytes += digits * (Math.min(n, 10 ** digits) - low);
  return bytes;
}

/** Bytes of a value without its type byte and key; 0 for what is left out (undefined). */
export function bsonBytes(value: unknown): number {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return 8;
    case 'string':
      return 5 + utf8(value);
    case 'boolean':
      return 1;
    case 'object':
      break;
    default:
      return 0;
  }
  if (value === null) return 0;
  // Times, and numbers that the driver is to store as they are typed.
  if (value instanceof Date || '_bsontype' in value) return 8;
  if (Array.isArray(value)) {
    let bytes = 5 + 2 * value.length + indexBytes(value.length);
    // Documents are numbers for the most part.
    for (const element of value) bytes += typeof element === 'number' ? 8 : bsonBytes(element);
    return bytes;
  }
  let bytes = 5;
  for (const key of Object.keys(value)) bytes += 2 + utf8(key) + bsonBytes((value as Record<string, unknown>)[key]);
  return bytes;
}
