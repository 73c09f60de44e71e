// Owns what the names of archives and of their directories mean: jobs, times, hosts (archive-index.md §3, 4).

import { basename, dirname } from 'node:path';
import { zonedInstant } from '../kernel/index.ts';
import { hostKey, sameHost } from '../pcp/index.ts';

/** Job id parts of a `job-…` archive: (local id, array index, raw id), -1 for what is not given. */
export interface ArchiveJob {
  readonly local: number;
  readonly index: number;
  readonly raw: number;
}

/** §4.3; null: node-level. */
export function parseArchiveJob(baseName: string): ArchiveJob | null {
  if (!baseName.startsWith('job-')) return null;
  const m = /^(\d+)(?:([_[])(\d*)\]?)?/.exec(baseName.split('-')[1] ?? '');
  if (!m) return null;
  const number = Number(m[1]);
  return m[3] ? { local: number, index: Number(m[3]), raw: -1 } : { local: -1, index: -1, raw: number };
}

/** Whether an archive with these ids in its name is the job's. */
export function isOfJob(archive: ArchiveJob, job: ArchiveJob): boolean {
  if (archive.raw >= 0) return archive.raw === job.raw;
  return archive.local >= 0 && archive.local === job.local && archive.index === job.index;
}

/** What a job's archive is of: its `begin`, its `end`, or undefined. The name of a server behind the id may have dashes. */
export const archiveWord = (baseName: string): string | undefined =>
  (/-(begin|end)-[\d.:-]+$/.exec(baseName) ?? /^job-[^-]*-(begin|end)/.exec(baseName))?.[1];

const STAMPED = /^job-[^-]+-[a-z]+-(\d{4})(\d\d)(\d\d)\.(\d\d)\.(\d\d)\.(\d\d)/;

/** §4, fast mode: epoch seconds that the name of a job-level archive tells, on the clocks of a zone; null: it tells none. */
export function stampOf(baseName: string, zone: string): number | null {
  const m = STAMPED.exec(baseName);
  if (!m) return null;
  const [year, month, day, hour, minute, second] = m.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return zonedInstant({ year, month, day, hour, minute, second }, zone);
}

const DATE_IN_NAME = /(?:^|\D)(\d{4})(\d\d)(\d\d)(?:\.(\d\d)[.:](\d\d)|(?!\d))/;

/** §3: epoch seconds that the name of any archive tells, as if the node's clock showed UTC; null: it tells none. */
export function dateOf(baseName: string): number | null {
  const m = DATE_IN_NAME.exec(baseName);
  if (!m) return null;
  const [year, month, day, hour, minute] = m.slice(1).map((n) => Number(n ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59) return null;
  return Date.UTC(year, month - 1, day, hour, minute) / 1000;
}

/** The latest time at which an archive of this name may have begun, as `dateOf` has it: the end of the day where the name tells no hour. */
export function latestDateOf(baseName: string): number | null {
  const date = dateOf(baseName);
  if (date === null) return null;
  return DATE_IN_NAME.exec(baseName)![4] === undefined ? date + 86_400 : date;
}

/**
 * Whether an archive may be of the host asked for: of the host that it has by its label, or in a directory that is looked up as the host's,
 * whatever its label says: the reader takes the right ones, and names the others.
 */
export const mayBeOf = (asked: string, labelled: string, directory: string): boolean =>
  sameHost(asked, labelled) || hostKey(asked) === directory;

/** Digits of a date, or of its beginning: YYYY, YYYYMM, YYYYMMDD, YYYYMMDDHH. */
const DATE = /^(?:19[7-9]\d|20\d\d)(?:(?:0[1-9]|1[0-2])(?:(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])?)?)?$/;

/** Digits of a directory's name that may be a date's, or go on with the one above; empty: it is neither. */
const dateDigits = (part: string): string => (/^\d+(-\d\d){0,2}$/.test(part) ? part.replaceAll('-', '') : '');

/**
 * The directories of a path that are no dates, the outermost first. Hosts may be called by digits alone: these are dates where they stand as
 * dates do, MM below YYYY and DD below that, and not a year that is above another one (`2001/2026/03/02`, `2001/20260302.00.10`).
 */
export function undated(base: string): string[] {
  const parts = dirname(base)
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  const inner = (i: number): string =>
    i < parts.length ? dateDigits(parts[i]!) : (DATE_IN_NAME.exec(basename(base))?.[1] ?? '');
  let above = '';
  return parts.filter((part, i) => {
    const digits = dateDigits(part);
    const next = inner(i + 1).slice(0, 4);
    if (above !== '' && digits.length === 2 && DATE.test(above + digits)) above += digits;
    else if (DATE.test(digits) && !(digits.length === 4 && DATE.test(next) && next !== digits)) above = digits;
    else above = '';
    return above === '';
  });
}

/** The host that a path stands for, whatever its layout: the innermost directory that is no date; empty: there is none. */
export const hostOfDirectory = (base: string): string => undated(base).at(-1) ?? '';

/** The outermost directory of a path that is no date; empty: there is none. */
export const topOf = (base: string): string => undated(base)[0] ?? '';
