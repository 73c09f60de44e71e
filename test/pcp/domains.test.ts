// Instance domains over time: versions by stamp and file order, deltas, instances named twice. Expected is what PCP 6.0.3 gives.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ArchiveWriter, canonicalDump, indomId, pmid, UNITS } from '../../src/pcp/index.ts';
import { indomRecord } from '../../src/pcp/write/metadata.ts';
import { decodeArchive } from '../oracle/archive.ts';
import { canonicalDump as oracleDump } from '../oracle/dump.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const T0 = 1_772_409_600_000_000_000n;
const SECOND = 1_000_000_000n;
const INDOM = indomId(60, 1);

type Entry = readonly [number, string | null];
/** At a second: whole, or changes. In the order of the file. */
type Step = readonly ['full' | 'delta', number, readonly Entry[]];

/** Members at seconds 0 to 3, as the dump has them, and all there are. */
function members(name: string, steps: readonly Step[]): { at: (string | null)[]; all: string | undefined } {
  const base = join(dir, name.replace(/\W/g, '-'));
  const w = new ArchiveWriter(base, { version: 3, host: 'h', startNs: T0 });
  const m = { name: 'a.n', pmid: pmid(60, 0, 1), type: 'u32', indom: INDOM, semantics: 'instant' } as const;
  w.metric({ ...m, units: UNITS.none });
  for (let i = 0; i < 4; i++) w.record(T0 + BigInt(i) * SECOND, [{ ...m, ids: [1], values: [i] }]);
  w.close();
  for (const [kind, second, list] of steps) {
    const entries = list.map(([id, text]) => ({ id, name: text }));
    appendFileSync(`${base}.meta`, indomRecord(3, INDOM, T0 + BigInt(second) * SECOND, entries, kind === 'delta'));
  }
  const lines = [...canonicalDump(base)];
  expect(lines).toEqual([...oracleDump(decodeArchive(base))]);
  const at: (string | null)[] = [];
  let now: string | null = null;
  const text = (x: unknown): string => (x as Entry[]).map(([id, n]) => `${id}${n}`).join(' ');
  for (const line of lines.map((l) => JSON.parse(l))) {
    if ('now' in line) now = line.now === null ? null : text(line.now);
    if ('m' in line) at.push(now);
  }
  const all = lines.map((l) => JSON.parse(l)).find((l) => 'all' in l)?.all;
  return { at, all: all && text(all) };
}

const chain = Array.from({ length: 300 }, (_, i): Step => ['delta', 1, [[i + 10, 'x']]]);

describe('an instance domain', () => {
  it.each<[string, Step[], (string | null)[], string]>([
    [
      '15: unsorted ids, empty and spaced names',
      [
        [
          'full',
          0,
          [
            [3, 'c d'],
            [1, ''],
            [2, 'b'],
          ],
        ],
      ],
      Array(4).fill('1 2b 3c d'),
      '1 2b 3c d',
    ],
    [
      '16: an empty record is passed over',
      [
        ['full', 0, [[1, 'a']]],
        ['full', 1, []],
      ],
      Array(4).fill('1a'),
      '1a',
    ],
    [
      '17: of one stamp the last in the file',
      [
        ['full', 0, [[1, 'a']]],
        ['full', 0, [[1, 'b']]],
      ],
      Array(4).fill('1b'),
      '1b',
    ],
    [
      '18: versions out of order in the file',
      [
        ['full', 2, [[1, 'c']]],
        ['full', 0, [[1, 'a']]],
      ],
      ['1a', '1a', '1c', '1c'],
      '1c',
    ],
    ['19: first described after the first record', [['full', 2, [[1, 'a']]]], [null, null, '1a', '1a'], '1a'],
    [
      '20: added and deleted',
      [
        [
          'full',
          0,
          [
            [1, 'a'],
            [2, 'b'],
          ],
        ],
        [
          'delta',
          1,
          [
            [2, null],
            [3, 'c'],
          ],
        ],
      ],
      ['1a 2b', '1a 3c', '1a 3c', '1a 3c'],
      '1a 2b 3c',
    ],
    [
      '20: deleted, and it was not there',
      [
        ['full', 0, [[1, 'a']]],
        ['delta', 1, [[9, null]]],
      ],
      Array(4).fill('1a'),
      '1a',
    ],
    [
      '20: the last one deleted',
      [
        ['full', 0, [[1, 'a']]],
        ['delta', 1, [[1, null]]],
      ],
      ['1a', '', '', ''],
      '1a',
    ],
    [
      '20: named again',
      [
        [
          'full',
          0,
          [
            [1, 'a'],
            [5, 'old'],
          ],
        ],
        [
          'delta',
          1,
          [
            [5, null],
            [5, 'new'],
          ],
        ],
      ],
      ['1a 5old', '1a 5new', '1a 5new', '1a 5new'],
      '1a 5new',
    ],
    [
      '20: added again under another name: both, the old one first',
      [
        ['full', 0, [[5, 'old']]],
        ['delta', 1, [[5, 'new']]],
      ],
      ['5old', '5new 5old', '5new 5old', '5new 5old'],
      '5old',
    ],
    [
      '20: deleted of two the first',
      [
        [
          'full',
          0,
          [
            [5, 'x'],
            [5, 'y'],
          ],
        ],
        ['delta', 1, [[5, null]]],
      ],
      ['5x 5y', '5y', '5y', '5y'],
      '5y',
    ],
    [
      '20: a delta before any whole version',
      [
        [
          'delta',
          0,
          [
            [1, 'a'],
            [2, null],
          ],
        ],
      ],
      Array(4).fill('1a'),
      '1a',
    ],
    [
      '20: a delta behind an empty record',
      [
        ['full', 0, [[1, 'a']]],
        ['full', 1, []],
        ['delta', 2, [[2, 'b']]],
      ],
      ['1a', '1a', '1a 2b', '1a 2b'],
      '1a 2b',
    ],
    [
      '20: a delta before the version it changes',
      [
        ['full', 0, [[1, 'a']]],
        ['delta', 2, [[2, 'b']]],
        [
          'full',
          1,
          [
            [1, 'a'],
            [3, 'c'],
          ],
        ],
      ],
      ['1a', '1a 3c', '1a 2b 3c', '1a 2b 3c'],
      '1a 2b 3c',
    ],
    [
      '20: two deltas of one stamp',
      [
        ['full', 0, [[1, 'a']]],
        ['delta', 1, [[2, 'b']]],
        [
          'delta',
          1,
          [
            [2, null],
            [3, 'c'],
          ],
        ],
      ],
      ['1a', '1a 3c', '1a 3c', '1a 3c'],
      '1a 2b 3c',
    ],
    [
      '21: of all names the newest',
      [
        [
          'full',
          0,
          [
            [1, 'a'],
            [2, 'b'],
          ],
        ],
        ['full', 1, [[1, 'x']]],
        [
          'full',
          2,
          [
            [1, 'y'],
            [3, 'c'],
          ],
        ],
      ],
      ['1a 2b', '1x', '1y 3c', '1y 3c'],
      '1y 2b 3c',
    ],
  ])('%s', (name, steps, at, all) => {
    expect(members(name, steps)).toEqual({ at, all });
  });

  it('20: hundreds of deltas after one another', () => {
    const { at } = members('chain', [['full', 0, [[1, 'a']]], ...chain]);
    expect(at[1]!.split(' ')).toHaveLength(301);
  });
});
