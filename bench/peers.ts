// Owns the comparison with PCP's own tools, where they are installed: statistics of the needed metrics, the same node-days, whole
// processes in alternating turns. What counts is the marginal cost of a node-day. Ours reads any number in one process: that of
// many less that of a few, by which all code is compiled. A PCP tool is started for each: that of the day less that of its first minutes.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { neededMetrics } from './decode.ts';
import { type Spread, spread } from './measure.ts';

const REDUCE = fileURLToPath(new URL('reduce-archive.mjs', import.meta.url));

/** A tool of PCP and its words for an archive and a file of metric names. */
interface Tool {
  readonly name: string;
  readonly words: (base: string, names: readonly string[], list: string, out: string) => readonly string[];
}

const OURS = 'jobsum/pcp reduce';
/** Node-days that one process of ours reads. */
const FEW = 4;
const MANY = 16;

const PEERS: readonly Tool[] = [
  { name: 'pmlogsummary', words: (base, names) => ['pmlogsummary', '-lmMy', base, ...names] },
  { name: 'pmdumplog', words: (base, names) => ['pmdumplog', '-m', base, ...names] },
  { name: 'pmlogextract', words: (base, _names, list, out) => ['pmlogextract', '-c', list, base, out] },
];

const installed = (tool: string): boolean => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;

/** CPU time, user and system, in milliseconds. */
function cost(words: readonly string[]): number {
  const script = 'TIMEFORMAT="%U %S"; time "$@" >/dev/null 2>/dev/null';
  const { stderr, status } = spawnSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${words.slice(0, 3).join(' ')} … ended with ${status}`);
  const [user, system] = stderr.trim().split(' ').map(Number);
  return (user! + system!) * 1000;
}

export interface PeerFigures {
  readonly tool: string;
  readonly what: string;
  /** CPU milliseconds per 100 MB of volume. */
  readonly marginal: Spread;
  /** How many times ours it takes, turn by turn. */
  readonly timesOurs: Spread;
}

export interface PeerCase {
  readonly what: string;
  /** A node-day, and the beginning of one. */
  readonly day: string;
  readonly start: string;
  /** Metrics besides the needed ones. */
  readonly more: readonly string[];
}

/** Names of the tools that are not there are given to `missing`. */
export async function benchPeers(
  work: string,
  cases: readonly PeerCase[],
  turns: number,
  missing: (tool: string) => void,
): Promise<PeerFigures[]> {
  const peers = PEERS.filter(({ name }) => installed(name) || void missing(name));
  const figures: PeerFigures[] = [];
  const size = (base: string): number => statSync(`${base}.0`).size / 100e6;
  for (const { what, day, start, more } of cases) {
    const names = [...neededMetrics(day), ...more];
    const list = join(work, 'peers');
    writeFileSync(list, `${names.join('\n')}\n`);
    const ours = (days: number): number => cost([process.execPath, REDUCE, list, ...Array<string>(days).fill(day)]);
    const theirs = (tool: Tool, base: string): number => {
      const out = mkdtempSync(join(work, 'peers-'));
      const ms = cost(tool.words(base, names, list, join(out, 'copy')));
      rmSync(out, { recursive: true });
      return ms;
    };
    const costs = new Map<string, number[]>();
    const note = (tool: string, ms: number): void => void costs.set(tool, [...(costs.get(tool) ?? []), ms]);
    for (let turn = 0; turn < turns; turn++) {
      note(OURS, (ours(MANY) - ours(FEW)) / ((MANY - FEW) * size(day)));
      for (const tool of peers) note(tool.name, (theirs(tool, day) - theirs(tool, start)) / (size(day) - size(start)));
    }
    const own = costs.get(OURS)!;
    for (const [tool, ms] of costs) {
      figures.push({ tool, what, marginal: spread(ms), timesOurs: spread(ms.map((x, i) => x / own[i]!)) });
    }
  }
  return figures;
}
