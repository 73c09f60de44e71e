// Owns looking at a record from behind, by the length that stands at its end.

/** Bytes of the label and of the shortest record, by version. */
export const SHORTEST: Readonly<Record<number, { readonly label: number; readonly record: number }>> = {
  2: { label: 132, record: 20 },
  3: { label: 808, record: 24 },
};

/** Seconds whose nanoseconds, with any sub-second field, fit 64 bits: of the years 1677 to 2262. */
const MAX_SECONDS = 9_223_372_030n;

/** Seconds beyond those, as the decoder has them: the order is kept, more and more coarsely (assembly/archive/bytes.ts). */
const squeezed = (x: bigint): bigint => (x < 0x8000_0000n ? x : 0x8000_0000n + (x >> 32n));

/** Nanoseconds of a stamp as files have it, in 64 bits: whoever keeps it in so many must not take an impossible time for a good one. */
export function stampNs(b: Buffer, at: number, version: number): bigint {
  if (version === 2) return BigInt(b.readInt32BE(at)) * 1_000_000_000n + BigInt(b.readInt32BE(at + 4)) * 1000n;
  const seconds = (BigInt(b.readInt32BE(at + 4)) << 32n) | BigInt(b.readUInt32BE(at));
  if (seconds > MAX_SECONDS) return MAX_SECONDS * 1_000_000_000n + squeezed(seconds - MAX_SECONDS);
  if (seconds < -MAX_SECONDS) return -MAX_SECONDS * 1_000_000_000n - squeezed(-MAX_SECONDS - seconds);
  return seconds * 1_000_000_000n + BigInt(b.readInt32BE(at + 8));
}

/** Fills a buffer from a place of the file; how many bytes there were. */
type Read = (into: Buffer, position: number) => number;

/** The record that ends at `end`: where it starts, and its time; null: none does. */
function recordBefore(read: Read, end: number, version: number): { readonly at: number; readonly ns: bigint } | null {
  const { label, record } = SHORTEST[version]!;
  const word = Buffer.alloc(4);
  if (end < label + record || read(word, end - 4) < 4) return null;
  const length = word.readInt32BE(0);
  if (length < record || length > end - label) return null;
  const head = Buffer.alloc(20);
  if (read(head, end - length) < head.length) return null;
  return head.readInt32BE(0) === length ? { at: end - length, ns: stampNs(head, 4, version) } : null;
}

/** Time of the record that ends at `end`; null: none does. */
export function timeBefore(read: Read, end: number, version: number): bigint | null {
  return recordBefore(read, end, version)?.ns ?? null;
}

/** Records at one end of an archive that are looked at. */
export const LOOKED_AT = 6;

/** Times of the last records before `end`, from behind. */
export function timesBefore(read: Read, end: number, version: number): bigint[] {
  const times: bigint[] = [];
  let found = recordBefore(read, end, version);
  while (found && times.length < LOOKED_AT) {
    times.push(found.ns);
    found = recordBefore(read, found.at, version);
  }
  return times;
}

/** Times of the first records of a volume, and where the last of these begins. */
export function timesBehindLabel(read: Read, version: number): { readonly times: bigint[]; readonly at: number } {
  const { label, record } = SHORTEST[version]!;
  const head = Buffer.alloc(record);
  const times: bigint[] = [];
  let at = label;
  for (let next = at; times.length < LOOKED_AT && read(head, next) === record; ) {
    const length = head.readInt32BE(0);
    if (length < record) break;
    times.push(stampNs(head, 4, version));
    at = next;
    next += length;
  }
  return { times, at };
}
