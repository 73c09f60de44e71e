// Owns where the files of the package are, whether the program runs bundled, as single modules, or as TypeScript from its source
// (tests, benches). Nothing else may ask where a module lies: in a bundle it lies somewhere else.

import { fileURLToPath } from 'node:url';

/** Path of a file of the package, given from its root. This module lies two folders below it in every form. */
export function packageFile(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
