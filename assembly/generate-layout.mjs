// Owns nothing but a copy: writes src/decode/layout.gen.ts from assembly/layout and assembly/status.ts.
// `--check` compares instead of writing (exit 1 if they differ); a test runs that.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const out = new URL('../src/decode/layout.gen.ts', import.meta.url);
const lines = [
  '// Generated from assembly/layout and assembly/status.ts by assembly/generate-layout.mjs: do not edit.',
  '',
];
const parts = readdirSync(new URL('layout', import.meta.url)).filter((name) => name !== 'index.ts');
for (const name of [...parts.sort().map((part) => `layout/${part}`), 'status.ts']) {
  const text = readFileSync(new URL(name, import.meta.url), 'utf8');
  for (const m of text.matchAll(/^export const (\w+): i32 = (-?\d+);$/gm))
    lines.push(`export const ${m[1]} = ${m[2]};`);
}
const text = `${lines.join('\n')}\n`;
if (process.argv.includes('--check')) {
  if (readFileSync(out, 'utf8') !== text) {
    console.error('src/decode/layout.gen.ts differs from assembly/layout: run `npm run build:layout`');
    process.exitCode = 1;
  }
} else {
  writeFileSync(out, text);
}
