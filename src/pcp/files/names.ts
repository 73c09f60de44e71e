// Owns the names of an archive's files: base, member, and how they are compressed (archive-format.md §1.1, 1.2).

/** Suffixes of compressed members, in PCP's order of preference (archive-format.md §1.2). */
export const COMPRESSED = ['.xz', '.lzma', '.bz2', '.bz', '.gz', '.Z', '.z', '.zst'];

/** The compression suffix of a file's name; empty: it is plain. */
export const compressionOf = (file: string): string => COMPRESSED.find((suffix) => file.endsWith(suffix)) ?? '';

/** Base name and member of an archive's file; null for other files (archive-format.md §1.1). */
export function archiveMember(file: string): { base: string; member: string } | null {
  const plain = file.slice(0, file.length - compressionOf(file).length);
  const m = /^(.+)\.(meta|index|\d+)$/s.exec(plain);
  return m ? { base: m[1]!, member: m[2]! } : null;
}
