// Owns how man pages are made: jobsum(1) and one for each command from its help, in section 7 one for each topic of the manual.
// The build calls it; `man -l dist/man/jobsum-summarize.1` shows one.

import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { marked } from 'marked';
import manual from 'marked-man';
import { COMMANDS } from '../../dist/cli/commands.js';

const run = promisify(execFile);
const root = new URL('../../', import.meta.url);
const out = new URL('dist/man/', root);
const program = fileURLToPath(new URL('dist/cli/jobsum.js', root));
/** Columns of a page of 80 less its margin. */
const COLUMNS = '72';

async function help(...words) {
  const { stdout } = await run(process.execPath, [program, ...words, '--help'], { env: { ...process.env, COLUMNS } });
  return stdout.trimEnd();
}

/** `archive` has commands of its own, each with options. */
async function pageOf(command) {
  const text = await help(command);
  const below = [...text.matchAll(new RegExp(`^  jobsum ${command} ([a-z-]+)`, 'gm'))].map((m) => m[1]);
  return [text, ...(await Promise.all(below.map((word) => help(command, word))))];
}

manual.breaks = false;
manual.manual = 'jobsum';
manual.manVersion = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')).version;
marked.use(manual);
const ENTITIES = { quot: '"', amp: '&', lt: '<', gt: '>', '#39': "'" };

function write(name, section, markdown) {
  const page = marked.parse(markdown.replace(/^# /, `# ${name}(${section}) -- `));
  // The parser is one of HTML.
  const text = page.replace(/&(quot|amp|lt|gt|#39);/g, (_, entity) => ENTITIES[entity]);
  writeFileSync(new URL(`${name}.${section}`, out), text);
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const topics = readdirSync(new URL('.', import.meta.url)).flatMap((file) => /^([a-z-]+)\.md$/.exec(file)?.[1] ?? []);
for (const topic of topics) {
  const text = readFileSync(new URL(`${topic}.md`, import.meta.url), 'utf8');
  // The name is before the heading's colon; other topics are pages beside this one, and what else is linked is not.
  write(
    `jobsum-${topic}`,
    7,
    text.replace(/^# [^:]*: /, '# ').replace(/\[([^\]]+)\]\(([a-z-]+)\.md\)/g, '`jobsum-$1`(7)'),
  );
}

const seeAlso = `## See also\n\n${[...topics.map((topic) => `jobsum-${topic}(7)`)].join(', ')}\n`;
const block = (text) => `\`\`\`\n${text}\n\`\`\`\n`;
write('jobsum', 1, `# performance summaries of HPC jobs\n\n${block(await help())}\n${seeAlso}`);
await Promise.all(
  Object.entries(COMMANDS).map(async ([command, { describe }]) => {
    const parts = await pageOf(command);
    write(`jobsum-${command}`, 1, `# ${describe}\n\n${parts.map(block).join('\n')}\n${seeAlso}`);
  }),
);
