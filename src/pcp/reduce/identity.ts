// Owns the identities of instances that the decoder gives (assembly/archive/identity.ts): as keys, and the names in them.

import type { Instances } from '../../reduce/index.ts';
import { sessionBytes } from '../archive/domains.ts';
import type { Wasm } from '../wasm/wasm.ts';

/** Low words that are no name: of a metric without domain, and of a number without name. */
const ALONE = 0xfffffffe;
const NAMELESS = 0xffffffff;

export class Identities {
  readonly #wasm: Wasm;
  /** Strings met before, by their number. */
  readonly #texts = new Map<number, string>();

  constructor(wasm: Wasm) {
    this.#wasm = wasm;
  }

  #words(address: number, n: number): Uint32Array {
    return n === 0 ? new Uint32Array() : new Uint32Array(this.#wasm.bytes.buffer, address, 2 * n);
  }

  /** Names of numbers; a number without one is its own. */
  names(address: number, ids: readonly number[]): string[] {
    const words = this.#words(address, ids.length);
    return ids.map((id, i) => this.text(words[2 * i]!) ?? String(id));
  }

  /** With the names that the identities have; a metric without domain has none. */
  instances(address: number, ids: readonly number[]): Instances {
    const bare = this.#words(address, ids.length)[0] === ALONE;
    return { ids, names: bare ? [] : this.names(address, ids) };
  }

  /** The name in the low word of an identity; null if it has none. */
  text(word: number): string | null {
    if (word === NAMELESS || word === ALONE) return null;
    let text = this.#texts.get(word);
    if (text === undefined) {
      text = sessionBytes(this.#wasm, word).toString('utf8');
      this.#texts.set(word, text);
    }
    return text;
  }
}
