// Jobs from sacct as a command: what it is asked, where the next run goes on, and what happens when it fails. The command here is a
// script that answers with text of Slurm's own sacct and notes how it was called.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Store } from '../../src/databases/index.ts';
import { type JobRecord, type SacctOptions, SacctSource, SOURCE_SCHEMA } from '../../src/jobs/index.ts';
import { FIXTURES } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const command = join(dir, 'sacct');
const text = readFileSync(`${FIXTURES}cluster/jobs.sacct`, 'utf8');
const NOW = 1_772_500_000;

function script(body: string): void {
  writeFileSync(command, `#!/bin/sh\nprintf '%s\\n' "$TZ" "$SLURM_TIME_FORMAT" "$@" >'${dir}/called'\n${body}\n`, {
    mode: 0o755,
  });
}
/** As the real one does: each field is followed by what it is told to put there. */
const answer = (lines: string): string =>
  `for a; do case $a in --delimiter=*) d=\${a#--delimiter=};; esac; done; ${lines} | sed "s/|/$d/g; s/$/$d/"`;
const called = (): string[] => readFileSync(join(dir, 'called'), 'utf8').trimEnd().split('\n');

async function run(options: Partial<SacctOptions> = {}): Promise<JobRecord[]> {
  const source = new SacctSource({ command, selection: {}, back: 172_800, clock: () => NOW, ...options });
  const found: JobRecord[] = [];
  for await (const record of source.records()) found.push(record);
  await source.finished();
  return found;
}
const ids = (records: readonly JobRecord[]): string[] =>
  records.flatMap((r) => (r.kind === 'job' ? [r.job.jobId] : []));

