// The bench's baseline: what is worse is found, whichever way a figure is better, and what was not measured is no fault.

import { expect, it } from 'vitest';
import { compare, comparisonLines, type Ratios } from '../../bench/baseline.ts';

it('finds what is worse by more than the tolerance', () => {
  const was: Ratios = {
    speed: { value: 0.5, better: 'more' },
    slower: { value: 8, better: 'more' },
    time: { value: 2, better: 'less' },
    longer: { value: 2, better: 'less' },
    peer: { value: 7, better: 'more' },
  };
  const is: Ratios = {
    speed: { value: 0.46, better: 'more' },
    slower: { value: 4, better: 'more' },
    time: { value: 1, better: 'less' },
    longer: { value: 3, better: 'less' },
  };
  const found = compare(was, is, 0.1);
  expect(found.map((c) => [c.name, c.worse])).toEqual([
    ['speed', false],
    ['slower', true],
    ['time', false],
    ['longer', true],
    ['peer', false],
  ]);
  const lines = comparisonLines(found).map((line) => line.replace(/ +/g, ' ').trim());
  expect(lines).toEqual([
    'speed 0.5 → 0.46 -8 %',
    'slower 8 → 4 -50 % WORSE',
    'time 2 → 1 +100 %',
    'longer 2 → 3 -33 % WORSE',
    'peer 7 → not measured',
  ]);
});
