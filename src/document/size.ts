// Owns the size that a document has in BSON, which MongoDB bounds; an upper estimate, as every number counts 8 bytes.

const utf8 = (text: string): number => Buffer.byteLength(text, 'utf8');

/** Bytes of the decimal digits of the indices 0 … n−1, which are the keys of an array. */
function indexBytes(n: number): number {
  let bytes = 0;
  for (let low = 0, digits = 1; low < n; low = 10 ** digits, digits++)
    bytes += digits * (Math.min(n, 10 ** digits) - low);
  return bytes;
}

/** A value with a type of the driver, which is the class's: a member of its own that is called `_bsontype` is a member like others. */
export const isTyped = (value: object): boolean => '_bsontype' in value && !Object.hasOwn(value, '_bsontype');

const sizeOf = (key: string, value: unknown): number => 2 + utf8(key) + bsonBytes(value);

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
  if (value instanceof Date || isTyped(value)) return 8;
  if (Array.isArray(value)) {
    let bytes = 5 + 2 * value.length + indexBytes(value.length);
    // Documents are numbers for the most part.
    for (const element of value) bytes += typeof element === 'number' ? 8 : bsonBytes(element);
    return bytes;
  }
  let bytes = 5;
  // A map stands for an object with a member that the driver would take for a type.
  if (value instanceof Map) for (const [key, member] of value as Map<string, unknown>) bytes += sizeOf(key, member);
  else for (const key of Object.keys(value)) bytes += sizeOf(key, (value as Record<string, unknown>)[key]);
  return bytes;
}
