// TALLY of what is no text: a metric that a damaged or foreign archive describes as numbers has no strings to count.

import { expect, it } from 'vitest';
import { indomId, UNITS } from '../../src/pcp/index.ts';
import type { ConsumerSpec } from '../../src/reduce/index.ts';
import { archive, ENGINES, metric, type Record, readBy } from '../support/counters.ts';

const more = { indom: indomId(60, 0), semantics: 'instant', units: UNITS.none } as const;
const command = metric(0, { ...more, type: 'string' });
const records = Array.from(
  { length: 3 },
  (_, i): Record => [
    ['sh', 'awk'],
    [i, 7],
    ['1', '2'],
  ],
);

it.each(ENGINES)('the %s engine counts texts alone', (_, decode) => {
  const tally = (type: 'u32' | 'u64' | 'double' | 'string') => {
    const other = metric(1, { ...more, type });
    const text = metric(2, { ...more, type: 'string' });
    const values = records.map(
      (r): Record => [r[0]!, type === 'string' ? r[2]! : type === 'u64' ? [1n, 2n] : r[1]!, r[2]!],
    );
    const spec: ConsumerSpec = {
      ...{ metrics: [command.name, other.name, text.name], mode: 'all', raw: true },
      reducers: [
        { kind: 'TALLY', metrics: [0, 1] },
        { kind: 'TALLY', metrics: [1] },
        { kind: 'TALLY', metrics: [0, 2] },
      ],
    };
    const { reducers } = readBy(decode, [archive([command, other, text], values)], [spec]).consumers[0]!;
    return reducers.map((r) => (r.kind === 'TALLY' ? r.entries.map((e) => [e.name, ...e.strings, e.count]) : null));
  };
  const texts = [
    ['i0', 'sh', '1', 3],
    ['i1', 'awk', '2', 3],
  ];
  for (const type of ['u32', 'u64', 'double'] as const) expect(tally(type), type).toEqual([[], [], texts]);
  expect(tally('string')[0]).toEqual(texts);
});
