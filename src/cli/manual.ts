// Owns the topics of the manual as the command line shows them: the pages of src/manual, which are shipped as they are.

import { readdirSync, readFileSync } from 'node:fs';
import { packageFile } from '../kernel/index.ts';

const FOLDER = 'src/manual';

/** Names of the topics, in alphabetical order. */
export function topics(): string[] {
  return readdirSync(packageFile(FOLDER))
    .flatMap((file) => /^([a-z-]+)\.md$/.exec(file)?.[1] ?? [])
    .sort();
}

/** A topic's page, as Markdown; null: there is none of that name. */
export function topicPage(name: string): string | null {
  return topics().includes(name) ? readFileSync(packageFile(`${FOLDER}/${name}.md`), 'utf8') : null;
}

/** The same to be read on a terminal: links are their texts, those to topics how they are called here. */
export function topicText(name: string): string | null {
  const links = /\[([^\]]+)\]\(([^)]+)\)/g;
  const asRead = (_: string, text: string, target: string): string =>
    /^[a-z-]+\.md$/.test(target) ? `\`jobsum help ${target.replace('.md', '')}\`` : text;
  return topicPage(name)?.replace(links, asRead) ?? null;
}
