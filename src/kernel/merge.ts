// Owns merging ordered streams into one.

/** What streams give that are in order each, in that order; of equal ones that of the earlier stream first. */
export async function* merged<T>(
  sources: readonly AsyncIterator<T>[],
  isBefore: (a: T, b: T) => boolean,
): AsyncGenerator<T> {
  const heads = await Promise.all(sources.map((source) => source.next()));
  for (;;) {
    let first = -1;
    for (const [i, { done, value }] of heads.entries())
      if (!done && (first < 0 || isBefore(value, heads[first]!.value))) first = i;
    if (first < 0) return;
    yield heads[first]!.value;
    heads[first] = await sources[first]!.next();
  }
}
