// The examples of the manual and of the library's documentation run as they stand, on a fixture.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { FIXTURES } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ARCHIVE = `${FIXTURES}cluster/archives/2026/11/cpn-r02/2026-11-24/20261124.09.32`;
const out = tempDir();
/** Inside the package, so that `jobsum/pcp` is this one. */
mkdirSync(join(ROOT, 'build'), { recursive: true });
const dir = mkdtempSync(join(ROOT, 'build/examples-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** JavaScript examples of a text; those in comments without their stars. */
function examples(text: string): string[] {
  const plain = text.replace(/^ *\* ?/gm, '');
  return [...plain.matchAll(/```js\n(.*?)```/gs)].map((m) => m[1]!).filter((e) => /archive|jobsum\/pcp/.test(e));
}

const files = ['library', 'write'].flatMap((part) =>
  readdirSync(join(ROOT, 'src/pcp', part)).map((file) => `src/pcp/${part}/${file}`),
);
const found = ['src/manual/library.md', ...files].flatMap((file) =>
  examples(readFileSync(join(ROOT, file), 'utf8')).map((text, i) => [`${file} ${i + 1}`, text] as const),
);

function run(name: string, text: string): string {
  const opened = /openArchive\(/.test(text) || !/\barchive\b/.test(text);
  const head = opened ? '' : `import { openArchive } from 'jobsum/pcp';\nconst archive = openArchive('/pcp/n1');\n`;
  const code = `${head}${text}`
    .replaceAll(/'\/pcp\/n1[^']*'/g, JSON.stringify(ARCHIVE))
    .replaceAll(/'\/tmp\/[^']*'/g, JSON.stringify(join(out, name.replace(/\W/g, '-'))));
  const file = join(dir, `${name.replace(/\W/g, '-')}.mjs`);
  writeFileSync(file, code);
  return execFileSync(process.execPath, [file], { encoding: 'utf8', cwd: ROOT });
}

describe('examples', () => {
  it('are there', () => {
    expect(found.length).toBeGreaterThanOrEqual(7);
  });

  it.each(found)('of %s runs', (name, text) => {
    const printed = run(name, text);
    if (text.includes('console.log')) expect(printed.trim()).not.toBe('');
  });
});
