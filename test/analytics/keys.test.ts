// Devices of documents: joined by name, and each with a key of its own whatever the names are.

import { describe, expect, it } from 'vitest';
import { distinct, documentKeys, numberKeys } from '../../src/analytics/keys.ts';
import { placesOfCpus } from '../../src/analytics/shipped/cpu-list.ts';
import { jobOf, type Sample, summarize, times } from '../support/nodes.ts';

const dashed = (name: string): string => name.replaceAll('.', '-');

describe('keys of devices', () => {
  it('are the names, without dots', () => {
    expect([...documentKeys(['sda', 'eth0.5'], dashed)]).toEqual([
      ['sda', 'sda'],
      ['eth0.5', 'eth0-5'],
    ]);
  });

  it('are never the same for two', () => {
    const keys = documentKeys(['a.b.c', 'a.b-c', 'a-b.c', 'a-b-c', 'a-b-c-2'], dashed);
    expect(new Set(keys.values()).size).toBe(5);
    // Whoever is called so keeps the key.
    expect(keys.get('a-b-c')).toBe('a-b-c');
    expect(keys.get('a-b-c-2')).toBe('a-b-c-2');
    expect(keys.get('a-b.c')).toBe('a-b-c-3');
  });

  it('do not depend on the order in which devices are seen', () => {
    const names = ['x.1', 'x-1', 'x.1.', 'x-1.'];
    const sorted = (list: readonly string[]) => [...documentKeys(list, dashed)].sort();
    expect(sorted(names)).toEqual(sorted(names.toReversed()));
  });

  it('tell instances apart that a domain gives one name', () => {
    const devices = distinct({ ids: [3, 7, 9], names: ['a', 'b', 'a'] });
    expect(new Set(devices).size).toBe(3);
    expect([...documentKeys(devices).values()].sort()).toEqual(['a', 'a-2', 'b']);
  });

  it('are one for the value of a metric without domain, whatever its number', () => {
    expect(distinct({ ids: [-1], names: [] })).toEqual(distinct({ ids: [0], names: [] }));
  });

  it('of columns are the first numbers, each once', () => {
    expect(numberKeys([0, 1, 5])).toEqual(['0', '1', '5']);
    expect(numberKeys([0, 1, 0, 1])).toEqual(['0', '1', '2', '3']);
  });
});

describe('devices whose names differ in a dot', () => {
  const metrics = ['in.bytes', 'out.bytes'];
  const nics = (i: number): Sample =>
    Object.fromEntries(metrics.map((m) => [`network.interface.${m}`, { 'eth0.x': 5 * i, 'eth0-x': 1000 * i }]));

  it('stay two devices, and the document says which is which', () => {
    const { summary, errors } = summarize(jobOf(1, 60), [times(3, nics)]);
    const network = summary.network as Record<string, Record<string, { avg: number; cnt: number }>>;
    expect(network['eth0-x']!['in-bytes']).toEqual({ avg: 2000, cnt: 1 });
    expect(network['eth0-x-2']!['in-bytes']).toEqual({ avg: 10, cnt: 1 });
    expect(errors.archive).toEqual(['n0 network eth0.x is listed as eth0-x-2: eth0-x is another']);
  });

  it('on two nodes too', () => {
    const only = (name: string, x: number) =>
      times(3, (i): Sample => Object.fromEntries(metrics.map((m) => [`network.interface.${m}`, { [name]: x * i }])));
    const { summary } = summarize(jobOf(2, 60), [only('eth0.x', 5), only('eth0-x', 1000)]);
    expect(summary.network).toMatchObject({
      'eth0-x': { 'in-bytes': { avg: 2000, cnt: 1 } },
      'eth0-x-2': { 'in-bytes': { avg: 10, cnt: 1 } },
    });
  });
});

describe("a job's CPUs", () => {
  it('are found by name, whatever their numbers', () => {
    expect(placesOfCpus({ ids: [4, 5, 6], names: ['cpu1', 'cpu0', 'cpu4'] }, [0, 4, 5])).toEqual([1, 2, -1]);
  });

  it('are found by number where they are called otherwise', () => {
    expect(placesOfCpus({ ids: [4, 5], names: ['first', 'second'] }, [5, 6])).toEqual([1, -1]);
  });
});
