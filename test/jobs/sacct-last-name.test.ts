// Lists of sacct in which names stand last: names over lines, and whole records that users wrote into them.

import { describe, expect, it } from 'vitest';
import type { JobRecord } from '../../src/jobs/index.ts';
import { idsOf as ids, jobsOf as jobs, readList as read } from '../support/job-lists.ts';

const refused = (records: readonly JobRecord[]): number[] =>
  records.flatMap((r) => (r.kind === 'rejected' ? [r.line] : []));
const T = '2026-03-02T00:00:00';

describe('a name that stands last', () => {
  const header = 'JobID|JobIDRaw|Start|End|State|NNodes|NodeList|JobName';
  const job = (id: number, name: string): string => `${id}|${id}|${T}|${T}|COMPLETED|1|n1|${name}`;

  it('is whole, over lines, with bars and carriage returns', async () => {
    const names = ['plain', 'two\nlines', 'carr\riage', 'pipe|name', 'gap\n\nhere', 'after'];
    const found = await read([header, ...names.map((name, i) => job(i, name))].join('\n'));
    expect(jobs(found).map((j) => j.acct.jobname)).toEqual(names);
  });

  it('that holds a whole record shows by the order of ids, and is noted once', async () => {
    const notes = async (...rows: string[]): Promise<(string | undefined)[]> =>
      (await read([header, ...rows].join('\n'))).flatMap((r) => (r.kind === 'noted' && r.problem.job) || []);
    const evil = (id: number): string => job(2, `x\n${job(id, 'evil')}`);
    expect(await notes(job(1, 'a'), evil(666), job(3, 'c'), evil(777), job(4, 'd'))).toEqual(['666']);
    expect(await notes(job(10, 'a'), evil(1).replaceAll('2|2', '12|12'), job(13, 'c'))).toEqual(['1']);
    expect(await notes(job(1, 'a'), job(2, 'b'), job(2, 'again'), job(3, 'c'))).toEqual([]);
    // Elements of an array that ran have ids of their own, those that wait have the array's: by shown ids and by raw ones.
    const element = (id: string, raw: number): string => job(raw, 'e').replace(`${raw}|`, `${id}|`);
    const waiting = element('500_[2-9%2]', 500).replace('COMPLETED', 'PENDING');
    const array = [element('500_1', 501), waiting, element('503', 503), element('500_2', 504), job(600, 'a')];
    expect(await notes(...array)).toEqual([]);
    expect(await notes(job(499, 'a'), array[0]!, element('500_2', 504), waiting, array[2]!, job(600, 'a'))).toEqual([]);
    expect(await notes(element('1+1', 2), element('1+0', 1), evil(666), job(3, 'c'))).toEqual(['666']);
    // Of no order.
    expect(await notes(job(9, 'a'), job(5, 'b'), job(2, 'c'), job(7, 'd'))).toEqual([]);
  });

  describe('and holds a record that is in order', () => {
    const header = 'JobID|JobIDRaw|User|UID|Start|End|State|NNodes|NodeList|JobName';
    const job = (id: string, user: string, name: string, start = '100', end = '200'): string =>
      `${id}|${id}|${user}|${user.length}|${start}|${end}|COMPLETED|1|n1|${name}`;
    const steps = (id: string, last = 'x'): string[] => [job(`${id}.batch`, '', 'batch'), job(`${id}.0`, '', last)];
    const list = async (...rows: string[]) => {
      const found = await read([header, ...rows].join('\n'));
      const notes = found.flatMap((r) => (r.kind === 'noted' ? [[r.line, r.problem.found]] : []));
      return { ids: ids(found), refused: refused(found), notes };
    };

    it('between a job and its steps, or between those', async () => {
      const evil = `x\n${job('3', 'eve', 'y')}`;
      const rest = [job('4', 'al', 'c'), ...steps('4')];
      const one = await list(job('2', 'al', evil), ...steps('2'), ...rest);
      expect(one).toMatchObject({ ids: ['2', '4'], refused: [3] });
      const two = await list(job('2', 'al', `${evil}\n${job('3', 'bob', 'z')}`), ...steps('2'), ...rest);
      expect(two).toMatchObject({ ids: ['2', '4'], refused: [3, 4] });
      const inStep = await list(job('2', 'al', 'a'), ...steps('2', evil), job('2.1', '', 'b'), ...rest);
      expect(inStep).toMatchObject({ ids: ['2', '4'], refused: [5] });
      // Jobs without steps are none of these, nor is what a sort made of the list.
      const sound = [job('2', 'al', 'a'), job('3', 'eve', 'b'), ...steps('3'), job('5', 'al', 'c'), ...rest];
      expect(await list(...sound)).toMatchObject({ ids: ['2', '3', '5', '4'], refused: [] });
      expect(await list(...sound.sort())).toMatchObject({ ids: ['2', '3', '4', '5'], refused: [] });
    });

    it('of the job behind it: neither is taken, since nobody knows which is false', async () => {
      const forged = job('2', 'al', `x\n${job('3', 'eve', 'y', '150', '250')}`);
      const { ids, refused } = await list(job('1', 'al', 'a'), forged, job('3', 'bob', 'c'), job('4', 'bob', 'd'));
      expect([ids, refused]).toEqual([
        ['1', '2', '4'],
        [4, 5],
      ]);
      // Runs of a requeued job, however they are listed, and an id that comes again.
      const runs = [
        job('3', 'al', 'c', '100', '200'),
        job('3', 'al', 'c', '150', '250'),
        job('3', 'bob', 'c', '300', '400'),
      ];
      expect(await list(...runs)).toMatchObject({ ids: ['3', '3', '3'], refused: [] });
    });

    it('that nothing shows: how many there may be is noted once a list', async () => {
      const forged = job('2', 'al', `x\n${job('3', 'eve', 'y')}`);
      const { ids, notes } = await list(
        job('1', 'al', 'a'),
        forged,
        job('5', 'bob', 'd'.repeat(255)),
        job('6', 'al', ''),
      );
      expect(ids).toEqual(['1', '2', '3', '5', '6']);
      // A name has no room for that of 5, nor has the name of 5 for that of 6.
      expect(notes).toEqual([[4, '1']]);
      // Whose job it is, that user may say.
      expect((await list(job('1', 'al', 'a'), job('2', 'al', 'b'), job('4', 'al', 'd'))).notes).toEqual([]);
    });
  });

  it('does not swallow a record that comes short', async () => {
    const found = await read([header, job(1, 'a'), '2|2|2026', job(3, 'b'), `4|4|${T}|${T}|COMP`].join('\n'));
    expect([ids(found), refused(found)]).toEqual([
      ['1', '3'],
      [3, 5],
    ]);
  });
});
