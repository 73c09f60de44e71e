// The configuration: the incumbent's files as they are, the portal's ini files, our own keys, faults with their places, secrets.

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findConfig, firstFault, type LoadedConfig, loadConfig, showConfig } from '../../src/config/index.ts';
import { load, place } from './place.ts';

const errors = (loaded: LoadedConfig) => loaded.problems.filter((p) => p.severity === 'error');
const warnings = (loaded: LoadedConfig) => loaded.problems.filter((p) => p.severity === 'warning');

const environment = { ...process.env };
afterEach(() => {
  for (const key of Object.keys(process.env)) if (!(key in environment)) delete process.env[key];
  Object.assign(process.env, environment);
});

/** As a site has it. */
const SITE = `{
    // where the portal is
    "xdmodroot": "ROOT/xdmod",
    "datawarehouse": {
        "include": "xdmod://datawarehouse"
    },
  // "datawarehouse": { "host": "other" },
    "outputdatabase": { "include": "xdmod://jobsummarydb" },
    "summary": { "archive_out_dir": "/dev/shm/supremm", "subdir_out_format": "%r/%j" },
    "resources": {
        "hpc": {
            "enabled": true, "resource_id": 7, "batch_system": "XDMoD", "hostname_mode": "fqdn",
            "host_name_ext": "x.edu", "datasource": "pcp", "pcp_log_dir": "/data/pcp//hpc/",
            "fast_index": true, "timezone": "America/New_York", "plugin_blacklist": ["Catastrophe"],
            "batchscript": { "path": "/data/scripts", "timestamp_mode": "submit" }
        },
        "old": { "enabled": false, "resource_id": 8, "batch_system": "XDMoD", "hostname_mode": "hostname", "datasource": "pcp" }
    },
    "normalization": { "network.interface.in.bytes": {"range": 32} }
}`;
const INI = `; the portal
[general]
site_address = "https://x/?a=b;c"
[datawarehouse]
db_engine = "MySQLDB"
Host = db.example.edu
port = "3307"
user = 'xdmod'
pass = "00123"   ; digits
database = "modw"
[jobsummarydb]
db_engine = "MongoDB"
uri: mongodb://u:p:w@mongo.example.edu/supremm?w=majority
db = supremm
`;

function site(files: Record<string, string> = {}): LoadedConfig {
  const root = place({ 'xdmod/portal_settings.ini': INI, ...files });
  writeFileSync(join(root, 'config.json'), SITE.replace('ROOT', root));
  return loadConfig(root);
}

describe('the configuration of a site', () => {
  it('is read as it is', () => {
    const { config, problems } = site();
    expect(problems).toEqual([]);
    expect(config.warehouse).toEqual({ host: 'db.example.edu', port: 3307, user: "'xdmod'", password: '00123' });
    expect(config.output).toEqual({
      kind: 'mongodb',
      uri: 'mongodb://u:p:w@mongo.example.edu/supremm?w=majority',
      database: 'supremm',
    });
    expect(config.resources.map((r) => r.name)).toEqual(['hpc', 'old']);
    expect(config.resources[0]).toMatchObject({
      ...{
        id: 7,
        enabled: true,
        source: { kind: 'xdmod' },
        hostnameMode: 'fqdn',
        hostNameExt: 'x.edu',
        datasource: 'pcp',
      },
      ...{ archives: '/data/pcp/hpc', fastIndex: true, timezone: 'America/New_York', blacklist: ['Catastrophe'] },
      ...{ scripts: { path: '/data/scripts', day: 'submit' }, normalization: { 'network.interface.in.bytes': 32 } },
    });
    expect(config.resources[1]).toMatchObject({ enabled: false, archives: null, scripts: null, whitelist: null });
  });

  it('takes what portal_settings.d overrides, the last file first', () => {
    const { config } = site({
      'xdmod/portal_settings.d/a.ini': '[datawarehouse]\nhost = from-a\nuser = from-a\n',
      'xdmod/portal_settings.d/b.ini': '[datawarehouse]\nhost = from-b\n',
      'xdmod/portal_settings.d/c.txt': '[datawarehouse]\nhost = from-c\n',
    });
    expect(config.warehouse).toMatchObject({ host: 'from-b', user: 'from-a', port: 3307 });
  });

  it('is shown without passwords', () => {
    const text = JSON.stringify(showConfig(site().config));
    expect(text).toContain('db.example.edu');
    expect(text).toContain('mongodb://u:***@mongo.example.edu');
    expect(text).not.toMatch(/00123|p:w/);
  });
});

