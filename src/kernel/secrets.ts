// Owns what must not be printed: secrets that were read, and credentials inside addresses.

/** Shorter ones would blacken half of every line; fields named like a secret are masked whatever their length. */
const MIN_LENGTH = 4;
const MASK = '***';

/** Schemes and users are short; a bound keeps a long text that only looks so from being read over and over. */
const CREDENTIALS = /(\b[a-z][a-z\d+.-]{0,63}:\/\/[^\s:@/"]{0,1024}):[^\s@/"]+@/gi;

const hidden = new Set<string>();

/** From now on the value is masked wherever it would be printed. Call when a secret is read. */
export function hideSecret(value: string): void {
  if (value.length < MIN_LENGTH) return;
  hidden.add(value);
  hidden.add(encodeURIComponent(value));
  hidden.add(JSON.stringify(value).slice(1, -1));
}

/** The text without secrets: known ones, and the password of every `scheme://user:password@`. */
export function redact(text: string): string {
  let out = text.replace(CREDENTIALS, `$1:${MASK}@`);
  for (const value of hidden) if (out.includes(value)) out = out.replaceAll(value, MASK);
  return out;
}

/** For JSON.stringify: members named like a secret. */
export function maskSecretFields(key: string, value: unknown): unknown {
  return /^(pass(word|wd)?|secret|token|authorization)$|_(password|secret|token)$/i.test(key) && value !== null
    ? MASK
    : value;
}
