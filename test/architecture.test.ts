// The architecture as a test: folders import only upward, borders are kept, every file says what it owns.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** From the top of the tree downward: a folder imports from those before it, never from those behind it. */
const ORDER = [
  'kernel',
  'config',
  'reduce',
  'pcp',
  'databases',
  'jobs',
  'document',
  'analytics',
  'prometheus',
  'ledger',
  'sinks',
  'warehouse',
  'operate',
  'catalog',
  'jobscripts',
  'answers',
  'setup',
  'run',
  'view',
  'backfill',
  'cli',
  'manual',
];
/** Within `pcp`, the same from the border to WebAssembly outward. */
const PCP_ORDER = ['wasm', 'files', 'archive', 'reduce', 'inspect', 'write', 'library'];
const SOFT_CEILING = 350;

interface Source {
  readonly path: string;
  readonly folder: string;
  readonly text: string;
  readonly imports: readonly string[];
}

function sources(below: string, ending = '.ts'): Source[] {
  return readdirSync(join(ROOT, below), { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && e.name.endsWith(ending))
    .map((e) => {
      const path = relative(ROOT, join(e.parentPath, e.name));
      const text = readFileSync(join(ROOT, path), 'utf8');
      const imports = [
        ...text.matchAll(/(?:^|\n)(?:import|export)\b[^;]*?from\s+'([^']+)'|\bimport\('([^']+)'\)/g),
      ].map((m) => m[1] ?? m[2]!);
      return { path, folder: path.split('/')[1]!, text, imports };
    });
}

const src = sources('src');
const resolved = (s: Source, specifier: string): string => normalize(join(dirname(s.path), specifier));

