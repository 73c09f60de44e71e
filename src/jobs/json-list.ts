// Owns finding the elements of a long list in JSON without having all of it in memory: `{…, "jobs": [{…}, …], …}`, or `[{…}, …]` alone.
// Nesting and strings are followed, nothing else is checked: each element is parsed by itself, so that a bad one costs itself.

import { type Chunks, MAX_LINE, withoutMark } from './lines.ts';

export type Element =
  /** `text` null: longer than a job can be. */
  | { readonly kind: 'element'; readonly text: string | null; readonly line: number }
  /** What the producer says went wrong. */
  | { readonly kind: 'errors'; readonly text: string; readonly line: number }
  /** The text stops before the list does, or has none. */
  | { readonly kind: 'cut'; readonly reason: string; readonly line: number };

const [QUOTE, BACKSLASH, NEWLINE] = [34, 92, 10];
const OPEN = new Set([123, 91]);
const CLOSE = new Set([125, 93]);
const LIST = 91;

/** @param skip - members of an element that are left out, as they can be long; their value becomes null */
export async function* elementsOf(chunks: Chunks, name: string, skip: string): AsyncGenerator<Element> {
  /** Depth at which elements stand; null: not in the list. */
  let depth = 0;
  let list: number | null = null;
  let inString = false;
  let escaped = false;
  /** The last string at the depth of keys that matter. */
  let key = '';
  let keeping = false;
  let string = '';
  /** What is being kept: an element, or the errors. */
  let kept: { what: 'element' | 'errors'; depth: number; line: number; text: string | null } | null = null;
  let skipped: number | null = null;
  let line = 1;
  let found = false;
  for await (const chunk of chunks) {
    const text = line === 1 && depth === 0 ? withoutMark(chunk) : chunk;
    /** From here on the chunk is to be kept. */
    let from = 0;
    const keep = (to: number): void => {
      if (!kept || kept.text === null || skipped !== null) return;
      kept.text = kept.text.length + to - from > MAX_LINE ? null : kept.text + text.slice(from, to);
    };
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c === NEWLINE) line++;
      if (inString) {
        if (escaped) escaped = false;
        else if (c === BACKSLASH) escaped = true;
        else if (c === QUOTE) {
          inString = false;
          if (keeping) key = string;
        } else if (keeping && string.length < 64) string += text[i];
        continue;
      }
      if (c === QUOTE) {
        inString = true;
        keeping = depth === 1 || (list !== null && depth === list + 1);
        string = '';
      } else if (OPEN.has(c)) {
        if (list === null && c === LIST && (depth === 0 || (depth === 1 && key === name))) {
          list = depth + 1;
          found = true;
        } else if (kept === null && (depth === list || (depth === 1 && key === 'errors' && c === LIST))) {
          kept = { what: depth === list ? 'element' : 'errors', depth, line, text: '' };
          from = i;
        } else if (kept?.what === 'element' && depth === kept.depth + 1 && key === skip && skipped === null) {
          keep(i);
          skipped = depth;
        }
        depth++;
      } else if (CLOSE.has(c)) {
        depth--;
        if (depth === skipped) {
          skipped = null;
          if (kept?.text != null) kept.text += 'null';
          from = i + 1;
        } else if (kept && depth === kept.depth) {
          keep(i + 1);
          const { what, text: whole, line: at } = kept;
          kept = null;
          if (what === 'element') yield { kind: 'element', text: whole, line: at };
          else if (whole !== null) yield { kind: 'errors', text: whole, line: at };
        } else if (list !== null && depth < list) list = null;
      }
    }
    keep(text.length);
  }
  if (depth !== 0 || inString) yield { kind: 'cut', reason: 'the JSON stops in the middle', line };
  else if (!found) yield { kind: 'cut', reason: `the JSON has no list of ${name}`, line };
}
