// Owns the version of the program, as package.json has it.

import { readFileSync } from 'node:fs';
import { packageFile } from '../kernel/index.ts';

export function version(): string {
  const text = readFileSync(packageFile('package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
