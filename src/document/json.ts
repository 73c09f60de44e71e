// Owns the JSON form of documents: non-finite numbers become the strings "NaN", "Infinity", "-Infinity".

/** One line of JSON. */
export function toJson(document: unknown): string {
  return JSON.stringify(document, (_key, value) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  );
}
