// Owns the numbers behind the decoder's choices: the size of the window, and what the version of an archive costs.

import { built } from './built.ts';
import { EVER, neededMetrics, rolls } from './decode.ts';
import { type Spread, together } from './measure.ts';

const { decodeNode, limits, Wasm } = await built<typeof import('../src/pcp/index.ts')>('pcp/index.js');

const KIB = [64, 128, 256, 512, 1024, 2048, 4096] as const;

export interface Tuning {
  readonly what: string;
  /** CPU milliseconds of a node-day. */
  readonly cost: Spread;
  /** Over that of what is shipped, turn by turn. */
  readonly share: Spread;
}

/** `v2`: the same node-day as `v3` in the other version. */
export async function benchTuning(v3: string, v2: string, turns: number): Promise<Tuning[]> {
  const names = neededMetrics(v3);
  const consumers = rolls(names);
  const wasm = new Wasm();
  const decode = (base: string, windowBytes = limits.windowBytes) => {
    const shipped = limits.windowBytes;
    limits.windowBytes = windowBytes;
    decodeNode(wasm, {
      archives: [base],
      wanted: names,
      windows: [{ ...EVER, archives: [0], declare: () => consumers }],
    });
    limits.windowBytes = shipped;
  };
  const shipped = 'as shipped, version 3';
  const subjects: Record<string, () => void> = { [shipped]: () => decode(v3), 'version 2': () => decode(v2) };
  // Less the head of a block, so that the block is of this size.
  for (const kib of KIB) subjects[`window of ${kib} KiB`] = () => decode(v3, kib * 1024 - 16);
  const times = await together(subjects, turns);
  return Object.keys(subjects).map((what) => ({ what, cost: times.of(what), share: times.ratio(what, shipped) }));
}
