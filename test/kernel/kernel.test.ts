// Node lists, instants and the error table.

import { describe, expect, it } from 'vitest';
import {
  clean,
  cleanJson,
  compressHosts,
  describeProblem,
  ERRORS,
  expandHosts,
  formatSeconds,
  JobsumError,
  nsOf,
  parseDuration,
  parseInstant,
  toProblem,
} from '../../src/kernel/index.ts';

describe('node lists (accounting.md §9.2)', () => {
  it.each([
    ['d16n[05,13-14]', ['d16n05', 'd16n13', 'd16n14']],
    ['k13n01s[01-02],k13n04s02', ['k13n01s01', 'k13n01s02', 'k13n04s02']],
    ['r[1-2]n[01-02]', ['r1n01', 'r1n02', 'r2n01', 'r2n02']],
    ['n[8-11]', ['n8', 'n9', 'n10', 'n11']],
    ['n[098-101]', ['n098', 'n099', 'n100', 'n101']],
    ['a, b ,,a', ['a', 'b']],
    ['', []],
    [' , ', []],
  ])('%j', (text, hosts) => {
    expect(expandHosts(text)).toEqual(hosts);
  });

  it.each([
    'host[01-10[01-10]]',
    'host[01-10',
    'host]',
    'n[3-1]',
    'n[a-b]',
    'host[000000001-999999999]',
    'a[1-300]b[1-300]',
  ])('refuses %j', (text) => {
    expect(() => expandHosts(text)).toThrow(expect.objectContaining({ code: 'E_HOSTLIST' }));
  });

  it('are shortened for display and lengthened back', () => {
    for (const text of ['n[01-04],x7', 'a1b[8-11]', 'solo', 'n[098-101]']) {
      expect(compressHosts(expandHosts(text))).toBe(text);
    }
  });
});

describe('instants', () => {
  it.each([
    ['@1772409600', 1772409600],
    ['1772409600', 1772409600],
    ['2026-03-02', 1772409600],
    ['2026-03-02T00:00:00', 1772409600],
    ['2026-03-02T01:00:00+01:00', 1772409600],
    ['2026-03-02 00:00:00.5Z', 1772409600.5],
  ])('%s', (text, seconds) => {
    expect(parseInstant(text)).toBe(seconds);
  });

  it.each(['', 'yesterday', '2026-13-01', '2026-02-30', '2026-03-02T25:00:00'])('refuses %j', (text) => {
    expect(() => parseInstant(text)).toThrow(JobsumError);
  });

  it('understands durations in seconds and by their unit, everywhere alike', () => {
    const given = ['90', '90s', '1.5m', '2h', '2d', '12w', '1y', ' 3 d '];
    expect(parseDuration('1e3')).toBe(1000);
    expect(given.map((text) => parseDuration(text))).toEqual([
      90, 90, 90, 7200, 172_800, 7_257_600, 31_536_000, 259_200,
    ]);
    expect(['', '-1', '2 moons', '2M', 'd', '1e999', '1d2h'].map((text) => parseDuration(text))).toEqual(
      Array(7).fill(null),
    );
    expect([parseDuration('2', 'd'), parseDuration('2h', 'd'), parseDuration('2', null)]).toEqual([
      172_800,
      7200,
      null,
    ]);
  });

  it('as nanoseconds are exact to the microsecond', () => {
    expect(nsOf(1772409600.000001)).toBe(1772409600000001000n);
    expect(nsOf(-0.5)).toBe(-500000000n);
    expect(formatSeconds(1772409600)).toContain('2026-03-02');
  });
});

describe('text that is safe to print', () => {
  const poison = 'a\u001b[2J\n\u202eb\u0085\u007f\u2066';

  it('has neither control characters nor those that turn the direction', () => {
    expect(clean(poison)).toBe('a?[2J??b???');
  });

  it('is JSON of the same value', () => {
    const value = { [poison]: [poison] };
    const text = cleanJson(JSON.stringify(value, null, 2));
    expect(JSON.parse(text)).toEqual(value);
    expect(text.split('\n').map(clean)).toEqual(text.split('\n'));
  });
});

describe('errors', () => {
  it('have an exit code, and say what they cost and what to do in sentences', () => {
    for (const [code, kind] of Object.entries(ERRORS)) {
      expect(code).toMatch(/^E_[A-Z_]+$/);
      expect(kind.exit).toBeGreaterThan(0);
      expect(kind.effect).toMatch(/^[A-Z].*\.$/);
      expect(kind.advice).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('say what, where, expected and found', () => {
    const error = new JobsumError('E_ARCHIVE_TRAILER', 'lengths differ', {
      ...{ file: 'x.0', volume: 0, offset: 132, record: 'data record' },
      ...{ expected: '64', found: '63' },
    });
    expect(describeProblem(toProblem(error))).toBe(
      'E_ARCHIVE_TRAILER: lengths differ (x.0, volume 0, offset 132, data record); expected 64; found 63',
    );
    expect(toProblem(new TypeError('oops')).code).toBe('E_INTERNAL');
  });
});
