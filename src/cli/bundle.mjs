// Owns how the program is put together for a quick start: the command line and its threads as a few files in place of some two
// hundred modules (each costs a millisecond at every start). Packages stay outside, but for the parser of options.

import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = new URL('../../', import.meta.url);

const { dependencies } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));

rmSync(new URL('dist/chunks', root), { recursive: true, force: true });
await build({
  absWorkingDir: fileURLToPath(root),
  entryPoints: [
    'src/cli/jobsum.ts',
    'src/run/worker.ts',
    'src/catalog/scan-worker.ts',
    'src/pcp/files/unpack-thread.ts',
  ],
  outdir: 'dist',
  outbase: 'src',
  // As deep below the root as src/kernel, which asks where the package's files are.
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: Object.keys(dependencies).filter((name) => name !== 'yargs'),
  alias: { 'string-width': './src/cli/width.ts' },
  // Parts of the parser of options are CommonJS.
  banner: {
    js: "import { createRequire as commonJs } from 'node:module';\nconst require = commonJs(import.meta.url);",
  },
  logLevel: 'warning',
});
