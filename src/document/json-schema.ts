// Owns the JSON Schemas (draft 2020-12) of the summary and the time-series document, as data.

import { SUMMARY_VERSION, TIMESERIES_VERSION } from './document.ts';

export type JsonSchema = { readonly [key: string]: unknown };

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

const ref = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` });
const object = (
  properties: JsonSchema,
  required: readonly string[],
  rest: JsonSchema | boolean = false,
): JsonSchema => ({
  type: 'object',
  properties,
  ...(required.length > 0 ? { required } : {}),
  additionalProperties: rest,
});
const fields = (names: readonly string[], schema: JsonSchema): JsonSchema =>
  Object.fromEntries(names.map((name) => [name, schema]));
/** All of these fields, each S(v). */
const allOf = (...names: string[]): JsonSchema => object(fields(names, ref('stats')), names);
const orError = (schema: JsonSchema): JsonSchema => ({ anyOf: [ref('error'), schema] });
/** By device: the required fields, and the optional ones. */
const devices = (required: readonly string[], optional: readonly string[] = []): JsonSchema =>
  orError({
    type: 'object',
    not: { required: ['error'] },
    additionalProperties: object(fields([...required, ...optional], ref('stats')), required),
  });

const COUNT: JsonSchema = { type: 'integer', minimum: 0 };
const TEXTS: JsonSchema = { type: 'array', items: { type: 'string' } };
const MODES = ['user', 'idle', 'nice', 'system', 'iowait', 'irq', 'softirq'];
const MODES_ALWAYS = ['user', 'idle', 'system', 'iowait'];

const SHARED_DEFS: JsonSchema = {
  number: {
    description: 'A double; what JSON has no number for is its name.',
    anyOf: [{ type: 'number' }, { enum: ['NaN', 'Infinity', '-Infinity'] }],
  },
  error: object({ error: { anyOf: [{ type: 'integer', minimum: 1, maximum: 20 }, { const: 'no data' }] } }, ['error']),
};

const LONG = ['max', 'avg', 'krt', 'min', 'skw', 'cnt', 'med'];

const SUMMARY_DEFS: JsonSchema = {
  ...SHARED_DEFS,
  stats: {
    description: 'Statistics of a list: nothing of an empty one, avg and cnt alone where all values are equal.',
    anyOf: [
      object({}, []),
      object({ avg: ref('number'), cnt: COUNT }, ['avg', 'cnt']),
      object({ ...fields([...LONG, 'std', 'cov'], ref('number')), cnt: { type: 'integer', minimum: 2 } }, LONG),
    ],
  },
  energy: {
    description: 'Statistics of amounts (energy, CPU time), with their sum.',
    type: 'object',
    properties: { ...fields([...LONG, 'std', 'cov', 'total'], ref('number')), cnt: COUNT },
    required: ['avg', 'cnt', 'total'],
    additionalProperties: false,
  },
  power: object({ power: allOf('mean', 'max'), energy: ref('energy') }, ['power', 'energy']),
  cpus: orError(
    object({ ...fields(MODES, ref('stats')), all: object({ cnt: COUNT }, ['cnt']) }, [...MODES_ALWAYS, 'all']),
  ),
  busy: orError(object({ ...fields(MODES, ref('stats')), all: COUNT }, ['all'])),
  pattern: orError(
    object(
      {
        nodes_used: COUNT,
        sections: { type: 'array', items: ref('stats'), minItems: 4, maxItems: 4 },
        section_start_timestamps: { type: 'array', items: ref('stats'), minItems: 4, maxItems: 4 },
        autoperiod: { anyOf: [{ type: 'null' }, { type: 'object' }] },
      },
      ['nodes_used', 'sections', 'section_start_timestamps'],
    ),
  ),
};

const SUMMARIZATION: JsonSchema = object(
  {
    version: { const: SUMMARY_VERSION },
    elapsed: { type: 'number', minimum: 0 },
    created: { type: 'number' },
    srcdir: { type: ['string', 'null'] },
    complete: { type: 'boolean' },
    datasource: { enum: ['pcp', 'prometheus'] },
    mergetime: { type: 'number', minimum: 0 },
    missingnodes: { type: 'number' },
    tag: { type: 'string' },
  },
  ['version', 'elapsed', 'created', 'srcdir', 'complete', 'datasource'],
);

/** As `object`, with `skipped_*` flags besides. */
const SKIPPABLE: JsonSchema = { ...SUMMARIZATION, patternProperties: { '^skipped_[a-z_]+$': { const: true } } };

const ACCT: JsonSchema = {
  description: 'The accounting record as it came, and `id`.',
  type: 'object',
  properties: {
    id: { type: 'string' },
    start_time: { type: 'number' },
    end_time: { type: 'number' },
    nodes: { type: 'number' },
    host_list: TEXTS,
  },
  required: ['id', 'end_time'],
};

const INDICES: JsonSchema = { type: 'array', items: COUNT, maxItems: 64 };

const NODE_COVERAGE: JsonSchema = object(
  {
    index: COUNT,
    node: { type: 'string' },
    records: COUNT,
    archives: COUNT,
    bytes: COUNT,
    unreadable: { ...COUNT, description: 'Archives, and directories that may have some, that could not be read.' },
    first: { type: 'number', description: 'Epoch seconds of the first record in the time of the job.' },
    last: { type: 'number' },
    interval: { type: 'number', minimum: 0, description: 'Seconds between samples.' },
    gaps: { ...COUNT, description: 'Pauses of more than three intervals.' },
    gap_seconds: { type: 'number', minimum: 0 },
    covered: {
      type: 'number',
      minimum: 0,
      description: 'Seconds from an interval before the first record to one after the last, less the gaps.',
    },
    nanoseconds: { const: true, description: 'The time of the last record is finer than a microsecond.' },
  },
  ['index', 'node', 'records', 'archives', 'bytes', 'covered'],
);

const COVERAGE: JsonSchema = object(
  {
    expected: { type: 'integer', description: 'Nodes by accounting.' },
    reporting: COUNT,
    full: COUNT,
    window: { type: 'number', description: 'Seconds of the time of the job.' },
    covered: { type: 'number', minimum: 0 },
    records: COUNT,
    archives: COUNT,
    bytes: COUNT,
    nodes: { type: 'array', items: NODE_COVERAGE, maxItems: 64 },
    omitted: { type: 'integer', minimum: 1 },
    analytics: {
      type: 'object',
      additionalProperties: object({ nodes: COUNT, partial: INDICES, missing: INDICES }, ['nodes']),
    },
  },
  // Lists may have gone from a document that was too large.
  ['expected', 'reporting', 'full', 'window', 'covered', 'records', 'archives', 'bytes'],
);

const PROC_DUMP: JsonSchema = object(
  {
    constrained: { ...TEXTS, maxItems: 150 },
    unconstrained: { ...TEXTS, maxItems: 150 },
    cpusallowed: {
      type: 'object',
      patternProperties: {
        '^node\\d+$': {
          anyOf: [
            object({ node: { type: 'string' }, cpu_list: { type: 'string' } }, ['node', 'cpu_list']),
            object({ node: { type: 'string' }, error: { const: 1 } }, ['node', 'error']),
          ],
        },
      },
      additionalProperties: false,
    },
    error: { type: 'string' },
  },
  ['constrained', 'unconstrained', 'cpusallowed'],
);

const USAGE = object({ avg: ref('stats'), max: ref('stats') }, ['avg', 'max']);
const NODE_MEMORY = ['used', 'maxused', 'free', 'physmem', 'maxfree'];
const LNET = ['drop', 'recv', 'send', 'drop_count', 'recv_count', 'send_count'];
const GPU = ['gpuactive', 'gpuactivemax', 'memused', 'memusedmax'];

export const SUMMARY_SCHEMA: JsonSchema = {
  $schema: DRAFT,
  $id: `urn:jobsum:summary-${SUMMARY_VERSION}`,
  title: `Job summary document ${SUMMARY_VERSION}`,
  type: 'object',
  properties: {
    _id: { type: 'string', description: '<acct.id>-<acct.end_time>', pattern: '-\\d+$' },
    summarization: SKIPPABLE,
    created: { type: 'string', description: 'UTC; a date in MongoDB.' },
    acct: ACCT,
    errors: { type: 'object', additionalProperties: { ...TEXTS, minItems: 1 } },
    coverage: COVERAGE,
    cores: ref('stats'),
    procDump: PROC_DUMP,
    cpu: orError(
      object({ nodecpus: ref('cpus'), jobcpus: ref('cpus'), effcpus: ref('busy') }, ['nodecpus', 'jobcpus', 'effcpus']),
    ),
    cpucategories: orError(
      object(
        {
          dutycycles: { type: 'object', additionalProperties: { type: 'object', additionalProperties: ref('number') } },
          category: { enum: ['GOOD', 'PINNED', 'UNPINNED', 'LOW'] },
          maxcores: COUNT,
        },
        // The duty cycles may have gone from a document that was too large.
        ['category', 'maxcores'],
      ),
    ),
    cpuperf: orError(
      object(
        {
          flops: orError(ref('stats')),
          cpiref: orError(ref('stats')),
          cpldref: orError(ref('stats')),
          clk_mhz: ref('stats'),
        },
        ['cpiref', 'cpldref'],
      ),
    ),
    uncperf: orError(allOf('membw')),
    catastrophe: orError(object({ value: ref('number') }, ['value'])),
    load1: orError(object(fields(['mean', 'max', 'meanpercore', 'maxpercore'], ref('stats')), ['mean', 'max'])),
    memory: orError(allOf('used', 'used_minus_cache')),
    nodememory: orError(
      object(fields([...NODE_MEMORY, 'used_minus_cache', 'maxused_minus_cache'], ref('stats')), NODE_MEMORY),
    ),
    process_memory: orError(object({ usage: USAGE, limit: ref('stats'), usageratio: USAGE }, ['usage'])),
    process_cpu: orError(object({ seconds: ref('energy'), cores: ref('stats') }, ['seconds', 'cores'])),
    gpu: devices(GPU, ['memactive', 'memactivemax']),
    gpupower: orError({ type: 'object', not: { required: ['error'] }, additionalProperties: ref('power') }),
    ipmi: orError(ref('power')),
    block: devices(['read', 'write', 'read_bytes', 'write_bytes']),
    gpfs: devices(['read_bytes', 'write_bytes', 'reads', 'writes']),
    lustre: devices(['read_bytes-total', 'write_bytes-total']),
    lnet: orError(allOf(...LNET)),
    infiniband: devices(['switch-in-bytes', 'switch-in-packets', 'switch-out-bytes', 'switch-out-packets']),
    network: devices(['in-bytes', 'out-bytes'], ['in-packets', 'out-packets']),
    nfs: devices(['read-normal', 'read-direct', 'read-server', 'write-normal', 'write-direct', 'write-server']),
    timeseries_patterns_gpfs: orError(
      object(fields(['gpfs-fsios-read_bytes', 'gpfs-fsios-write_bytes'], ref('pattern')), [
        'gpfs-fsios-read_bytes',
        'gpfs-fsios-write_bytes',
      ]),
    ),
    timeseries: { type: 'object', description: `The time-series document ${TIMESERIES_VERSION}, if kept inside.` },
  },
  required: ['_id', 'summarization', 'created', 'acct'],
  additionalProperties: { description: "An analytic of the site's own." },
  $defs: SUMMARY_DEFS,
};

const PLAIN = ['block', 'ib_lnet', 'lnet', 'nfs', 'power', 'process_mem_usage'];
const WITH_DEVICES = [
  'cpuuser',
  'simdins',
  'sveins',
  'membw',
  'gpu_usage',
  'memused',
  'memused_minus_diskcache',
  'corepower',
];

const VALUES = { type: 'array', items: ref('number'), maxItems: 100 };
const BY_INDEX = (schema: JsonSchema): JsonSchema => ({
  type: 'object',
  patternProperties: { '^\\d+$': schema },
  additionalProperties: false,
});
const ENVELOPE = {
  type: 'array',
  items: { type: 'array', prefixItems: [ref('number'), COUNT], items: false, minItems: 2 },
  maxItems: 100,
};

const series = (host: JsonSchema): JsonSchema => ({
  ...object({ times: VALUES, hosts: BY_INDEX(host), min: ENVELOPE, max: ENVELOPE, med: ENVELOPE }, ['times', 'hosts']),
  dependentRequired: { min: ['max', 'med'], max: ['min', 'med'], med: ['min', 'max'] },
});

export const TIMESERIES_SCHEMA: JsonSchema = {
  $schema: DRAFT,
  $id: `urn:jobsum:timeseries-${TIMESERIES_VERSION}`,
  title: `Job time-series document ${TIMESERIES_VERSION}`,
  type: 'object',
  properties: {
    _id: { type: 'string', description: 'That of the summary document; absent inside of one.' },
    version: { const: TIMESERIES_VERSION },
    hosts: BY_INDEX({ type: 'string' }),
    errors: { type: 'object', additionalProperties: TEXTS },
    ...fields(PLAIN, orError(ref('plain'))),
    ...fields(WITH_DEVICES, orError(ref('detailed'))),
  },
  required: ['version', 'hosts'],
  additionalProperties: { description: "A series of the site's own." },
  $defs: {
    ...SHARED_DEFS,
    plain: series(object({ all: VALUES }, ['all'])),
    detailed: series({
      // Devices may have gone from a document that was too large.
      ...object({ all: VALUES, dev: BY_INDEX(VALUES), names: BY_INDEX({ type: 'string' }) }, ['all']),
      dependentRequired: { dev: ['names'], names: ['dev'] },
    }),
  },
};
