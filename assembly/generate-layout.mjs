// Owns nothing but a copy: writes src/pcp/wasm/layout.gen.ts from the classes of assembly/layout and the numbers there and in
// assembly/status.ts. `--check` compares instead of writing (exit 1 if they differ); a test runs that.
//
// It reads the lines of a class that declare a field, `name: type;`, and getters of what lies within or behind the struct, by their
// `offsetof`. Fields lie in the order in which they are declared, as AssemblyScript lays them out. A class in which that would leave a
// hole is refused, so that no rule of alignment has to be known here.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const OUT = new URL('../src/pcp/wasm/layout.gen.ts', import.meta.url);
const SIZES = { i64: 8, u64: 8, f64: 8 };

/** Structs by name: their fields' offsets, size in bytes, and widest field; and numbers by name; in the order of the files. */
export function readLayout() {
  const structs = new Map();
  const numbers = new Map();
  const listed = new Set();
  const parts = readdirSync(new URL('layout', import.meta.url)).filter(
    (name) => name !== 'index.ts' && name !== 'list.ts',
  );
  for (const part of [...parts.sort().map((name) => `layout/${name}`), 'status.ts']) {
    const text = readFileSync(new URL(part, import.meta.url), 'utf8');
    for (const m of text.matchAll(/^export const (\w+): \w+ = (-?\d+);/gm)) numbers.set(m[1], Number(m[2]));
    for (const m of text.matchAll(/\bStructs<(\w+)>/g)) listed.add(m[1]);
    for (const m of text.matchAll(/^export class (\w+)(?: extends (\w+))? \{\n([\s\S]*?)^\}/gm))
      structs.set(m[1], readClass(m, structs));
  }
  for (const [name, struct] of structs) {
    if (struct.hole && listed.has(name)) throw new Error(`${name} would leave a hole behind it`);
    for (const [list, place] of struct.lists) struct.fields.set(list, place(numbers));
  }
  return { structs, numbers };
}

function readClass([, name, base, body], structs) {
  const parent = structs.get(base) ?? { size: 0, widest: 4, fields: [] };
  const struct = { size: parent.size, widest: parent.widest, fields: new Map(parent.fields), lists: new Map() };
  const offsets = new Map();
  for (const line of body.split('\n')) {
    const field = /^ {2}(private )?(\w+): ([\w<>]+);/.exec(line);
    if (field) {
      const bytes = SIZES[field[3]] ?? 4;
      if (struct.size % bytes) throw new Error(`${name}.${field[2]} would leave a hole before it`);
      offsets.set(field[2], struct.size);
      if (!field[1]) struct.fields.set(field[2], struct.size);
      struct.size += bytes;
      struct.widest = Math.max(struct.widest, bytes);
    }
  }
  struct.hole = struct.size % struct.widest !== 0;
  if (struct.hole && body.includes(`offsetof<${name}>()`)) throw new Error(`${name} would leave a hole behind it`);
  const getters = /get (\w+)\(\)[^\n]*\n[^\n]*offsetof<\w+>\((?:'(\w+)')?\)(?: \+ (\w+) \* (\d+))?/g;
  for (const [, getter, field, count, bytes] of body.matchAll(getters)) {
    const at = field ? offsets.get(field) : struct.size;
    struct.lists.set(getter, (numbers) => (count ? at + numbers.get(count) * Number(bytes) : at));
  }
  return struct;
}

function render({ structs, numbers }) {
  const lines = [
    '// Generated from assembly/layout and assembly/status.ts by assembly/generate-layout.mjs: do not edit.',
    '',
  ];
  for (const [name, { fields, size }] of structs) {
    const places = [...fields].map(([field, offset]) => `  ${field}: ${offset},`);
    lines.push(`export const ${name} = {`, ...places, `  SIZE: ${size},`, '} as const;', '');
  }
  for (const [name, value] of numbers) lines.push(`export const ${name} = ${value};`);
  return `${lines.join('\n')}\n`;
}

const text = render(readLayout());
if (process.argv.includes('--check')) {
  if (readFileSync(OUT, 'utf8') !== text) {
    console.error('src/pcp/wasm/layout.gen.ts differs from assembly/layout: run `npm run build:layout`');
    process.exitCode = 1;
  }
} else {
  writeFileSync(OUT, text);
}