describe('architecture', () => {
  it('has no folder outside the order', () => {
    const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((e) => e.isDirectory());
    expect(folders.map((f) => f.name).filter((f) => !ORDER.includes(f))).toEqual([]);
    expect(src.length).toBeGreaterThan(80);
  });

  it('imports only upward, and other folders only through their index', () => {
    const wrong: string[] = [];
    for (const s of src) {
      for (const specifier of s.imports) {
        if (!specifier.startsWith('.')) continue;
        const target = resolved(s, specifier);
        const [top, folder, file] = target.split('/');
        if (top !== 'src') wrong.push(`${s.path} imports ${target}`);
        else if (folder === s.folder) continue;
        else if (ORDER.indexOf(folder!) > ORDER.indexOf(s.folder)) wrong.push(`${s.path} imports down: ${target}`);
        else if (file !== 'index.ts' && folder !== 'kernel') wrong.push(`${s.path} imports past the index: ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('keeps the order within pcp, which rests on kernel and reduce alone', () => {
    const place = (path: string): number => PCP_ORDER.indexOf(path.split('/')[2]!);
    const wrong = src
      .filter((s) => s.folder === 'pcp' && s.path !== 'src/pcp/index.ts')
      .flatMap((s) => s.imports.filter((i) => i.startsWith('.')).map((i) => ({ s, target: resolved(s, i) })))
      .filter(({ s, target }) =>
        target.startsWith('src/pcp/')
          ? place(target) < 0 || place(target) > place(s.path)
          : !/^src\/(kernel|reduce)\//.test(target),
      );
    expect(wrong.map(({ s, target }) => `${s.path} imports ${target}`)).toEqual([]);
    expect(src.filter((s) => s.folder === 'pcp' && place(s.path) < 0).map((s) => s.path)).toEqual(['src/pcp/index.ts']);
  });

  it('keeps analytics that ship and those of a site apart', () => {
    const wrong = src.flatMap((s) => {
      const [, room, part] = s.path.split('/');
      if (room !== 'analytics') return [];
      const other = part === 'shipped' ? 'site' : part === 'site' ? 'shipped' : null;
      return s.imports.filter((i) => other && resolved(s, i).startsWith(`src/analytics/${other}/`)).map(() => s.path);
    });
    expect(wrong).toEqual([]);
  });

  it('shows what it is given: view imports nothing that runs, and of readers only types and names', () => {
    const names = new Set(['pmidText', 'TYPE_NAMES']);
    const wrong = src
      .filter((s) => s.folder === 'view')
      .flatMap((s) =>
        [...s.text.matchAll(/^import ([^;]*?) from '[./]+\/(\w+)\/index\.ts';/gm)].flatMap(([, what, room]) => {
          if (/^(run|setup|jobscripts|databases)$/.test(room!)) return [`${s.path} imports ${room}`];
          if (!/^(pcp|catalog)$/.test(room!) || what!.startsWith('type ')) return [];
          const values = what!
            .replace(/[{}]/g, '')
            .split(',')
            .map((n) => n.trim());
          return values
            .filter((n) => n && !n.startsWith('type ') && !names.has(n))
            .map((n) => `${s.path} imports ${n}`);
        }),
      );
    expect(wrong).toEqual([]);
  });

  it('asks in one place where the files of the package are, as a bundle moves the others', () => {
    const asking = src.filter((s) => /import\.meta|__dirname/.test(s.text)).map((s) => s.path);
    expect(asking).toEqual(['src/kernel/built.ts']);
  });

  it('asks in one place what time it is, and once of files: whoever goes by it is given a clock', () => {
    const asking = src.filter((s) => /Date\.now\(|new Date\(\)/.test(s.text)).map((s) => s.path);
    expect(asking).toEqual(['src/kernel/time.ts', 'src/kernel/whole-file.ts']);
  });

  it('loads cryptography only where it is used: the import of it takes 20 ms', () => {
    const loading = src.filter((s) => s.imports.some((i) => /^(node:)?crypto$/.test(i))).map((s) => s.path);
    expect(loading).toEqual([]);
  });

  it('has no import cycle between files', () => {
    const files = new Map(src.map((s) => [s.path, s]));
    const state = new Map<string, 'open' | 'done'>();
    const cycles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (state.get(path) === 'done') return;
      if (state.get(path) === 'open') {
        cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
        return;
      }
      state.set(path, 'open');
      const s = files.get(path);
      for (const specifier of s?.imports ?? []) {
        if (specifier.startsWith('.')) visit(resolved(s!, specifier), [...trail, path]);
      }
      state.set(path, 'done');
    };
    for (const path of files.keys()) visit(path, []);
    expect(cycles).toEqual([]);
  });

  it.each([
    ['WebAssembly', /\bWebAssembly\./, /^src\/pcp\//],
    ['the SQLite library', /from 'libsql'/, /^src\/databases\//],
    ['the MongoDB driver', /(?:from|import\() ?'mongodb'/, /^src\/(databases|sinks)\//],
    ['the MySQL driver', /(?:from|import\() ?'mysql2/, /^src\/databases\//],
    ['yargs', /from 'yargs/, /^src\/cli\//],
    ['piscina', /from 'piscina'/, /^src\/operate\//],
    ['standard output', /process\.stdout|console\.log/, /^src\/cli\//],
    [
      'SQL',
      /\b(SELECT [\w*]|INSERT (IGNORE )?INTO|DELETE FROM|CREATE TABLE|UPDATE \w+ SET)/,
      /^src\/(databases|jobs|ledger|sinks|warehouse|catalog|jobscripts)\//,
    ],
  ])('knows %s in one place only', (_, pattern, place) => {
    // Types and examples in comments may name it anywhere: only the use counts.
    const users = src.filter((s) =>
      pattern.test(s.text.replace(/:\s*WebAssembly\.Module|\?:\s*WebAssembly\.Module|^ *\*.*$/gm, '')),
    );
    expect(users.length).toBeGreaterThan(0);
    expect(users.map((s) => s.path).filter((p) => !place.test(p))).toEqual([]);
  });

  it('says in the first line of every file what it owns', () => {
    const all = [...src, ...sources('assembly'), ...sources('bench'), ...sources('test'), ...sources('fixtures')];
    const silent = all.filter((s) => !/^(#!.*\n)?\/\/ \S/.test(s.text)).map((s) => s.path);
    expect(silent).toEqual([]);
  });

  it('keeps files below the soft ceiling', () => {
    const long = [...src, ...sources('assembly'), ...sources('bench'), ...sources('test')]
      .filter((s) => s.text.split('\n').length > SOFT_CEILING)
      .map((s) => s.path);
    // One list of struct offsets, and what is generated from it.
    expect(long.filter((p) => !/assembly\/layout\.ts|layout\.gen\.ts/.test(p))).toEqual([]);
  });

  it('has a generated layout that equals its source', () => {
    const generated = join(ROOT, 'src/pcp/wasm/layout.gen.ts');
    const before = readFileSync(generated, 'utf8');
    execFileSync(process.execPath, [join(ROOT, 'assembly/generate-layout.mjs')], { cwd: ROOT });
    expect(readFileSync(generated, 'utf8')).toBe(before);
  });
});
