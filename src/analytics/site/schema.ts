// Owns what a site's analytic may declare. The decoder trusts its specs, so that every index is checked here.

import { z } from 'zod';
import { type ConsumerSpec, MAX_BORDERS, MAX_MATCHES, type ReducerSpec, UNITS_NAMES } from '../../reduce/index.ts';

const MAX_METRICS = 64;
const MAX_REDUCERS = 32;
const MAX_TALLIED = 4;

const metricName = z.string().regex(/^[A-Za-z][\w.]{0,255}$/, 'expected a metric name');
const metricList = z.array(metricName).min(1).max(MAX_METRICS);

/** Everything of a declaration but its functions. */
export const declaration = z.object({
  cls: z.string().regex(/^[A-Za-z]\w{0,63}$/, 'expected a class name: letters, digits, _'),
  key: z.string().regex(/^[A-Za-z][\w-]{0,63}$/, 'expected a key of the document: letters, digits, _ and -'),
  section: z.enum(['summary', 'timeseries']),
  alternatives: z.array(metricList).min(1).max(32),
  optional: z.array(metricName).max(MAX_METRICS).optional(),
  units: z.record(metricName, z.enum(UNITS_NAMES)).optional(),
  counts: z.boolean().optional(),
});

const SCALARS = ['first', 'sum', 'total', 'mean', 'count', 'match', 'ratio'] as const;
const FOLDS = [...SCALARS, 'each'] as const;

function specSchema(metrics: number) {
  const metric = z
    .number()
    .int()
    .min(0)
    .max(metrics - 1);
  const places = z.number().int().min(1).max(4096);
  const pick = z.strictObject({ step: places, count: places });
  const laneOf = <F extends (typeof FOLDS)[number]>(folds: readonly F[]) =>
    z
      .strictObject({
        fold: z.enum(folds),
        rows: z
          .array(z.strictObject({ metric, weight: z.number().optional(), pick: pick.optional() }))
          .min(1)
          .max(MAX_METRICS),
        scale: z.number().optional(),
      })
      .refine((lane) => lane.fold !== 'ratio' || lane.rows.length === 2, 'a ratio has two rows');
  const lane = laneOf(FOLDS);
  const scalar = laneOf(SCALARS);
  const flag = z.boolean().optional();
  const sum = laneOf(['sum', 'total']);
  const reducer = z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('FIRSTLAST') }),
    z.strictObject({ kind: z.literal('ROLL'), lane, skipFirst: flag, dropLast: flag }),
    z.strictObject({ kind: z.literal('INTEGRATE'), lane }),
    z.strictObject({
      kind: z.literal('SUBSAMPLE'),
      value: scalar.optional(),
      row: lane.optional(),
      monotonic: z.enum(['value', 'each']).optional(),
    }),
    z.strictObject({ kind: z.literal('LATCH'), lane: scalar, skipFirst: flag }),
    z.strictObject({
      kind: z.literal('TALLY'),
      metrics: z.array(metric).min(1).max(MAX_TALLIED),
      where: z.strictObject({ metric: z.number().int().min(0).max(3), equals: z.string().max(4096) }).optional(),
    }),
    z.strictObject({ kind: z.literal('WRAPSUM'), bits: z.number().int().min(1).max(63) }),
    z.strictObject({
      kind: z.literal('FULLSERIES'),
      value: z.union([scalar, z.strictObject({ wrapsum: z.number().int().min(0) })]),
      keep: z.enum(['hull', 'even']),
      monotonic: flag,
    }),
    z.strictObject({ kind: z.literal('DUTY') }),
    z.strictObject({
      kind: z.literal('SECTIONS'),
      lanes: z.union([z.tuple([sum]), z.tuple([sum, sum])]),
      start: z.number(),
      end: z.number(),
      count: z
        .number()
        .int()
        .min(1)
        .max(MAX_BORDERS - 1),
      limit: z.number().positive(),
    }),
  ]);
  const name = z.string().min(1).max(4096);
  return z.strictObject({
    mode: z.enum(['firstlast', 'all']),
    raw: flag,
    empty: z.enum(['skip', 'stop', 'ignore']).optional(),
    rectangular: z.union([z.boolean(), z.literal('skip')]).optional(),
    floor: z.number().optional(),
    floorSkips: flag,
    labels: metric.optional(),
    columns: z.enum(['follow', 'steady']).optional(),
    match: z.union([name, z.array(name).min(1).max(MAX_MATCHES)]).optional(),
    reducers: z.array(reducer).min(1).max(MAX_REDUCERS),
  });
}

type Declared = Omit<ConsumerSpec, 'metrics' | 'normalize'>;

/** What the parts of a spec ask of each other; null: nothing is wrong. */
function contradiction(spec: Declared): string | null {
  const heads = spec.reducers.map((r) => r.kind);
  if (spec.mode === 'firstlast' && (heads[0] !== 'FIRSTLAST' || heads.length > 1))
    return 'mode firstlast has one reducer, FIRSTLAST';
  for (const [i, r] of spec.reducers.entries()) {
    const why = misplaced(spec, r, i);
    if (why) return `reducers.${i}: ${why}`;
  }
  return null;
}

function misplaced(spec: Declared, r: ReducerSpec, i: number): string | null {
  const lanes = 'lane' in r ? [r.lane] : r.kind === 'SUBSAMPLE' ? [r.value, r.row] : [];
  const series = r.kind === 'FULLSERIES' && !('wrapsum' in r.value) ? [r.value] : [];
  if ([...lanes, ...series].some((l) => (l?.fold === 'match' || l?.fold === 'ratio') && spec.match === undefined))
    return 'the folds match and ratio need `match`';
  switch (r.kind) {
    case 'FIRSTLAST':
      return spec.mode === 'firstlast' ? null : 'FIRSTLAST needs mode firstlast';
    case 'ROLL':
      return spec.columns && r.dropLast ? 'ROLL by column has no dropLast' : null;
    case 'SUBSAMPLE':
      return r.value || r.row ? null : 'SUBSAMPLE needs a value or a row';
    case 'TALLY':
      if (!spec.raw) return 'TALLY needs `raw`';
      return r.where && r.where.metric >= r.metrics.length ? 'where.metric is an index into its metrics' : null;
    case 'WRAPSUM':
    case 'DUTY':
      return spec.columns ? null : `${r.kind} needs \`columns\``;
    case 'FULLSERIES':
      if (!('wrapsum' in r.value)) return null;
      return r.value.wrapsum < i && spec.reducers[r.value.wrapsum]?.kind === 'WRAPSUM'
        ? null
        : 'wrapsum is the place of a WRAPSUM before it';
    case 'SECTIONS':
      return r.start < r.end ? null : 'start lies before end';
    default:
      return null;
  }
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue ? `${issue.path.join('.') || 'the whole'}: ${issue.message}` : error.message;
}

/** @throws TypeError saying what is wrong with the declaration */
export function checkDeclaration(value: unknown): z.infer<typeof declaration> {
  const parsed = declaration.safeParse(value);
  if (!parsed.success) throw new TypeError(firstIssue(parsed.error));
  return parsed.data;
}

/** A copy of what `declare` returned for so many metrics. @throws TypeError saying what is wrong with it */
export function checkSpec(value: unknown, metrics: number): Declared {
  const parsed = specSchema(metrics).safeParse(value);
  if (!parsed.success) throw new TypeError(firstIssue(parsed.error));
  // Absent and undefined mean the same in a spec.
  const spec = parsed.data as Declared;
  const why = contradiction(spec);
  if (why) throw new TypeError(why);
  return spec;
}
