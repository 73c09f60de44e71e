// Archives on which the decoder and PCP differed: what is right for each (../shared/field/decoder/README.md).

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { canonicalDump, checkArchive, dumpSum, findFiles } from '../../src/pcp/index.ts';
import { haveShared } from '../oracle/shared.ts';
import { field } from '../support/field.ts';

const archive = (name: string): string => field('decoder', name, 'a');
const dumpOf = (name: string): string =>
  [...canonicalDump(archive(name), { strict: true, onProblems: () => undefined })].map((line) => `${line}\n`).join('');
const reference = (name: string): string => readFileSync(field('decoder', name, 'ref.dump'), 'utf8');
const messages = (name: string): string[] => checkArchive(archive(name)).findings.map((f) => f.message);

describe.runIf(haveShared('archives on which the decoder and PCP differed'))('as PCP has it', () => {
  it.each(['G1', 'T1', 'J1', 'crafted/D_vol00_later', 'check/01082'])('%s', (name) => {
    expect(dumpOf(name)).toBe(reference(name));
  });

  it.each(['F6', 'F7', 'crafted/F_desc_slack4', 'H1', 'K2', 'crafted/E_index_pid', 'check/00063'])(
    '%s: a strict reader refuses it, others read on, and check says so',
    (name) => {
      expect(() => dumpOf(name)).toThrow();
      expect(() => dumpSum(archive(name), { strict: true })).toThrow();
      const { findings, records } = checkArchive(archive(name));
      expect(findings.filter((f) => f.severity === 'error').length).toBeGreaterThan(0);
      expect(records).toBeGreaterThan(4);
      expect(dumpSum(archive(name)).records).toBe(records);
    },
  );

  it('metadata without any descriptor are an error', () => {
    expect(checkArchive(archive('F6')).findings).toContainEqual(
      expect.objectContaining({ severity: 'error', message: 'the metadata describe no metric' }),
    );
  });

  it('a block too short for its type: read, and an error because PCP cannot', () => {
    const short = 'value blocks that are shorter than their type, with others behind them';
    const { findings, values, records } = checkArchive(archive('A2'));
    expect(findings).toContainEqual(
      expect.objectContaining({
        severity: 'error',
        message: `1 ${short}`,
        lost: expect.stringContaining('PCP cannot read'),
      }),
    );
    // As far as PCP read, and on.
    const theirs = reference('A2').trimEnd().split('\n').slice(0, -1);
    expect(dumpOf('A2').split('\n').slice(0, theirs.length)).toEqual(theirs);
    expect([records, values]).toEqual([10, 110]);
  });

  it('two files of one volume: one is read, the other named', () => {
    const { volumes, doubles } = findFiles(archive('J1'));
    expect(volumes.map((v) => v.number)).toEqual([0]);
    expect(doubles).toEqual([field('decoder', 'J1', 'a.00')]);
    expect(messages('J1')).toContain('files that are the same volume as another');
  });

  it.each(['A2', 'K2', 'check/00063', 'check/00086', 'check/00508', 'check/00743', 'check/01082'])(
    '%s: check has a finding',
    (name) => {
      expect(messages(name)).not.toEqual([]);
    },
  );

  it('an index that points into a record is found', () => {
    const { findings, records } = checkArchive(archive('check/00508'));
    expect(findings.map((f) => f.message)).toContain('the temporal index has an offset inside a record');
    // PCP begins there, and reads nothing.
    expect(findings.filter((f) => f.severity === 'error').map((f) => f.lost)).toEqual([
      'nothing here; PCP reads no record',
    ]);
    expect([records, dumpSum(archive('check/00508'), { strict: true }).records]).toEqual([6, 6]);
  });
});
