// Owns where built modules are: threads are started from JavaScript, also when TypeScript runs from its source (tests, benches).

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Path of the module `name` (ending .js) beside the caller if built, else its place in dist/. */
export function builtModule(callerUrl: string, name: string): string {
  const beside = fileURLToPath(new URL(name, callerUrl));
  return existsSync(beside) ? beside : beside.replace(/\/src\/(?!.*\/src\/)/, '/dist/');
}
