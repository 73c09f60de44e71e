// Owns running the built program as a user does, and comparing documents by content.

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { schemaFaults } from './schema.ts';

export const CLI = fileURLToPath(new URL('../../dist/cli/jobsum.js', import.meta.url));
export const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));
export const CLUSTER = ['--jobs', `${FIXTURES}cluster/jobs.sacct`, '--archives', `${FIXTURES}cluster/archives`];

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunSettings {
  readonly cwd: string;
  readonly input?: string;
  /** Besides this process's own. */
  readonly env?: NodeJS.ProcessEnv;
  /** In place of a call with these arguments: a line for bash in which `jobsum` is the program. */
  readonly shell?: string;
  /** Called when the process has started. */
  readonly started?: (child: ChildProcess) => void | Promise<void>;
  /** Standard input stays open, for `started` to write to. */
  readonly hold?: boolean;
}

export function jobsum(args: readonly string[], settings: RunSettings): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, NO_COLOR: '1', ...settings.env };
    const [program, ...words] =
      settings.shell === undefined
        ? [process.execPath, CLI, ...args]
        : ['bash', '-c', `jobsum() { "${process.execPath}" "${CLI}" "$@"; }\n${settings.shell}`];
    const child = spawn(program!, words, { cwd: settings.cwd, env });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
    child.stdin.on('error', () => undefined);
    if (!settings.hold) child.stdin.end(settings.input ?? '');
    Promise.resolve(settings.started?.(child)).catch(reject);
  });
}

/** What differs from run to run. */
const VOLATILE = new Set(['elapsed', 'created', 'mergetime']);

/** A document without what differs from run to run; numbers to 12 digits, as machines round powers differently. */
export function settled(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(12));
  if (Array.isArray(value)) return value.map(settled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !VOLATILE.has(key))
      .map(([key, v]) => [key, settled(v)]),
  );
}

/** Documents by id, each of which must conform to the schemas. `own`: keys of the site's analytics. */
export function documentsOf(ndjson: string, own: readonly string[] = []): Map<string, unknown> {
  const lines = ndjson.split('\n').filter((l) => l !== '');
  return new Map(
    lines.map((line) => {
      const document = JSON.parse(line) as { _id: string };
      const faults = schemaFaults(document, own);
      if (faults.length > 0) throw new Error(`${document._id}: ${faults.join('; ')}`);
      return [document._id, settled(document)];
    }),
  );
}
