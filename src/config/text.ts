// Owns JSON with comments as text: its value, and the line and column of every key in it.

import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { JobsumError } from '../kernel/index.ts';

export interface Position {
  readonly line: number;
  readonly column: number;
}

export type KeyPath = readonly (string | number)[];

function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

export class ConfigText {
  readonly file: string;
  readonly value: unknown;
  readonly #text: string;
  readonly #root: Node | undefined;

  /** Comments (`//`, `/* … *​/`) and commas before a closing bracket are allowed. @throws JobsumError E_CONFIG with line and column */
  constructor(file: string, text: string) {
    this.file = file;
    // A byte order mark is what some editors leave.
    this.#text = text.replace(/^\uFEFF/, '');
    const errors: ParseError[] = [];
    this.#root = parseTree(this.#text, errors, { allowTrailingComma: true });
    const [first] = errors;
    if (first) {
      const message = printParseErrorCode(first.error)
        .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
        .toLowerCase();
      const place = { file, ...positionOf(this.#text, first.offset) };
      throw new JobsumError('E_CONFIG', `not JSON: ${message}`, place);
    }
    this.value = this.#root ? getNodeValue(this.#root) : undefined;
  }

  /** Where the value of a key stands; the nearest that exists above it if there is none. */
  at(path: KeyPath): Position {
    for (let length = path.length; length > 0; length--) {
      const node = this.#root && findNodeAtLocation(this.#root, path.slice(0, length));
      if (node) return positionOf(this.#text, (node.parent?.type === 'property' ? node.parent : node).offset);
    }
    return { line: 1, column: 1 };
  }

  /** Keys that stand twice in one object: the last one counts. */
  duplicates(): { path: KeyPath; position: Position }[] {
    const found: { path: KeyPath; position: Position }[] = [];
    const visit = (node: Node, path: KeyPath): void => {
      const seen = new Set<string>();
      node.children?.forEach((child, i) => {
        if (child.type !== 'property') {
          visit(child, [...path, i]);
          return;
        }
        const [key, value] = child.children!;
        const name = String(key!.value);
        const at = [...path, name];
        if (seen.has(name)) found.push({ path: at, position: positionOf(this.#text, child.offset) });
        seen.add(name);
        if (value) visit(value, at);
      });
    };
    if (this.#root) visit(this.#root, []);
    return found;
  }
}
