// Owns running the program over inputs from the field (../shared/field), whole or changed in a temporary folder.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shared } from '../oracle/shared.ts';
import { documentsOf, jobsum } from './cli.ts';

/** What tests look at of a document. */
export interface FieldDocument {
  readonly _id: string;
  readonly errors?: { readonly job?: readonly string[]; readonly archive?: readonly string[] };
  readonly coverage: {
    readonly records: number;
    readonly archives: number;
    readonly bytes: number;
    readonly full: number;
    readonly covered: number;
    readonly nodes: readonly {
      readonly records: number;
      readonly first?: number;
      readonly last?: number;
      readonly interval?: number;
      readonly gaps?: number;
    }[];
  };
  readonly block?: Readonly<Record<string, Readonly<Record<string, { readonly avg: number }>>>>;
  readonly [section: string]: unknown;
}

export const field = (...parts: string[]): string => shared('field', ...parts);

/** Documents of jobs (NDJSON) over a tree of archives, by id; the run must end with `code`. */
export async function documents(
  jobs: string,
  archives: string,
  options: { readonly cwd: string; readonly engine?: 'wasm' | 'ts'; readonly code?: number },
): Promise<ReadonlyMap<string, FieldDocument>> {
  const args = ['summarize', '--jobs', '-', '--archives', archives, '--output', 'ndjson:-', '--again'];
  const ran = await jobsum([...args, '--engine', options.engine ?? 'wasm'], { cwd: options.cwd, input: jobs });
  if (ran.code !== (options.code ?? 0)) throw new Error(`ended with ${ran.code}: ${ran.stderr}`);
  return documentsOf(ran.stdout) as ReadonlyMap<string, FieldDocument>;
}

/** The only document of a folder that holds its archives and `jobs.ndjson`. */
export async function documentOf(folder: string, cwd: string, engine: 'wasm' | 'ts' = 'wasm'): Promise<FieldDocument> {
  const found = await documents(readFileSync(join(folder, 'jobs.ndjson'), 'utf8'), folder, { cwd, engine });
  return [...found.values()][0]!;
}