describe('sacct as a source', () => {
  beforeEach(() => {
    writeFileSync(join(dir, 'jobs'), text);
    script(answer(`cat '${dir}/jobs'`));
  });

  it('asks for everything that ended lately, in UTC, and leaves out what ended before', async () => {
    const all = ids(await run({ selection: { from: 0 } }));
    expect(all.length).toBe(9);
    const [zone, format, ...args] = called();
    expect([zone, format]).toEqual(['UTC', '%s']);
    expect(args).toEqual(expect.arrayContaining(['--allusers', '--parsable', '--allocations', '--duplicates']));
    expect(args).toContain('--starttime=1970-01-01T00:00:00');
    expect(args.find((a) => a.startsWith('--format='))).toMatch(/,jobname,start,.*,nodelist$/);
    expect(args.some((a) => /--(endtime|clusters|jobs|state)/.test(a))).toBe(false);
    await run();
    expect(called()).toContain(`--starttime=${new Date((NOW - 172_800 - 3600) * 1000).toISOString().slice(0, 19)}`);
    const ends = (await run({ selection: { from: 0 } })).flatMap((r) => (r.kind === 'job' ? [r.job.end] : []));
    const last = Math.max(...ends);
    expect(ids(await run({ selection: { from: last } })).length).toBe(ends.filter((e) => e === last).length);
  });

  it('asks for a cluster, a range, or ids, and for nothing that is no id', async () => {
    await run({ cluster: 'alpha', selection: { from: 1_772_409_600, to: 1_772_496_000.5 } });
    expect(called()).toEqual(
      expect.arrayContaining(['--clusters=alpha', '--starttime=2026-03-02T00:00:00', '--endtime=2026-03-03T00:00:02']),
    );
    await run({ selection: { ids: ['12', '13_4', '14[5]'] } });
    expect(called()).toEqual(expect.arrayContaining(['--jobs=12,13_4,14_5', '--starttime=1970-01-01T00:00:00']));
    await expect(run({ selection: { ids: ['--help'] } })).rejects.toMatchObject({ code: 'E_USAGE' });
  });

  it('goes on where it stopped, but never skips the time in which missing data are waited for', async () => {
    const store = new Store(join(dir, 'a.db'), [SOURCE_SCHEMA]);
    const lines = text.trimEnd().split('\n');
    const header = lines[0]!.split('|');
    const late = lines[1]!.split('|');
    late[header.indexOf('End')] = String(NOW - 1_000_000);
    late[header.indexOf('Start')] = String(NOW - 1_001_000);
    writeFileSync(join(dir, 'jobs'), [lines[0], late.join('|')].join('\n'));
    const options = { store, name: 'hpc', clock: () => NOW };
    await run({ ...options, selection: { from: 0 } });
    await run(options);
    // A run that was told where to begin leaves no mark; one by itself lists at most what `back` says.
    expect(called()).toContain(`--starttime=${new Date((NOW - 172_800 - 3600) * 1000).toISOString().slice(0, 19)}`);
    await run({ ...options, back: 2_000_000 });
    await run({ ...options, back: 0 });
    expect(called()).toContain(`--starttime=${new Date((NOW - 1_000_000 - 3600) * 1000).toISOString().slice(0, 19)}`);
    store.close();
  });

  it('is asked with a separator that is another each time: no name can hold a record', async () => {
    // A sacct that escapes nothing. One name holds a record with bars, the other one with the separator of the call before.
    await run({ selection: { from: 0 } });
    const before = called()
      .find((a) => a.startsWith('--delimiter='))!
      .slice('--delimiter='.length);
    expect(before.length).toBeGreaterThan(20);
    script(`for a; do case $a in --delimiter=*) d=\${a#--delimiter=};; --format=*) f=\${a#--format=};; esac; done
      record() { # id name separator
        out=
        for c in $(echo "$f" | tr , ' '); do case $c in
          jobid|jobidraw) v=$1;; cluster) v=hpc;; jobname) v=$2;; start) v=1772409600;; end) v=1772410600;; state) v=COMPLETED;;
          nnodes) v=1;; nodelist) v=n1;; *) v=;; esac; out=$out$v$3; done; }
      record "$(echo "$f" | cut -d, -f1)" h "$d"; echo "$f" | sed "s/,/$d/g; s/$/$d/"
      record 666 evil '|'; a=$out; record 667 evil '${before}'; b=$out; nl='
'
      for n in "a|b" "x$nl$a\${nl}y" "x$nl$b\${nl}y" "last"; do i=$((i+1)); record $i "$n" "$d"; echo "$out"; done`);
    const found = await run({ selection: { from: 0 } });
    expect(called()).not.toContain(`--delimiter=${before}`);
    expect(ids(found)).toEqual(['1', '2', '3', '4']);
    const names = found.flatMap((r) => (r.kind === 'job' ? [String(r.job.acct.jobname)] : []));
    expect(names.map((n) => n.split('\n').length)).toEqual([1, 3, 3, 1]);
  });

  it('is asked for all that ended before a time when only that is given, and for nothing in a time to come', async () => {
    await run({ selection: { to: 1_772_409_600 } });
    expect(called()).toEqual(
      expect.arrayContaining(['--starttime=1970-01-01T00:00:00', '--endtime=2026-03-02T00:00:01']),
    );
    await run({ selection: { from: NOW + 1000 } });
    // sacct refuses a beginning after the end, which is now.
    expect(called().filter((a) => a.startsWith('--endtime'))).toHaveLength(1);
  });

  it('is heard when it complains, though it does not fail', async () => {
    script(`${answer(`cat '${dir}/jobs'`)}; echo 'sacct: error: partial' >&2`);
    const found = await run({ selection: { from: 0 } });
    expect(found.at(-1)).toMatchObject({ kind: 'noted', problem: { found: 'sacct: error: partial' } });
  });

  it('is refused when it fails, with what it said, and leaves no mark', async () => {
    const store = new Store(join(dir, 'b.db'), [SOURCE_SCHEMA]);
    script(`${answer(`head -3 '${dir}/jobs'`)}; echo 'sacct: error: slurmdbd is down' >&2; exit 1`);
    const found: JobRecord[] = [];
    const source = new SacctSource({ command, selection: {}, back: 1e9, store, name: 'hpc' });
    const reading = (async () => {
      for await (const record of source.records()) found.push(record);
    })();
    await expect(reading).rejects.toMatchObject({
      code: 'E_SERVICE',
      detail: { found: expect.stringContaining('slurmdbd is down') },
    });
    expect(found.length).toBe(2);
    expect(store.prepare('SELECT * FROM source').all()).toEqual([]);
    store.close();
    await expect(run({ command: join(dir, 'absent') })).rejects.toMatchObject({ code: 'E_INPUT_MISSING' });
  });

  it('is stopped when nobody reads on', async () => {
    script(`${answer(`head -2 '${dir}/jobs'`)}; exec sleep 600`);
    for await (const record of new SacctSource({ command, selection: { from: 0 }, back: 0 }).records()) {
      expect(record.kind).toBe('job');
      break;
    }
  });
});
