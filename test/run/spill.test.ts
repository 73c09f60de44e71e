// Node results between worker and document: packed without loss, and beyond a bound in a file that nobody else sees.

import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack, unpack, type WorkShare } from '../../src/run/packed.ts';
import { Spill } from '../../src/run/spill.ts';

const share = (cls: string, rows: number): WorkShare => ({
  cls,
  metrics: ['a.b', 'c.ä'],
  result: {
    records: 7,
    skipped: 0,
    stop: { kind: 'stop', reason: 'error', code: -12351 },
    labels: { ids: [0, 5], names: ['cpu0', 'größe'] },
    reducers: [
      {
        kind: 'SUBSAMPLE',
        t: Float64Array.from({ length: rows }, (_, i) => i / 3),
        v: new Float64Array(0),
        rows: Float64Array.from({ length: 2 * rows }, (_, i) => (i === 3 ? Number.NaN : -i)),
        width: 2,
        lead: { window: -1.5, leadout: Number.POSITIVE_INFINITY },
      },
      { kind: 'LATCH', value: null },
      {
        kind: 'TALLY',
        entries: [{ instance: 1, name: null, strings: ['x'], count: 1, first: 0, last: 0 }],
        overflow: false,
      },
    ],
  },
});

describe('packed results', () => {
  it('are what was packed, part by part', () => {
    const shares = [share('A', 3), share('B', 0), share('C', 100)];
    const { parts, bytes } = pack(shares);
    expect(parts.map((p) => p.cls)).toEqual(['A', 'B', 'C']);
    // As they arrive in the main thread.
    const arrived = structuredClone(bytes);
    const back = parts.map((p) => ({ cls: p.cls, ...unpack(arrived.subarray(p.at, p.at + p.length)) }));
    expect(back).toEqual(shares);
    expect(pack([])).toEqual({ parts: [], bytes: new Uint8Array(0) });
  });

  it('hold doubles only: anything else is a defect here and not there', () => {
    const odd = { ...share('A', 1), metrics: [new Uint8Array(3)] } as unknown as WorkShare;
    expect(() => pack([odd])).toThrow('vectors of doubles');
  });
});

describe('spilled results', () => {
  it('come back the same from memory and from the file', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 40 }),
        fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
        (pieces, dropped) => {
          const spill = new Spill(200);
          const stored = pieces.map((piece, i) => {
            const kept = spill.keep(piece);
            if (dropped[i] && i % 2) {
              spill.drop(kept);
              return null;
            }
            return kept;
          });
          stored.forEach((s, i) => {
            if (!s) return;
            const from = pieces[i]!.length >> 1;
            expect(spill.read(s, from, s.length - from)).toEqual(pieces[i]!.subarray(from));
          });
          spill.close();
        },
      ),
      { numRuns: 100 },
    );
  });

  it('leave nothing in the temporary directory, not even while they are there', () => {
    const spill = new Spill(0);
    const before = readdirSync(tmpdir()).filter((f) => f.startsWith('jobsum-spill-'));
    const stored = spill.keep(new Uint8Array([1, 2, 3]));
    expect(spill.spilled).toBe(3);
    expect(readdirSync(tmpdir()).filter((f) => f.startsWith('jobsum-spill-'))).toEqual(before);
    expect(spill.read(stored, 1, 2)).toEqual(new Uint8Array([2, 3]));
    spill.close();
  });

  it('that cannot be written are an error with a place', () => {
    const old = process.env.TMPDIR;
    process.env.TMPDIR = '/nonexistent';
    try {
      expect(() => new Spill(0).keep(new Uint8Array(1))).toThrow(expect.objectContaining({ code: 'E_IO' }));
    } finally {
      process.env.TMPDIR = old;
      if (old === undefined) delete process.env.TMPDIR;
    }
  });
});
