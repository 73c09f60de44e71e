// Full disks: whatever is written is whole, or the run ends with 74 and says which file and why; nothing good is replaced, no piece
// is left, and the next run does the rest.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { CLUSTER, documentsOf, FIXTURES, jobsum, type Ran } from '../support/cli.ts';
import { cases } from '../support/effort.ts';
import { haveSmallDisks, onSmallDisk } from '../support/small-disk.ts';
import { tempDir } from '../support/temp.ts';

/** Documents of the example cluster; one of them is of a job without data, for which its runs end with 1. */
const JOBS = 9;
const WELL = 1;
const small = haveSmallDisks('full disks of every writer');
const dir = tempDir();
const disk = join(dir, 'disk');
mkdirSync(disk);
const cluster = CLUSTER.map((word) => `"${word}"`).join(' ');
const archive = readdirSync(`${FIXTURES}cluster/archives`, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.meta'))
  .map((name) => `${FIXTURES}cluster/archives/${name.replace(/\.meta$/, '')}`)
  .sort()[0]!;
let places = 0;
const place = (): string => {
  const path = join(dir, `out${places++}`);
  mkdirSync(path);
  return path;
};
const read = (out: string, name: string): string => readFileSync(join(out, name), 'utf8');

/** Sizes from 4 kB up to where all has room. */
function sizes(most: number, few = 3): number[] {
  const n = cases(few, 20);
  return Array.from({ length: n }, (_, i) => 4 * Math.max(1, Math.round(((i + 0.5) / n) * (most / 4))));
}

/** What a program says that ends for a full disk: one coded fault, no trace of its inside. */
function expectOrderly(stderr: string, file: string): void {
  expect(stderr).not.toMatch(/E_INTERNAL|\n {4}at |Unexpected message/);
  expect(stderr).toMatch(/E_IO/);
  expect(stderr).toContain(file);
  expect(stderr).toMatch(/ENOSPC|disk is full|disk I\/O error/);
}

function summaryOf(stderr: string): { exitCode: number; jobs?: { done: number; skipped: number; failed: number } } {
  const records = stderr.split('\n').filter((line) => line.startsWith('{'));
  return JSON.parse(records.findLast((line) => line.includes('"event":"run.summary"'))!);
}

describe.runIf(small)('on a full disk', () => {
  it.each(sizes(700))('a store (%i kB) says what is stored, and the next run stores the rest', (kilobytes) => {
    const out = place();
    const ran = onSmallDisk(
      kilobytes,
      disk,
      `jobsum summarize ${cluster} --output sqlite:a.db 2> "${out}/first"; echo $? > "${out}/code"
       roomy
       jobsum show --store a.db --json > "${out}/half.ndjson" 2> /dev/null
       # What is worth a look was said by the first run, if all was stored then.
       jobsum summarize ${cluster} --output sqlite:a.db ; code=$?; [ $code = ${WELL} ] || [ $code = 0 ] || exit 99
       jobsum show --store a.db --json`,
    );
    const code = Number(read(out, 'code'));
    const first = summaryOf(read(out, 'first'));
    if (code !== WELL) {
      expect(code).toBe(74);
      expectOrderly(read(out, 'first'), 'a.db');
      const { done = 0, skipped = 0 } = first.jobs ?? {};
      // No job counts whose document is not stored. One whose ledger row found no room any more does not count, and is done again.
      expect(documentsOf(read(out, 'half.ndjson')).size).toBeGreaterThanOrEqual(done + skipped);
    }
    expect(first.exitCode).toBe(code);
    expect(ran.code).toBe(0);
    expect(documentsOf(ran.stdout).size).toBe(JOBS);
  });

  it.each(sizes(500))('ndjson: (%i kB) leaves the old file, or replaces it whole', (kilobytes) => {
    const out = place();
    const old = '{"_id":"0-1"}';
    const run = `jobsum summarize ${cluster} --output sqlite:"${out}/state.db" --output ndjson:docs.ndjson`;
    const ran = onSmallDisk(
      kilobytes,
      disk,
      `echo '${old}' > docs.ndjson
       ${run} 2> "${out}/first"; echo $? > "${out}/code"
       ls -A > "${out}/names"; cp docs.ndjson "${out}/half"
       roomy
       ${run}; cat docs.ndjson`,
    );
    const code = Number(read(out, 'code'));
    expect(read(out, 'names')).toBe('docs.ndjson\n');
    const whole = (text: string): void => {
      expect(text.endsWith(`${old}\n`)).toBe(true);
      expect(documentsOf(text.slice(0, -old.length - 1)).size).toBe(JOBS);
    };
    if (code === WELL) return whole(read(out, 'half'));
    expect(code).toBe(74);
    expectOrderly(read(out, 'first'), 'docs.ndjson');
    expect(summaryOf(read(out, 'first')).jobs).toMatchObject({ done: 0, skipped: 0, failed: 0 });
    expect(read(out, 'half')).toBe(`${old}\n`);
    whole(ran.stdout);
  });

  const copies: [string, string][] = [
    ['extract', `jobsum archive extract "${archive}" copied`],
    ['copy', `jobsum archive copy "${archive}" copied --to v3`],
  ];
  it.each(copies.flatMap(([name, call]) => sizes(1000).map((kilobytes) => [name, kilobytes, call] as const)))(
    'archive %s (%i kB) leaves an archive or nothing',
    (_, kilobytes, call) => {
      const ran = onSmallDisk(kilobytes, disk, `${call}; code=$?; ls -A; exit $code`);
      if (ran.code === 0) return expect(ran.stdout).toBe('copied.0\ncopied.index\ncopied.meta\n');
      expect(ran.code).toBe(74);
      expect(ran.stdout).toBe('');
      expectOrderly(ran.stderr, 'copied.');
    },
  );

  describe('beside a store elsewhere', () => {
    const state = join(dir, 'state.db');
    beforeAll(async () => {
      expect((await jobsum(['summarize', ...CLUSTER, '--output', `sqlite:${state}`], { cwd: dir })).code).toBe(WELL);
    });

    it.each(sizes(24, 2))(
      'the textfile (%i kB) has the old figures or the new ones, and the exit code says which',
      (kilobytes) => {
        const ran = onSmallDisk(
          kilobytes,
          disk,
          `echo old > jobsum.prom
         jobsum summarize ${cluster} --output "sqlite:${state}" --textfile jobsum.prom; code=$?; cat jobsum.prom; ls -A; exit $code`,
        );
        if (ran.code === 0) return expect(ran.stdout).toMatch(/^jobsum_last_exit_code.* 0$/m);
        expect(ran.code).toBe(74);
        expect(ran.stdout).toBe('old\njobsum.prom\n');
        expectOrderly(ran.stderr, 'jobsum.prom');
        expect(summaryOf(ran.stderr)).toMatchObject({ exitCode: 74, jobs: { known: JOBS } });
      },
    );

    it.each(sizes(12, 1))('a log that has no room (%i kB) is worth less than the documents', (kilobytes) => {
      const stored = join(place(), 'a.db');
      const ran = onSmallDisk(
        kilobytes,
        disk,
        `jobsum summarize ${cluster} --output "sqlite:${stored}" --log json --verbose 2> log; code=$?
         jobsum show --store "${stored}" --json; exit $code`,
      );
      expect(ran.code).toBe(WELL);
      expect(documentsOf(ran.stdout).size).toBe(JOBS);
    });

    it.each(sizes(1000).map((kilobytes) => 800 + kilobytes))(
      'a store that is pruned (%i kB) has what it had or what is left',
      (kilobytes) => {
        const ran = onSmallDisk(
          kilobytes,
          disk,
          `cp "${state}" a.db 2> /dev/null || exit 98
         jobsum prune --store a.db --max-size 1k > /dev/null; code=$?
         roomy; jobsum show --store a.db --json; exit $code`,
        );
        // It has no room for the store itself.
        if (ran.code === 98) return;
        if (ran.code === 0) return expect(ran.stdout).toBe('');
        expect(ran.code).toBe(74);
        expectOrderly(ran.stderr, 'a.db');
        expect([0, JOBS]).toContain(documentsOf(ran.stdout).size);
      },
    );
  });

  it.each(sizes(60, 2))('setup (%i kB) writes all of its files or none', (kilobytes) => {
    const ran = onSmallDisk(
      kilobytes,
      disk,
      `jobsum setup collector --dir nodes --archives /pcp --yes > /dev/null; code=$?; ls -A nodes | wc -l; exit $code`,
    );
    if (ran.code === 0) return expect(Number(ran.stdout)).toBeGreaterThan(5);
    expect(ran.code).toBe(74);
    expect(Number(ran.stdout)).toBe(0);
    expectOrderly(ran.stderr, 'nodes');
  });

  it.each(sizes(400, 1))(
    'node results that have no room in the temporary directory (%i kB) end the run',
    (kilobytes) => {
      const script = `
      import { Spill } from '${new URL('../../dist/run/spill.js', import.meta.url)}';
      import { toProblem } from '${new URL('../../dist/kernel/index.js', import.meta.url)}';
      const spill = new Spill(0);
      try { for (;;) spill.keep(new Uint8Array(50_001)); } catch (error) { console.log(JSON.stringify(toProblem(error))); }`;
      writeFileSync(join(dir, 'spill.mjs'), script);
      const ran = onSmallDisk(kilobytes, disk, `"${process.execPath}" "${dir}/spill.mjs"`, { TMPDIR: disk });
      expect(JSON.parse(ran.stdout)).toMatchObject({
        code: 'E_IO',
        file: disk,
        found: expect.stringContaining('ENOSPC'),
      });
    },
  );

  it.each(sizes(300))('standard output (%i kB) is whole or an error', async (kilobytes) => {
    const call = ['archive', 'values', archive, 'kernel', '--csv'];
    const whole = await jobsum(call, { cwd: dir });
    const ran = onSmallDisk(
      kilobytes,
      disk,
      `jobsum ${call.map((w) => `"${w}"`).join(' ')} > out; code=$?; wc -c < out; exit $code`,
    );
    if (ran.code === 0) return expect(Number(ran.stdout)).toBe(Buffer.byteLength(whole.stdout));
    expect(ran.code).toBe(74);
    expectOrderly(ran.stderr, 'standard output');
  });
});

describe('standard output on /dev/full', () => {
  const toFull = (args: readonly string[]): Promise<Ran> =>
    jobsum([], { cwd: dir, shell: `jobsum ${args.map((w) => `'${w}'`).join(' ')} > /dev/full` });

  it.each([
    ['--help'],
    ['--version'],
    ['schema'],
    ['summarize --jobs - --archives x --help'],
    ['completion'],
    ['archive info'],
  ])('%s ends with 74', async (line) => {
    const args = line === 'archive info' ? ['archive', 'info', archive] : line.split(' ');
    const ran = await toFull(args);
    expect(ran.stderr).not.toMatch(/E_INTERNAL|\n {4}at /);
    expect({ code: ran.code, args }).toEqual({ code: 74, args });
  });

  it('documents that are not taken are not done', async () => {
    const ran = await toFull(['summarize', ...CLUSTER, '--output', 'ndjson:-', '--output', 'sqlite:full.db']);
    expect(ran.code).toBe(74);
    expectOrderly(ran.stderr, 'standard output');
    expect(summaryOf(ran.stderr)).toMatchObject({ exitCode: 74, jobs: { done: 0, failed: 0 } });
    const again = await jobsum(['summarize', ...CLUSTER, '--output', 'ndjson:-', '--output', 'sqlite:full.db'], {
      cwd: dir,
    });
    expect(documentsOf(again.stdout).size).toBe(JOBS);
  });

  it('the summary that --json asks for is missed, the documents are stored', async () => {
    const ran = await toFull(['summarize', ...CLUSTER, '--output', 'sqlite:json.db', '--json']);
    expect(ran.code).toBe(74);
    expect(summaryOf(ran.stderr)).toMatchObject({ jobs: { done: JOBS - 1, skipped: 1 } });
  });
});
