// Owns the name of a run: sorts by time, is unique over hosts, and joins its logs, its row in the store and its report.

/** `20261125T033000Z-1f0c9a2b`, of a run that begins at these epoch seconds. */
export function newRunId(now: number): string {
  const stamp = new Date(now * 1000).toISOString().replace(/[-:]|\.\d+/g, '');
  // Asked for when needed: an import of it loads the whole of WebCrypto, 20 ms at every start.
  return `${stamp}-${process.getBuiltinModule('node:crypto').randomBytes(4).toString('hex')}`;
}
