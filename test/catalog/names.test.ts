// What names tell without opening anything: times in zones with daylight saving, which archives fast mode believes.

import { describe, expect, it } from 'vitest';
import { isYoung } from '../../src/catalog/damaged.ts';
import { stampOf } from '../../src/catalog/index.ts';
import { hostOfDirectory, topOf } from '../../src/catalog/names.ts';
import { zonedInstant } from '../../src/kernel/index.ts';

const wall = (text: string) => {
  const [year, month, day, hour, minute, second] = text.split(/[- :]/).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return { year, month, day, hour, minute, second };
};

describe('times on the clocks of a zone', () => {
  it.each([
    ['2020-07-01 00:00:00', 'America/New_York', 1593576000],
    ['2020-12-01 00:00:00', 'America/New_York', 1606798800],
    // An hour that comes twice: the first.
    ['2020-11-01 01:30:00', 'America/New_York', 1604208600],
    // One that is left out: as if the clocks had not been set forward.
    ['2020-03-08 02:30:00', 'America/New_York', Date.UTC(2020, 2, 8, 7, 30) / 1000],
    ['2018-10-04 04:05:41', 'UTC', 1538625941],
    ['2026-03-29 02:30:00', 'Europe/Berlin', Date.UTC(2026, 2, 29, 1, 30) / 1000],
    ['2026-10-25 02:30:00', 'Europe/Berlin', Date.UTC(2026, 9, 25, 0, 30) / 1000],
    ['2026-04-05 01:45:00', 'Australia/Lord_Howe', Date.UTC(2026, 3, 4, 14, 45) / 1000],
    ['2026-01-01 00:00:00', 'Asia/Kathmandu', Date.UTC(2025, 11, 31, 18, 15) / 1000],
  ])('%s in %s', (text, zone, instant) => expect(zonedInstant(wall(text), zone)).toBe(instant));

  it('are none for dates that do not exist', () => {
    for (const text of ['2020-02-30 00:00:00', '2020-13-01 00:00:00', '2020-01-01 24:00:00', '2020-01-01 00:61:00'])
      expect(zonedInstant(wall(text), 'UTC')).toBeNull();
  });
});

describe('fast mode', () => {
  it.each([
    'job-123423-begin-20181004.04.05.41',
    'job-123423-end-20181004.04.05.41',
    'job-123423-postbegin-20181004.04.05.41',
    'job-123423[234].server.net-begin-20181004.04.05.41',
    'job-123423[]-end-20181004.04.05.41',
    'job-123_4-begin-20181004.04.05.41',
    'job-123+1-begin-20181004.04.05.41',
  ])('believes %s', (name) => expect(stampOf(name, 'UTC')).toBe(1538625941));

  it.each([
    'job-2671016',
    'job-2679009[431]',
    'job-1451551[326].hd-20180614.13.26.33',
    'job-123-4-begin-20181004.04.05.41',
    'job-12-End-20181004.04.05.41',
    'jo.log.ex.e-end-20180614.09.48.29',
    'job-1-begin-20181304.04.05.41',
    '20181004.04.05',
  ])('does not believe %s', (name) => expect(stampOf(name, 'UTC')).toBeNull());
});

describe('the directory of a host', () => {
  it.each([
    // Layouts A to D.
    ['2026/03/n1/2026-03-02/20260302.00.10', 'n1'],
    ['n1/2026/03/02/20260302.00.10', 'n1'],
    ['n1/202603/20260302.00.10', 'n1'],
    ['n1/20260302.00.10', 'n1'],
    ['n1/2026-03/02/a', 'n1'],
    ['n1/202603/02/23/a', 'n1'],
    ['n1/20260302/a', 'n1'],
    // Hosts whose names are digits.
    ['1001/20260302.00.10', '1001'],
    ['1001/a', '1001'],
    ['01/a', '01'],
    ['12/202603/a', '12'],
    ['31/2026/03/02/a', '31'],
    ['1001/2026/03/02/a', '1001'],
    ['100199/2026/03/a', '100199'],
    ['20019999/a', '20019999'],
    ['2001/2026/03/02/a', '2001'],
    ['2001/202603/a', '2001'],
    ['2001/2026-03-02/a', '2001'],
    ['2001/20260302.00.10', '2001'],
    ['2001/job-7-begin-20260302.00.10.00', '2001'],
    ['2026/03/1001/2026-03-02/a', '1001'],
    ['2026/03/99/2026-03-02/a', '99'],
    // Nothing shows that these are none.
    ['2026/20260302.00.10', ''],
    ['2026/03/02/a', ''],
    ['202603/a', ''],
  ])('of %s is %j', (base, host) => expect([hostOfDirectory(base), topOf(base)]).toEqual([host, host]));

  it('may be the innermost or the outermost one', () => {
    expect(hostOfDirectory('/archive/7/n1/daily/20260302')).toBe('daily');
    expect(topOf('1001/daily/20260302')).toBe('1001');
  });
});

describe('an archive that has just begun, and is named by its day', () => {
  const problem = { code: 'E_ARCHIVE_EMPTY', message: 'no records' } as const;
  const at = (hour: number): number => Date.UTC(2026, 2, 2, hour) / 1000;

  it.each([0, 9, 15, 23])('may have at %i o’clock', (hour) => {
    expect(isYoung(problem, 'n1/20260302', at(hour) * 1000, at(hour))).toBe(true);
  });

  it('is a copy days later', () => {
    expect(isYoung(problem, 'n1/20260302', at(72) * 1000, at(72))).toBe(false);
    expect(isYoung(problem, 'n1/20260302.00.10', at(16) * 1000, at(16))).toBe(false);
  });
});
