// What the portal refuses of our documents, by accounting (its reasons: reference, "Effective reasons for refusal").

import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { portalRefusals } from '../../src/document/index.ts';
import { Logger, Progress } from '../../src/operate/index.ts';
import { Account } from '../../src/run/summary.ts';
import { Unfit } from '../../src/run/unfit.ts';

const ACCT = { id: '17', ncpus: 4, submit: 90, start_time: 100, end_time: 200, exit_status: 'COMPLETED' };
const refusals = (more: object): string[] => portalRefusals({ _id: '17-200', acct: { ...ACCT, ...more } });

it.each([
  ['everything it needs', {}, []],
  ['numbers as texts', { id: '17', ncpus: '4', submit: '90' }, []],
  ['no exit status but null', { exit_status: null }, []],
  ['an element of an array', { id: '17_3' }, ['no numeric acct.id']],
  ['no times', { submit: null, start_time: 'Unknown' }, ['no numeric acct.submit', 'no numeric acct.start_time']],
  ['no processors', { ncpus: undefined }, ['no numeric acct.ncpus']],
  ['a fractional end', { end_time: 200.5 }, ['a fraction in acct.end_time']],
  ['no end', { end_time: Number.NaN }, ['no numeric acct.end_time']],
])('%s', (_, more, expected) => {
  expect(refusals(more)).toEqual(expected);
});

it('no exit status, or no accounting at all', () => {
  const { exit_status: _, ...acct } = ACCT;
  expect(portalRefusals({ _id: '17-200', acct })).toEqual(['no acct.exit_status']);
  expect(portalRefusals({ _id: '17-200' })).toHaveLength(6);
});

it('a run says at its end, once for each reason, how many there are', () => {
  const said: string[] = [];
  const stream = { write: (text: string) => said.push(text) };
  const log = new Logger({ stream, human: true, quiet: true });
  const account = new Account(
    'r',
    { log, progress: new Progress({ log, stream, tty: false, quiet: true }), stdout: new PassThrough() },
    null,
  );
  const unfit = new Unfit();
  for (const id of ['1', '2_1', '2_2', '3'])
    unfit.judge({ _id: `${id}-200`, acct: { ...ACCT, id, ncpus: id === '3' ? null : 4 } });
  unfit.say(account);
  expect(said).toEqual([
    'error: documents are stored that the portal does not take in: E_PORTAL: no numeric acct.id (documents=2 first=2_1)\n',
    'error: documents are stored that the portal does not take in: E_PORTAL: no numeric acct.ncpus (documents=1 first=3)\n',
  ]);
  expect(account.close(undefined)).toMatchObject({
    exitCode: 0,
    problems: [{ code: 'E_PORTAL' }, { code: 'E_PORTAL' }],
  });
});