describe('includes', () => {
  it.each([
    [
      'another scheme',
      { xdmodroot: '/nowhere', datawarehouse: { include: 'file:///etc/passwd' } },
      /must read "xdmod:\/\/SECTION"/,
    ],
    ['no root', { datawarehouse: { include: 'xdmod://datawarehouse' } }, /xdmodroot/],
    [
      'no files',
      { xdmodroot: '/nowhere', datawarehouse: { include: 'xdmod://datawarehouse' } },
      /cannot read.*\/nowhere/,
    ],
  ])('with %s are refused', (_, value, message) => {
    const [fault] = errors(load(value));
    expect(fault).toMatchObject({ key: 'datawarehouse.include', message: expect.stringMatching(message) });
  });

  it('name the section or the line that is wrong, and never its text', () => {
    const broken = site({ 'xdmod/portal_settings.d/z.ini': '[datawarehouse]\nhost = a\nsecret-word\n' });
    expect(errors(broken)).toHaveLength(2);
    expect(errors(broken)[0]!.message).toMatch(/z\.ini, line 3/);
    expect(JSON.stringify(broken.problems)).not.toContain('secret-word');
    expect(errors(site({ 'xdmod/portal_settings.d/z.ini': '[a]\nb=1\nB=2\n' }))[0]!.message).toMatch(/repeated/);
    expect(errors(site({ 'xdmod/portal_settings.ini': '[other]\na=1\n' }))[0]!.message).toMatch(/\[datawarehouse\]/);
  });

  it('replace what stands beside them', () => {
    const root = place({ 'portal_settings.ini': INI });
    const loaded = load({ xdmodroot: root, datawarehouse: { include: 'xdmod://datawarehouse', host: 'mine' } });
    expect(loaded.config.warehouse?.host).toBe('db.example.edu');
    expect(warnings(loaded)).toMatchObject([{ key: 'datawarehouse.host' }]);
  });
});

describe('the defaults file', () => {
  const MY_CNF = `[mysqld]
user=mysql
[client]
user = reader  # who reads
password = "a#b \\" c"
host=db2
port=3310
[mysql]
user=nobody
`;
  it('gives what the configuration does not', () => {
    const root = place({ 'my.cnf': MY_CNF });
    const { config, problems } = load({ datawarehouse: { defaultsfile: join(root, 'my.cnf'), host: 'db1' } });
    expect(problems).toEqual([]);
    expect(config.warehouse).toEqual({ user: 'reader', password: 'a#b " c', host: 'db1', port: 3310 });
  });

  it('may ask for encryption', () => {
    const root = place({ 'my.cnf': '[client]\nssl_ca=ca.pem\nssl-verify-server-cert\nloose-x=1\n', 'ca.pem': 'PEM' });
    const { config } = load({ datawarehouse: { defaultsfile: join(root, 'my.cnf'), host: 'h' } });
    expect(config.warehouse).toEqual({ host: 'h', ssl: { ca: 'PEM', verify: true } });
  });

  it('must be there', () => {
    expect(errors(load({ datawarehouse: { defaultsfile: '/nowhere/my.cnf' } }))).toMatchObject([
      { key: 'datawarehouse.defaultsfile', message: expect.stringContaining('/nowhere/my.cnf') },
    ]);
  });
});

