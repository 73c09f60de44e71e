// Owns directories with a configuration, for tests.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type LoadedConfig, loadConfig } from '../../src/config/index.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
let places = 0;

/** A directory with these files. */
export function place(files: Record<string, string>): string {
  const root = join(dir, String(places++));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}
export const load = (text: string | object): LoadedConfig =>
  loadConfig(place({ 'config.json': typeof text === 'string' ? text : JSON.stringify(text) }));
