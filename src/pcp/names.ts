// Owns globs over metric and instance names.

/** A name pattern with * for any text and ? for any character; without them, equality, or a dotted prefix (as in PCP). */
export function globMatcher(patterns: readonly string[] | undefined): (name: string) => boolean {
  if (!patterns || patterns.length === 0) return () => true;
  const tests = patterns.map((pattern) => {
    const escaped = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    return new RegExp(/[*?]/.test(pattern) ? `^${escaped}$` : `^${escaped}(\\..*)?$`, 's');
  });
  return (name) => tests.some((t) => t.test(name));
}
