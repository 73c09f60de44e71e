// Owns how many of a thing there are, in words.

/** `1 job`, `2 jobs`; `many`: where an s does not make it. */
export const counted = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
