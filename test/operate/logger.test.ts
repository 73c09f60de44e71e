// Log records: their shape, what binds them to a run, and that no secret gets into one.

import { describe, expect, it } from 'vitest';
import { hideSecret, newRunId, redact } from '../../src/kernel/index.ts';
import { Logger, problemFields } from '../../src/operate/index.ts';

function logged(human: boolean, write: (log: Logger) => void, quiet = false): string[] {
  const lines: string[] = [];
  const stream = { write: (text: string) => lines.push(text) };
  write(new Logger({ stream, human, quiet, clock: () => 1_772_409_600.123 }));
  return lines;
}

describe('log records', () => {
  it('are one JSON object a line, with time in UTC, level as a word, event and constant message', () => {
    const [line] = logged(false, (log) => log.info('run.progress', 'progress', { jobs: 3 }));
    expect(line).toBe(
      '{"time":"2026-03-02T00:00:00.123Z","level":"info","event":"run.progress","msg":"progress","jobs":3}\n',
    );
  });

  it('carry what they are bound to, and a problem as err with its place', () => {
    const [line] = logged(false, (log) =>
      log
        .child({ run: 'r1' })
        .child({ resource: 'main' })
        .warn(
          'archive.unreadable',
          'the archive cannot be used',
          problemFields({
            code: 'E_ARCHIVE_LABEL',
            message: 'no label',
            file: '/a/b.0',
            node: 'n1',
            job: '7',
            offset: 4,
          }),
        ),
    );
    expect(JSON.parse(line!)).toMatchObject({
      ...{ run: 'r1', resource: 'main', job: '7', host: 'n1', archive: '/a/b.0', offset: 4 },
      err: { code: 'E_ARCHIVE_LABEL', message: 'no label' },
    });
  });

  it('keep only errors when quiet', () => {
    const write = (log: Logger): void => {
      log.info('a', 'a');
      log.warn('b', 'b');
      log.error('c', 'c');
    };
    const lines = logged(false, write, true);
    expect(lines.map((l) => JSON.parse(l).event)).toEqual(['c']);
  });

  it('are short lines for people, without control characters', () => {
    const problem = { code: 'E_JOB_LINE', message: 'bad \u001b[31m end', file: 'jobs', line: 3 } as const;
    const [line] = logged(true, (log) => log.warn('job.rejected', 'a line was not used', problemFields(problem)));
    expect(line).toBe('warn: a line was not used: E_JOB_LINE: bad ?[31m end (jobs, line 3)\n');
  });
});

describe('secrets', () => {
  it('are masked in addresses, in fields named so, and wherever a known one turns up', () => {
    hideSecret('s3cr"et/pw');
    const [line] = logged(false, (log) =>
      log.error('x', 'x', {
        uri: 'mongodb://user:pa55word@db.example.org/x',
        password: 'short',
        nested: {
          token: 'abc',
          text: 'it was s3cr"et/pw indeed',
          url: `mysql://u:${encodeURIComponent('s3cr"et/pw')}`,
        },
      }),
    );
    for (const secret of ['pa55word', 'short', 'abc', 's3cr', encodeURIComponent('s3cr"et/pw')])
      expect(line).not.toContain(secret);
    expect(line).toContain('mongodb://user:***@db.example.org/x');
    expect(JSON.parse(line!)).toMatchObject({ password: '***', nested: { token: '***' } });
  });

  it('short ones do not blacken everything', () => {
    hideSecret('a');
    hideSecret('');
    expect(redact('a plain line')).toBe('a plain line');
  });

  it('are looked for in one walk, however long a text looks like an address', () => {
    // Took ten seconds for a twentieth of this.
    expect(redact(`${'a.'.repeat(500_000)}://u:pa55word@h`)).not.toContain('pa55word');
  });
});

it('characters that turn the direction of text are escaped in JSON, too, and mean the same', () => {
  const [line] = logged(false, (log) => log.error('x', 'x', { found: '"a\u202e\u009bb"' }));
  expect(line).toContain('\\u202e\\u009b');
  expect(JSON.parse(line!).found).toBe('"a\u202e\u009bb"');
});

it('run ids sort by time and differ', () => {
  const early = newRunId(1e9);
  expect(early).toMatch(/^20010909T014640Z-[0-9a-f]{8}$/);
  expect(newRunId(2e9) > early).toBe(true);
  expect(newRunId(1e9)).not.toBe(early);
});

it('a line for people says where a fault is in words: metadata have no number of a volume', () => {
  const problem = { code: 'E_ARCHIVE_META', message: 'odd', file: 'a.meta', volume: -1, offset: 7 } as const;
  const lines = logged(true, (log) => log.warn('archive.odd', 'not right', problemFields(problem)));
  expect(lines).toEqual(['warn: not right: E_ARCHIVE_META: odd (a.meta, offset 7)\n']);
});
