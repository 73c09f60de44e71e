// The BSON type of a number is that of its field: counts and indices are integers, what is computed is a double.

import { BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { toBson } from '../../src/sinks/bson.ts';

describe('numbers of the section coverage', () => {
  it('are integers where they count or name nodes, doubles where they measure', () => {
    const nodes = [{ index: 0, node: 'n1', records: 20, archives: 1, bytes: 2 ** 40, gaps: 0, first: 1, covered: 600 }];
    const analytics = { Block: { nodes: 1, partial: [2], missing: [0, 3] } };
    const counts = { expected: 4, reporting: 1, full: 0, records: 20, archives: 1, bytes: 2 ** 40, omitted: 3 };
    const { coverage } = toBson({ coverage: { ...counts, window: 600, covered: 150, nodes, analytics } }, BSON) as {
      coverage: Record<string, unknown> & { nodes: Record<string, unknown>[]; analytics: Record<string, object> };
    };
    const { Double, Long } = BSON;
    expect(coverage).toMatchObject({ expected: 4, reporting: 1, full: 0, records: 20, archives: 1, omitted: 3 });
    expect([coverage.bytes, coverage.nodes[0]!.bytes]).toEqual([Long.fromNumber(2 ** 40), Long.fromNumber(2 ** 40)]);
    expect([coverage.window, coverage.covered]).toEqual([new Double(600), new Double(150)]);
    expect(coverage.nodes[0]).toMatchObject({ index: 0, records: 20, gaps: 0, covered: new Double(600) });
    expect(coverage.analytics.Block).toEqual({ nodes: 1, partial: [2], missing: [0, 3] });
  });
});
