// Citations lead somewhere: sections of the pages that comments and other pages name, files that pages name, and relative links of Markdown files.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface Text {
  /** Relative to the project. */
  readonly path: string;
  readonly text: string;
}

function filesOf(folder: string, ending: RegExp, recursive = true): Text[] {
  return readdirSync(join(ROOT, folder), { recursive, withFileTypes: true })
    .filter((e) => e.isFile() && ending.test(e.name))
    .map((e) => {
      const path = relative(ROOT, join(e.parentPath, e.name));
      return { path, text: readFileSync(join(ROOT, path), 'utf8') };
    });
}

const FOLDERS = ['src', 'assembly', 'test', 'bench', 'fixtures'];
const markdown = [
  ...[...FOLDERS, '.github'].flatMap((folder) => filesOf(folder, /\.md$/)),
  ...filesOf('.', /\.md$/, false),
];
const code = FOLDERS.flatMap((folder) => filesOf(folder, /\.(ts|mjs|json)$/)).filter(
  ({ path }) => !/^fixtures\/(cluster|expected)\//.test(path) && path !== 'test/docs.test.ts',
);

/** Pages that are cited by name and section. */
const pages = new Map(
  markdown.filter(({ path }) => basename(path) !== 'README.md').map((page) => [basename(page.path), page]),
);

/** Section → its text up to the next heading, by number. */
function sectionsOf({ text }: Text): Map<string, string> {
  const parts = text.split(/^(?=#{2,4} \d)/m).slice(1);
  return new Map(parts.map((part) => [/^#+ (\d+(?:\.\d+)*)/.exec(part)![1]!, part]));
}
const sections = new Map([...pages].map(([name, page]) => [name, sectionsOf(page)]));

/** What a `§` without a page means, by the place of the file; the first that fits. */
const OWN: readonly (readonly [RegExp, string])[] = [
  [/^(src|test)\/pcp\/|^assembly\/(archive\/|scan\.ts)|^test\/oracle\//, 'archive-format.md'],
  [/^(src|test)\/(analytics|reduce)\/|^assembly\/reduce\//, 'analytics.md'],
  [/^(src|test)\/document\//, 'summary-document.md'],
  [/^(src|test)\/catalog\//, 'archive-index.md'],
  [/^(src|test)\/jobs\//, 'accounting.md'],
  [/^(src|test)\/jobscripts\//, 'jobscripts.md'],
  [/^(src|test)\/(answers|operate|run)\//, 'pipeline.md'],
];

interface Citation {
  readonly page: string;
  readonly section: string;
  /** Row of a table in the section. */
  readonly row?: string;
}

const NUMBER = String.raw`\d+(?:\.\d+)*`;
const CITED = new RegExp(
  String.raw`(?:([a-z][a-z-]*\.md) )?(?:§|(?<=\.md ))(${NUMBER})((?:(?:, | to |–| and )§?${NUMBER})*)(?: #(\d+))?`,
  'g',
);

/** Comments in one line, links as their texts. */
const plain = (text: string): string =>
  text.replace(/\n *(?:\/\/|\*(?!\/)) ?/g, ' ').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');

function citationsIn({ path, text }: Text): Citation[] {
  const own = pages.has(basename(path)) ? basename(path) : OWN.find(([place]) => place.test(path))?.[1];
  return [...plain(text).matchAll(CITED)].flatMap(([cited, page = own, first, others, row]) => {
    const numbers = [first!, ...(others!.match(new RegExp(NUMBER, 'g')) ?? [])];
    return numbers.map((section) => ({ page: page ?? cited, section, ...(row ? { row } : {}) }));
  });
}

function leads({ page, section, row }: Citation): boolean {
  const text = sections.get(page)?.get(section);
  return text !== undefined && (row === undefined || new RegExp(String.raw`^\| ${row} +\|`, 'm').test(text));
}

describe('pages', () => {
  it('have the sections that are cited', () => {
    const cited = [...code, ...markdown].map((file) => ({ file, citations: citationsIn(file) }));
    expect(cited.flatMap(({ citations }) => citations).length).toBeGreaterThan(200);
    const lost = cited.flatMap(({ file, citations }) =>
      citations
        .filter((c) => !leads(c))
        .map(({ page, section, row }) => `${file.path}: ${page} §${section}${row ? ` #${row}` : ''}`),
    );
    expect(lost).toEqual([]);
  });

  it('are there, whoever names them', () => {
    const named = [...code, ...markdown].flatMap(({ path, text }) =>
      [...plain(text).matchAll(/(?<![\w./-])[a-z]+(?:-[a-z]+)*\.md\b/g)].map(([page]) => ({ path, page })),
    );
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter(({ page }) => !pages.has(page))).toEqual([]);
  });

  it('refer to sections of their own', () => {
    const lost = [...pages].flatMap(([name, page]) =>
      [...plain(page.text).matchAll(/\((\d+(?:\.\d+)+)\)/g)]
        .filter(([, section]) => !sections.get(name)!.has(section!))
        .map(([cited]) => `${name}: ${cited}`),
    );
    expect(lost).toEqual([]);
  });

  it('list every room of src once, in src/README.md', () => {
    const { text } = markdown.find(({ path }) => path === 'src/README.md')!;
    const table = text.slice(text.indexOf('## Rooms'), text.indexOf('## States'));
    const rooms = [...table.matchAll(/^\| `([a-z]+)` /gm)].map(([, room]) => room);
    const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((e) => e.isDirectory());
    expect(rooms.sort()).toEqual(folders.map((f) => f.name).sort());
  });

  it('number no section twice', () => {
    for (const page of pages.values()) {
      const numbers = [...page.text.matchAll(/^#{2,4} (\d+(?:\.\d+)*)/gm)].map((m) => m[1]);
      expect(new Set(numbers).size, page.path).toBe(numbers.length);
    }
  });
});

describe('Markdown files', () => {
  it('link to files that are there', () => {
    const lost = markdown.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)]
        .filter(([, target]) => !existsSync(join(ROOT, dirname(path), target!)))
        .map(([, target]) => `${path}: ${target}`),
    );
    expect(lost).toEqual([]);
  });

  it('name files of the code that are there', () => {
    // By their path in the project, or in the page's folder.
    const lost = markdown
      .filter(({ path }) => path !== 'README.md')
      .flatMap(({ path, text }) =>
        [...text.matchAll(/`((?:[\w.-]+\/)*[\w.-]+\.(?:ts|mjs))`/g)]
          .filter(([, file]) => ![ROOT, join(ROOT, dirname(path))].some((at) => existsSync(join(at, file!))))
          .map(([, file]) => `${path}: ${file}`),
      );
    expect(lost).toEqual([]);
  });
});
