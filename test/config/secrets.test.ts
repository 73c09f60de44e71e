// Secrets of the configuration: where they come from, which one counts, and that none is shown.

import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadConfig, maskUri, showConfig } from '../../src/config/index.ts';
import { load, place } from './place.ts';

const environment = { ...process.env };
afterEach(() => {
  for (const key of Object.keys(process.env)) if (!(key in environment)) delete process.env[key];
  Object.assign(process.env, environment);
});

describe('the account of MongoDB', () => {
  const mongodb = { db_engine: 'mongodb', uri: 'mongodb://jobs@h/', dbname: 'supremm' };
  const output = (more: object) => load({ outputdatabase: { ...mongodb, ...more } }).config.output;

  it('may stand beside the connection string, its secrets in files', () => {
    const root = place({
      ...{ 'mongo.password': 'from-a-file\n', 'ca.pem': 'CA', 'key.pem': 'geheim-key' },
      'config.json': JSON.stringify({
        outputdatabase: {
          ...{ ...mongodb, user: 'writer', pass_file: 'mongo.password' },
          ssl: { ca: 'ca.pem', key: join('.', 'key.pem'), verify: false },
        },
      }),
    });
    const { config, problems } = loadConfig(root);
    expect(problems).toEqual([]);
    expect(config.output).toEqual({
      ...{ kind: 'mongodb', uri: 'mongodb://jobs@h/', database: 'supremm', user: 'writer', password: 'from-a-file' },
      ssl: { ca: 'CA', key: 'geheim-key', verify: false },
    });
    expect(JSON.stringify(showConfig(config))).not.toMatch(/from-a-file|geheim/);
    expect(showConfig(config).output).toMatchObject({ user: 'writer', password: '***', ssl: { ca: 'CA', key: '***' } });
  });

  it('takes its password from the same places as the warehouse', () => {
    expect(output({ pass: 4711 })).toMatchObject({ password: '4711' });
    process.env.JOBSUM_MONGODB_PASSWORD = 'from-environment';
    expect(output({ pass: 'inline' })).toMatchObject({ password: 'from-environment' });
  });
});

describe('secrets', () => {
  const base = { datawarehouse: { host: 'h', user: 'u', pass: 'inline' } };
  it('come from the environment, a named file, the credential directory, a file of the configuration, or its text', () => {
    const root = place({ file: 'from-file\n', 'jobsum-warehouse-password': 'from-credential\n' });
    const password = (value: object = base) => load(value).config.warehouse?.password;
    expect(password()).toBe('inline');
    expect(password({ datawarehouse: { ...base.datawarehouse, pass_file: join(root, 'file') } })).toBe('from-file');
    process.env.CREDENTIALS_DIRECTORY = root;
    expect(password()).toBe('from-credential');
    process.env.JOBSUM_WAREHOUSE_PASSWORD_FILE = join(root, 'file');
    expect(password()).toBe('from-file');
    process.env.JOBSUM_WAREHOUSE_PASSWORD = 'from-environment';
    expect(password()).toBe('from-environment');
    process.env.JOBSUM_MONGODB_URI = 'mongodb://a:b@c/';
    expect(load({ outputdatabase: { db_engine: 'mongodb' } }).config.output).toMatchObject({ uri: 'mongodb://a:b@c/' });
  });

  it('are masked in addresses', () => {
    expect(maskUri('mongodb://u:p@h1,h2/db?w=1')).toBe('mongodb://u:***@h1,h2/db?w=1');
    expect(maskUri('mongodb+srv://u:p@s/@h/?tlsCertificateKeyFilePassword=x&w=1')).toBe(
      'mongodb+srv://u:***@h/?tlsCertificateKeyFilePassword=***&w=1',
    );
    expect(maskUri('mongodb://h/')).toBe('mongodb://h/');
  });
});