describe('faults', () => {
  it('in the syntax have line and column', () => {
    const missing = () => load('{\n  "workers": 2\n  "state": "x"\n}');
    expect(missing).toThrowError(
      expect.objectContaining({ code: 'E_CONFIG', detail: expect.objectContaining({ line: 3, column: 3 }) }),
    );
    expect(() => load('')).toThrowError(expect.objectContaining({ code: 'E_CONFIG' }));
  });

  it('in values have line, column and key; unknown and doubled keys are warnings', () => {
    const loaded = load(
      '{\n  "workers": "many",\n  "wrokers": 2,\n  "tag": "a",\n  "tag": "b",\n  "retry": {"attempts": 0}\n}',
    );
    expect(errors(loaded)).toMatchObject([
      { line: 2, column: 3, key: 'workers' },
      { line: 6, column: 13, key: 'retry.attempts' },
    ]);
    expect(warnings(loaded).map((p) => [p.line, p.key])).toEqual(expect.arrayContaining([[3, 'wrokers']]));
    expect(warnings(loaded).some((p) => p.key === 'tag')).toBe(true);
    expect(loaded.config.tag).toBe('b');
    expect(firstFault(loaded)).toMatchObject({ code: 'E_CONFIG', detail: { line: 2, column: 3 } });
  });

  it('of one resource leave the others alone', () => {
    const good = { resource_id: 1, batch_system: 'slurm', hostname_mode: 'hostname', datasource: 'pcp' };
    const loaded = load({
      resources: {
        a: good,
        b: { ...good, resource_id: 2, hostname_mode: 'short' },
        c: { ...good, resource_id: 3, batch_system: 'SGE' },
        d: { ...good, resource_id: 4, timezone: 'Mars/Olympus' },
        e: { ...good, resource_id: 5, batch_system: 'file', jobs: 'jobs.csv' },
        f: { ...good, resource_id: 1 },
      },
    });
    expect(loaded.config.resources.map((r) => r.name)).toEqual(['a', 'e']);
    expect(errors(loaded).map((p) => p.resource)).toEqual(['b', 'c', 'd', 'f']);
    expect(firstFault(loaded)).toBeNull();
    expect(loaded.config.resources[1]!.source).toMatchObject({
      kind: 'file',
      path: expect.stringMatching(/\/jobs\.csv$/),
    });
  });

  it.each([
    ['an engine', { outputdatabase: { db_engine: 'postgres' } }],
    ['no engine', { outputdatabase: { uri: 'mongodb://x' } }],
    ['a MongoDB without address', { outputdatabase: { db_engine: 'MongoDB' } }],
    ['a file without form', { outputdatabase: { db_engine: 'file', frag_file: '/tmp/x' } }],
    ['a file without name', { outputdatabase: { db_engine: 'file', json_format: 'both', frag_file: '/tmp/x' } }],
    ['another database', { datawarehouse: { dbengine: 'PostgresDB' } }],
    ['a port', { datawarehouse: { port: 'abc' } }],
    [
      'XDMoD without a warehouse',
      { resources: { a: { resource_id: 1, batch_system: 'XDMoD', hostname_mode: 'hostname' } } },
    ],
  ])('%s', (_, value) => {
    expect(firstFault(load(value))).toMatchObject({ code: 'E_CONFIG' });
  });

  it('in what a section names have the place of the key', () => {
    const loaded = load(`{
      "outputdatabase": { "db_engine": "mongodb", "uri": "mongodb://h/",
        "pass_file": "none" },
      "resources": { "a": { "resource_id": 1, "batch_system": "slurm", "hostname_mode": "hostname", "datasource": "pcp",
        "timezone": "Mars/Crater" } }
    }`);
    expect(errors(loaded)).toMatchObject([
      { key: 'outputdatabase.pass_file', line: 3, column: 9, message: expect.stringContaining('none') },
      { key: 'resources.a.timezone', line: 5, column: 9, resource: 'a' },
    ]);
    const numeric = load(
      '{"outputdatabase": {"db_engine": "mongodb", "uri": "mongodb://h/", "ssl": {"verify": "no"}}}',
    );
    expect(errors(numeric)).toMatchObject([{ key: 'outputdatabase.ssl.verify', line: 1, column: 76 }]);
  });

  it('do not tell a secret', () => {
    const loaded = load({
      outputdatabase: { db_engine: 'mongodb', uri: ['secret-word'] },
      datawarehouse: { pass: { x: 'secret-word' } },
    });
    expect(errors(loaded)).toHaveLength(2);
    expect(JSON.stringify(loaded.problems)).not.toContain('secret-word');
  });
});

describe('our own keys', () => {
  it('have defaults, units and limits', () => {
    const { config } = load({});
    expect(config).toMatchObject({
      patience: 300,
      lease: 300,
      retry: { grace: 172_800, attempts: 5 },
      resources: [],
      output: null,
    });
    const set = load({
      patience: '10m',
      lease: 60,
      retry: { grace: '3d', attempts: 2 },
      analytics: ['./site/my.mjs'],
      state: 'state.db',
      limits: { max_duration: '7d' },
    });
    expect(set.problems).toEqual([]);
    expect(set.config).toMatchObject({ patience: 600, lease: 60, retry: { grace: 259_200, attempts: 2 } });
    expect(set.config.analytics).toEqual([join(dirname(set.config.file), 'site/my.mjs')]);
    expect(set.config.state).toBe(join(dirname(set.config.file), 'state.db'));
    expect(errors(load({ patience: 'soon' }))).toMatchObject([
      { key: 'patience', message: expect.stringContaining('90s') },
    ]);
  });

  it('a file with the section normalization only is enough', () => {
    const root = place({ 'wrap.json': '{"normalization": {"a.b": {"range": 32}}, /* only */ }' });
    expect(loadConfig(join(root, 'wrap.json')).config.normalization).toEqual({ 'a.b': 32 });
  });
});

describe('where the configuration is looked for', () => {
  it('ours before theirs, the first directory that has the file', () => {
    const ours = place({ 'config.json': '{}' });
    const theirs = place({ 'config.json': '{}' });
    process.env.SUPREMM_CONFIG_DIR = theirs;
    expect(findConfig()).toBe(join(theirs, 'config.json'));
    process.env.JOBSUM_CONFIG_DIR = ours;
    expect(findConfig()).toBe(join(ours, 'config.json'));
    process.env.JOBSUM_CONFIG_DIR = place({ x: '' });
    expect(findConfig()).toBe(join(theirs, 'config.json'));
    expect(() => findConfig('/nowhere')).toThrowError(expect.objectContaining({ code: 'E_CONFIG' }));
  });
});
