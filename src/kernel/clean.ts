// Owns text that is safe to print: names and contents of files come from anybody.

// biome-ignore lint/suspicious/noControlCharactersInRegex: to find them is the purpose
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Control, escape and line-end characters, and those that turn the direction of text, become `?`: they could rewrite the reader's screen. */
export function clean(value: unknown): string {
  // A member called `toString` would be in the way of String().
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
  return text.replace(UNSAFE, '?');
}

/** JSON text with those of them that JSON leaves as they are escaped: the same value. Line ends between its members stay. */
export function cleanJson(text: string): string {
  return text.replace(UNSAFE, (c) => (c === '\n' ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`));
}
