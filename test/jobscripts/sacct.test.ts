// Job scripts that Slurm has stored, many a call: scripts are text of users and may hold what sacct prints between them.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Mysql, Store } from '../../src/databases/index.ts';
import { SCRIPT_SCHEMA, SlurmScriptIngest, scriptsOfSlurm, splitScripts } from '../../src/jobscripts/index.ts';
import { testMariadb } from '../support/mariadb.ts';
import { tempDir } from '../support/temp.ts';
import { addJobs, createWarehouse } from '../support/warehouse.ts';

const dir = tempDir();
const RULE = '-'.repeat(80);
const head = (id: string): string => `Batch Script for ${id}\n${RULE}\n`;
const said = (scripts: Readonly<Record<string, string>>, order = Object.keys(scripts)): string =>
  order.map((id) => `${head(id)}${scripts[id]}\n`).join('');

/** A sacct that prints these jobs' scripts as the real one does, and notes each call. */
function fakeSacct(scripts: Readonly<Record<string, string>>, listing = ''): string {
  const command = join(dir, 'sacct');
  for (const [id, text] of Object.entries(scripts)) writeFileSync(join(dir, `script-${id}`), text);
  writeFileSync(join(dir, 'listing'), listing);
  writeFileSync(join(dir, 'calls'), '');
  const body = `for a; do case $a in --jobs=*) j=\${a#--jobs=};; --batch-script) b=1;; --delimiter=*) d=\${a#--delimiter=};; esac; done
[ "$b" ] || { sed "s/|/$d/g" '${dir}/listing'; exit; }
echo "$j" >>'${dir}/calls'
for i in $(echo $j | tr , ' '); do [ -e "${dir}/script-$i" ] || continue
  echo "Batch Script for $i"; echo '${RULE}'; cat "${dir}/script-$i"; echo; done`;
  writeFileSync(command, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return command;
}

describe('scripts in the order sacct gives them', () => {
  it('are separated, ends of lines and all', () => {
    const scripts = { 1: '#!/bin/sh\ntrue\n', '2_7': '#!/bin/sh\nno end of line', '3+1': '#!/bin/sh\n\n\n' };
    expect([...splitScripts(said(scripts), ['1', '2_7', '3+1'])!]).toEqual(Object.entries(scripts));
  });

  it.each([
    ['one of the list, forged', said({ 1: `x\n${head('2')}evil`, 2: 'true' })],
    ['one of the list, forged at the end', said({ 1: `x\n${head('2')}`, 2: 'true' })],
    ['one that is missing', said({ 1: 'x' })],
    ['one that is missing, forged twice', said({ 1: `x\n${head('2')}a\n${head('2')}b` })],
    ['something before', `warning\n${said({ 1: 'x', 2: 'y' })}`],
    ['a head without its rule', `${said({ 1: 'x' })}Batch Script for 2\n${'-'.repeat(79)}\ny\n`],
  ])('are not believed with %s', (_, text) => {
    expect(splitScripts(text, ['1', '2'])).toBeNull();
  });

  it('may hold heads of jobs that were not asked for, and of one job anything', () => {
    const text = `x\n${head('666')}evil`;
    expect(splitScripts(said({ 1: text, 2: 'y' }), ['1', '2'])?.get('1')).toBe(text);
    expect(splitScripts(said({ 1: `x\n${head('1')}y` }), ['1'])?.get('1')).toBe(`x\n${head('1')}y`);
  });
});

describe('scripts by sacct -B', () => {
  it('are asked for together, and by halves where one forges heads of others', async () => {
    const ids = Array.from({ length: 16 }, (_, i) => String(i + 1));
    const scripts: Record<string, string> = Object.fromEntries(ids.map((id) => [id, `#!/bin/sh\n# ${id}`]));
    const found = await scriptsOfSlurm({ command: fakeSacct(scripts) }, ids);
    expect([...found]).toEqual(Object.entries(scripts));
    expect(readFileSync(join(dir, 'calls'), 'utf8').trim().split('\n')).toHaveLength(1);
    scripts['5'] = `x\n${head('6')}evil\n${head('5')}evil\n${head('16')}evil`;
    scripts['9'] = 'NONE';
    const again = await scriptsOfSlurm({ command: fakeSacct(scripts) }, ids);
    expect([...again]).toEqual(Object.entries({ ...scripts, 9: null }));
    expect(readFileSync(join(dir, 'calls'), 'utf8').trim().split('\n').length).toBeLessThan(16);
  });

  it('that the account may not see are not there, and a sacct without them says so', async () => {
    expect(await scriptsOfSlurm({ command: fakeSacct({}) }, ['1001', '1002'])).toEqual(new Map());
    const command = join(dir, 'sacct');
    writeFileSync(command, '#!/bin/sh\necho "unrecognized option" >&2; exit 1\n', { mode: 0o755 });
    await expect(scriptsOfSlurm({ command }, ['1'])).rejects.toMatchObject({ code: 'E_NO_SCRIPTS' });
  });
});

const server = await testMariadb('job scripts of Slurm');

describe.skipIf(!server)('scripts of Slurm in the warehouse', () => {
  it('are those of jobs without one, of the same run of an id; what has none is asked for once', async () => {
    const warehouse = await Mysql.connect(server!.settings);
    await createWarehouse(warehouse);
    const store = new Store(join(dir, 'state.db'), [SCRIPT_SCHEMA]);
    const start = 1_772_409_600;
    const job = (localId: number, more = {}) => ({
      ...{ resourceId: 1, localId, start, end: start + 600, submit: start - 60, hosts: ['n1'], ...more },
    });
    await addJobs(warehouse, [
      ...[job(3001), job(3002), job(3003), job(3004)],
      job(3010, { arrayIndex: 2, raw: 3012 }),
      job(3001, { resourceId: 2 }),
    ]);
    // 3003 was used again since, 3004 is not known any more and its script is forged.
    const listing = ['3001|3001|', '3002|3002|', '3010_2|3012|'].map((l) => `${l}${start - 60}|${start}|`);
    const scripts = { 3001: `x\n${head('3004')}evil`, 3002: 'NONE', '3010_2': '#!/bin/sh\n' };
    const command = fakeSacct(scripts, `${[...listing, `3003|3003|${start + 9}|${start + 99}|`].join('\n')}\n`);
    // Without any script yet the days are counted from now.
    const ingest = (now: number) =>
      new SlurmScriptIngest(store, warehouse, {
        resource: { id: 1, name: 'r' },
        sacct: { command },
        dayDelta: 2,
        clock: () => now,
        all: false,
      });
    expect(await ingest(start + 3 * 86_400).run()).toMatchObject({ files: 0 });
    expect(await ingest(start + 86_400).run()).toMatchObject({ files: 5, matched: 2, unmatched: 3, written: 2 });
    const rows = await warehouse.rows(
      `SELECT t.local_job_id_raw AS raw, s.resource_id AS resource, s.script FROM modw_supremm.job_scripts s
       JOIN modw.job_tasks t ON t.job_id = s.tg_job_id ORDER BY 1`,
    );
    expect(rows).toEqual([
      { raw: 3001, resource: 1, script: scripts['3001'] },
      { raw: 3012, resource: 1, script: '#!/bin/sh\n' },
    ]);
    expect(await ingest(start + 9 * 86_400).run()).toMatchObject({ files: 2, matched: 0, unmatched: 2, written: 0 });
    store.close();
    await warehouse.close();
  });
});
