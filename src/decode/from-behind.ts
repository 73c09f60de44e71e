// Owns looking at a record from behind, by the length that stands at its end.

/** Bytes of the label and of the shortest record, by version. */
export const SHORTEST: Readonly<Record<number, { readonly label: number; readonly record: number }>> = {
  2: { label: 132, record: 20 },
  3: { label: 808, record: 24 },
};

/** Nanoseconds of a stamp as files have it. */
export const stampNs = (b: Buffer, at: number, version: number): bigint =>
  version === 2
    ? BigInt(b.readInt32BE(at)) * 1_000_000_000n + BigInt(b.readInt32BE(at + 4)) * 1000n
    : ((BigInt(b.readInt32BE(at + 4)) << 32n) | BigInt(b.readUInt32BE(at))) * 1_000_000_000n +
      BigInt(b.readInt32BE(at + 8));

/** Time of the record that ends at `end`; null: none does. `read` fills a buffer from a place of the file. */
export function timeBefore(
  read: (into: Buffer, position: number) => number,
  end: number,
  version: number,
): bigint | null {
  const { label, record } = SHORTEST[version]!;
  const word = Buffer.alloc(4);
  if (end < label + record || read(word, end - 4) < 4) return null;
  const length = word.readInt32BE(0);
  if (length < record || length > end - label) return null;
  const head = Buffer.alloc(20);
  if (read(head, end - length) < head.length) return null;
  return head.readInt32BE(0) === length ? stampNs(head, 4, version) : null;
}
