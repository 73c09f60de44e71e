// The JSON Schemas of the documents: the reference's own documents and ours conform, broken ones do not, `jobsum schema` prints them.

import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { ANALYTICS } from '../../src/analytics/index.ts';
import { SCHEMA_DOCUMENTS, SUMMARY_SCHEMA, TIMESERIES_SCHEMA } from '../../src/document/index.ts';
import { goldenCases } from '../analytics/cases.ts';
import { haveShared } from '../oracle/shared.ts';
import { FIXTURES, jobsum } from '../support/cli.ts';
import { schemaFaults } from '../support/schema.ts';
import { tempDir } from '../support/temp.ts';

// biome-ignore lint/suspicious/noExplicitAny: documents of any content are spoilt here
type Json = Record<string, any>;
const fixture = (name: string): Json => JSON.parse(readFileSync(`${FIXTURES}expected/${name}`, 'utf8')) as Json;

describe('the JSON Schemas', () => {
  it('are valid draft 2020-12', () => {
    const ajv = new Ajv2020();
    for (const schema of [SUMMARY_SCHEMA, TIMESERIES_SCHEMA]) expect(ajv.validateSchema(schema)).toBe(true);
  });

  it('know every key that an analytic makes', () => {
    for (const a of ANALYTICS) {
      const { properties } = (a.section === 'summary' ? SUMMARY_SCHEMA : TIMESERIES_SCHEMA) as { properties: object };
      expect(properties).toHaveProperty([a.key]);
    }
  });

  it.each(readdirSync(`${FIXTURES}expected`))('accept the document of the example cluster %s', (name) => {
    expect(schemaFaults(fixture(name))).toEqual([]);
  });

  it.each([
    ['an unknown key', (d: Json) => ({ ...d, other: 1 })],
    ['no accounting', ({ acct: _, ...d }: Json) => d],
    ['another version', (d: Json) => ({ ...d, summarization: { ...d.summarization, version: '2' } })],
    ['an error that is no number', (d: Json) => ({ ...d, memory: { error: 'x' } })],
    ['a device without a field', (d: Json) => ({ ...d, block: { sda: { read: { avg: 1, cnt: 1 } } } })],
    ['statistics with half of the long form', (d: Json) => ({ ...d, cores: { avg: 1, cnt: 2, max: 2 } })],
    ['a skip that is not true', (d: Json) => ({ ...d, summarization: { ...d.summarization, skipped_x: 1 } })],
    ['a series without times', (d: Json) => withSeries(d, ({ times: _, ...s }) => s)],
    ['a series with a value too few', (d: Json) => withSeries(d, (s) => ({ ...s, times: s.times.slice(1) }))],
    ['a series of a host without a name', (d: Json) => withSeries(d, (s) => ({ ...s, hosts: { 77: s.hosts[0] } }))],
    ['half an envelope', (d: Json) => withSeries(d, (s) => ({ ...s, max: [] }))],
  ])('refuse a document with %s', (_, spoil) => {
    expect(schemaFaults(spoil(fixture('1004.json')))).not.toEqual([]);
  });

  it.runIf(haveShared('documents of the reference'))('accept the documents of the reference', () => {
    const wrong = goldenCases().flatMap((golden) => {
      // The golden files leave out what differs from run to run.
      const { timeseries, ...rest } = golden.document as Json;
      const document = {
        _id: '1-1',
        created: '',
        ...rest,
        acct: { id: '1', end_time: 1 },
        summarization: { elapsed: 0, created: 0, srcdir: null, ...rest.summarization },
        ...(timeseries ? { timeseries } : {}),
      };
      return schemaFaults(document).map((fault) => `${golden.case}: ${fault}`);
    });
    expect(wrong).toEqual([]);
  });
});

function withSeries(d: Json, change: (series: Json) => object): object {
  const { cpuuser, ...others } = d.timeseries as Json;
  return { ...d, timeseries: { ...others, cpuuser: change(cpuuser as Json) } };
}

describe('jobsum schema', () => {
  const cwd = tempDir();
  const printed = async (...args: string[]): Promise<unknown> => {
    const ran = await jobsum(['schema', ...args], { cwd });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    return JSON.parse(ran.stdout);
  };

  it('prints both schemas, and both documents for XDMoD', async () => {
    expect(await printed()).toEqual(SUMMARY_SCHEMA);
    expect(await printed('timeseries', '--json')).toEqual(TIMESERIES_SCHEMA);
    expect(await printed('summary', '--definitions')).toEqual(SCHEMA_DOCUMENTS[0]);
    expect(await printed('timeseries', '--definitions', '--json')).toEqual(SCHEMA_DOCUMENTS[1]);
  });
});
