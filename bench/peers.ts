// Owns the comparison with PCP's own tools, where they are installed: statistics of the needed metrics, the same archives, whole
// processes in alternating turns. What counts is the marginal cost: a long archive less a short one, so that starting costs nothing.

import { spawnSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { neededMetrics } from './decode.ts';
import { type Spread, spread } from './measure.ts';

const REDUCE = fileURLToPath(new URL('reduce-archive.mjs', import.meta.url));

/** A tool and its words for an archive and a file of metric names. */
interface Tool {
  readonly name: string;
  readonly words: (base: string, names: readonly string[], list: string, out: string) => readonly string[];
}

const OURS: Tool = { name: 'jobsum/pcp reduce', words: (base, _names, list) => [process.execPath, REDUCE, base, list] };
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
  /** CPU milliseconds per 100 MB of volume beyond the first. */
  readonly marginal: Spread;
  /** How many times ours it takes, turn by turn. */
  readonly timesOurs: Spread;
}

export interface PeerCase {
  readonly what: string;
  readonly short: string;
  readonly long: string;
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
  for (const { what, short, long, more } of cases) {
    const names = [...neededMetrics(long), ...more];
    const list = join(work, 'peers');
    writeFileSync(list, `${names.join('\n')}\n`);
    const size = (base: string): number => statSync(`${base}.0`).size / 100e6;
    const costs = new Map<Tool, number[]>();
    for (let turn = -1; turn < turns; turn++) {
      for (const tool of [OURS, ...peers]) {
        const of = (base: string): number => {
          const out = join(work, `peers-${turn}-${costs.get(tool)?.length ?? 0}-${tool.name.replace('/', '-')}`);
          const ms = cost(tool.words(base, names, list, `${out}-${base.length}`));
          spawnSync('sh', ['-c', 'rm -f "$0"-*', out]);
          return ms;
        };
        const ms = (of(long) - of(short)) / (size(long) - size(short));
        if (turn >= 0) costs.set(tool, [...(costs.get(tool) ?? []), ms]);
      }
    }
    const ours = costs.get(OURS)!;
    for (const [{ name: tool }, ms] of costs) {
      figures.push({ tool, what, marginal: spread(ms), timesOurs: spread(ms.map((x, i) => x / ours[i]!)) });
    }
  }
  return figures;
}
