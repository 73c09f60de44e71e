// Documents near the size limit: the size is that of BSON, what goes goes in order of worth, and the document says so.

import fc from 'fast-check';
import { BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { bsonBytes, type Document, fitDocument } from '../../src/document/index.ts';

const KIB = 1024;

/** A document with something of everything, some 60 kB of it summary and 250 kB series. */
function large(): Document {
  const commands = Array.from({ length: 150 }, (_, i) => `/opt/program-${i} ${'x'.repeat(60)}`);
  const hosts = Object.fromEntries(
    Array.from({ length: 70 }, (_, i) => [
      String(i),
      {
        all: Array.from({ length: 50 }, (_, k) => k + i / 7),
        dev: { 0: Array.from({ length: 50 }, (_, k) => k / 3), 1: Array.from({ length: 50 }, (_, k) => k / 11) },
        names: { 0: 'cpu0', 1: 'cpu1' },
      },
    ]),
  );
  const pairs = Array.from({ length: 50 }, (_, k): [number, number] => [k, k % 70]);
  const times = Array.from({ length: 50 }, (_, k) => 1000 + 30 * k);
  return {
    _id: '1-2',
    summarization: { version: '1.0.6', complete: true },
    created: '2026-03-02T00:00:00.000Z',
    acct: { id: '1', host_list: Array.from({ length: 70 }, (_, i) => `n${i}`) },
    cpu: { nodecpus: { user: { avg: 0.5, cnt: 140 } } },
    cores: { avg: 2, cnt: 70 },
    procDump: {
      constrained: commands,
      unconstrained: commands,
      cpusallowed: Object.fromEntries(
        Array.from({ length: 70 }, (_, i) => [`node${i}`, { node: `n${i}`, cpu_list: '0,1' }]),
      ),
    },
    timeseries: {
      version: 4,
      hosts: Object.fromEntries(Array.from({ length: 70 }, (_, i) => [String(i), `n${i}`])),
      cpuuser: { times, hosts, min: pairs, max: pairs, med: pairs },
      memused: { times, hosts },
    },
  };
}

const noteOf = (d: Document): string => (d.errors as { document: string[] }).document[0]!;

describe('a document near the size limit', () => {
  it('has the size that BSON gives it, or a little less than estimated', () => {
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.double({ noInteger: true }),
        fc.string({ unit: 'grapheme' }),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 15 }),
        fc.dictionary(
          fc.string({ maxLength: 5 }).filter((s) => !s.includes('\0') && s !== '_bsontype'),
          tie('value'),
        ),
      ),
    })).value;
    fc.assert(
      fc.property(value, (v) => {
        expect(bsonBytes({ v })).toBe(BSON.serialize({ v }).length);
      }),
      { numRuns: 500 },
    );
    const numbers = { many: Array.from({ length: 1234 }, (_, i) => i + 0.5) };
    expect(bsonBytes(numbers)).toBe(BSON.serialize(numbers).length);
  });

  it('stays the same object if it fits', () => {
    const document = large();
    expect(fitDocument(document)).toBe(document);
  });

  it('loses the long lists of processes first, and says so', () => {
    const document = large();
    const before = structuredClone(document);
    const fitted = fitDocument(document, 250 * KIB);
    expect(document).toEqual(before);
    expect(noteOf(fitted)).toMatch(/^left out, as the document would be too large: the devices of the series/);
    const summaryOnly = { ...document, timeseries: undefined } as unknown as Document;
    const small = fitDocument(summaryOnly, 25 * KIB);
    expect((small.procDump as { constrained: string[] }).constrained).toHaveLength(20);
    expect((small.procDump as { constrained: string[] }).constrained[0]).toMatch(/^\/opt\/program-0 /);
    expect(noteOf(small)).toBe('left out, as the document would be too large: lists of processes longer than 20');
    expect(small.cpu).toEqual(document.cpu);
  });

  it.each([400, 200, 100, 60, 40, 20, 12])('fits %i kB in each part, with what readers require', (limit) => {
    const fitted = fitDocument(large(), limit * KIB);
    const { timeseries, ...summary } = fitted as Document & { timeseries: Record<string, unknown> };
    expect(bsonBytes(summary)).toBeLessThanOrEqual(limit * KIB);
    expect(bsonBytes(timeseries)).toBeLessThanOrEqual(limit * KIB);
    expect(summary.acct).toEqual(large().acct);
    expect(timeseries.hosts).toEqual((large().timeseries as Record<string, unknown>).hosts);
    for (const series of [timeseries.cpuuser, timeseries.memused] as ({ hosts: object } | undefined)[]) {
      // Devices go from all nodes or from none, so that names always cover them.
      const forms = Object.values(series?.hosts ?? {}).map((h) => Object.keys(h as object).join());
      expect(new Set(forms).size).toBeLessThanOrEqual(1);
    }
  });

  it('fits a time-series document alone', () => {
    const series = { _id: '1-2', ...(large().timeseries as object) } as Document;
    const fitted = fitDocument(series, 120 * KIB);
    expect(bsonBytes(fitted)).toBeLessThanOrEqual(120 * KIB);
    expect(fitted.cpuuser).toBeDefined();
    expect(noteOf(fitted)).toContain('the devices of the series cpuuser');
  });
});
