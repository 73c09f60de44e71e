// Archives of the field that cannot be read or believed: each is named where its job's data are explained, and costs only itself.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { haveShared } from '../oracle/shared.ts';
import { jobsum } from '../support/cli.ts';
import { field } from '../support/field.ts';
import { tempDir } from '../support/temp.ts';

const cwd = tempDir();
const NAMES = {
  101: /^E_ARCHIVE_LABEL: .*job-101-begin-/,
  102: /^E_ARCHIVE_EMPTY: .*job-102-begin-/,
  103: /^E_ARCHIVE_MISSING: the archive has no metadata file .*job-103-end-/,
  104: /^E_ARCHIVE_META: .*job-104-begin-/,
} as const;

describe.runIf(haveShared('damaged archives of the field'))('begin and end archives that cannot be read', () => {
  it.each([false, true])('are named in the document, the log and by explain (fast_index %s)', async (fast) => {
    const place = join(cwd, String(fast));
    cpSync(field('fastindex-corrupt'), place, { recursive: true });
    const resource = {
      ...{ resource_id: 1, batch_system: 'file', datasource: 'pcp', hostname_mode: 'hostname', timezone: 'UTC' },
      ...{ jobs: join(place, 'jobs.ndjson'), pcp_log_dir: place, fast_index: fast },
    };
    const output = { db_engine: 'sqlite', path: join(place, 'jobsum.db') };
    const config = { outputdatabase: output, state: join(place, 'jobsum.db'), resources: { hpc: resource } };
    writeFileSync(join(place, 'config.json'), JSON.stringify(config));
    const ran = await jobsum(['summarize', '--config', place], { cwd: place });
    expect(ran.code).toBe(0);
    const log = ran.stderr.split('\n').filter((l) => l.includes('"job.problem"'));
    for (const [id, name] of Object.entries(NAMES)) {
      const document = JSON.parse((await jobsum(['show', id, '--json'], { cwd: place })).stdout);
      expect(document.errors.job).toEqual([expect.stringMatching(name)]);
      const [code, file] = [name.source.slice(1).split(':')[0]!, /job-\d+-\w+-/.exec(name.source)![0]];
      expect(log.filter((l) => l.includes(`"job":"${id}"`) && l.includes(code) && l.includes(file))).toHaveLength(1);
      const text = (await jobsum(['explain', id], { cwd: place })).stdout;
      expect(text).toContain(file);
      expect(text).toContain(code);
    }
  });
});

describe.runIf(haveShared('an impossible time of the field'))('a last record at an impossible time', () => {
  let index: Awaited<ReturnType<typeof jobsum>>;
  beforeAll(async () => {
    index = await jobsum(['index', '--archives', field('catalog-time', 'A'), '--json'], { cwd });
  });

  it('is named, and the index and all jobs go on', async () => {
    expect(JSON.parse(index.stdout).resources[0]).toMatchObject({ archives: 2, opened: 2, unreadable: 0 });
    const named = /"archive\.odd".*catalog-time\/A\/x\.0.*E_ARCHIVE_CLOCK.*1 record is left out/;
    expect(index.code).toBe(0);
    expect(index.stderr).toMatch(named);
    const input = readFileSync(field('catalog-time', 'j.nd'), 'utf8');
    const args = ['summarize', '--jobs', '-', '--archives', field('catalog-time', 'A'), '--json'];
    // Without the catalogue of the index, so that the archives are opened again.
    const place = join(cwd, 'summarize');
    mkdirSync(place);
    const ran = await jobsum(args, { cwd: place, input });
    expect(JSON.parse(ran.stdout)).toMatchObject({ jobs: { done: 1, failed: 0 } });
    expect(ran.stderr).toMatch(named);
  });
});
