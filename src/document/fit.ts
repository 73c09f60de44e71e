// Owns making a document fit a size limit: what is worth least goes first, and a note in `errors` says what went.

import type { Document } from './document.ts';
import { bsonBytes } from './size.ts';

type Part = Readonly<Record<string, unknown>>;

/** MongoDB's limit is 16 MiB; this leaves room for what the server and the portal's loader add to a document. */
export const MAX_DOCUMENT_BYTES = 15 * 1024 * 1024;

/** Commands, errors and nodes that are left of longer lists. */
const FEW = 20;
/** Never dropped: what identifies the document and what its readers require. */
const KEPT = new Set(['_id', 'summarization', 'created', 'acct', 'errors', 'version', 'hosts']);

interface Step {
  /** For the note. */
  readonly what: string;
  /** The document with less in it; the same object if there was nothing to take. */
  readonly cut: (document: Part) => Part;
}

const isPart = (value: unknown): value is Part =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** `document` with what `change` makes of the part at `key`, if it is there. */
function within(document: Part, key: string, change: (part: Part) => Part): Part {
  const part = document[key];
  if (!isPart(part)) return document;
  const changed = change(part);
  return changed === part ? document : { ...document, [key]: changed };
}

const head = (value: unknown): unknown => (Array.isArray(value) && value.length > FEW ? value.slice(0, FEW) : value);

/** Each value through `change`; the same object if none changed. */
function mapped(part: Part, change: (value: unknown, key: string) => unknown): Part {
  let same = true;
  const entries = Object.entries(part).map(([key, value]) => {
    const next = change(value, key);
    same &&= next === value;
    return [key, next] as const;
  });
  return same ? part : Object.fromEntries(entries);
}

function without(part: Part, ...keys: string[]): Part {
  if (!keys.some((key) => Object.hasOwn(part, key))) return part;
  return Object.fromEntries(Object.entries(part).filter(([key]) => !keys.includes(key)));
}

const SUMMARY_STEPS: readonly Step[] = [
  {
    what: `lists of processes longer than ${FEW}`,
    cut: (d) =>
      within(d, 'procDump', (p) =>
        mapped(p, (list, key) => (key === 'constrained' || key === 'unconstrained' ? head(list) : list)),
      ),
  },
  { what: `errors beyond ${FEW} of a kind`, cut: (d) => within(d, 'errors', (e) => mapped(e, head)) },
  { what: "the nodes' coverage", cut: (d) => within(d, 'coverage', (c) => without(c, 'nodes', 'analytics')) },
  { what: "the nodes' CPU lists", cut: (d) => within(d, 'procDump', (p) => within(p, 'cpusallowed', () => ({}))) },
  { what: "the nodes' duty cycles", cut: (d) => within(d, 'cpucategories', (c) => without(c, 'dutycycles')) },
];

const isSeries = (key: string, value: unknown): value is Part =>
  !KEPT.has(key) && isPart(value) && Array.isArray(value.times);

const sizeOf = (key: string) => (a: Part) => bsonBytes(a[key]);

/** Keys by the size of their values, largest first. */
function largest(document: Part, keys: readonly string[]): string[] {
  const sizes = new Map(keys.map((key) => [key, sizeOf(key)(document)]));
  return [...keys].sort((a, b) => sizes.get(b)! - sizes.get(a)!);
}

/** First the devices of all series, largest series first; then the single nodes of those that have an envelope. */
function seriesSteps(document: Part): Step[] {
  const keys = largest(
    document,
    Object.keys(document).filter((key) => isSeries(key, document[key])),
  );
  const hosts = (key: string, change: (hosts: Part) => Part) => (d: Part) =>
    within(d, key, (series) => within(series, 'hosts', change));
  return [
    ...keys.map((key) => ({
      what: `the devices of the series ${key}`,
      cut: hosts(key, (all) => mapped(all, (host) => (isPart(host) ? without(host, 'dev', 'names') : host))),
    })),
    ...keys
      .filter((key) => 'max' in (document[key] as Part))
      .map((key) => ({ what: `the nodes of the series ${key}`, cut: hosts(key, () => ({})) })),
  ];
}

/** Last resort: whole sections. */
function sectionSteps(document: Part): Step[] {
  const keys = Object.keys(document).filter((key) => !KEPT.has(key) && key !== 'timeseries');
  return largest(document, keys).map((key) => ({ what: key, cut: (d) => without(d, key) }));
}

/** Takes steps until the document is small enough; `dropped` gets what went. */
function shrink(document: Part, maxBytes: number, steps: (d: Part) => readonly Step[], dropped: string[]): Part {
  let bytes = bsonBytes(document);
  let fitting = document;
  if (bytes <= maxBytes) return document;
  for (const step of steps(document)) {
    const less = step.cut(fitting);
    if (less === fitting) continue;
    dropped.push(step.what);
    fitting = less;
    bytes = bsonBytes(fitting);
    if (bytes <= maxBytes) break;
  }
  return fitting;
}

/** Room for the note and its key. */
const NOTE_BYTES = 4096;
const MAX_NOTE = 2000;

function noted(document: Part, dropped: readonly string[]): Part {
  const text = `left out, as the document would be too large: ${dropped.join(', ')}`.slice(0, MAX_NOTE);
  return { ...document, errors: { ...(isPart(document.errors) ? document.errors : {}), document: [text] } };
}

/**
 * The document with no more than `maxBytes` in its summary and as much in its `timeseries`, which are stored apart; or a
 * time-series document alone. Unchanged if it fits. Pure: nothing of the given document is written to. What no reader can
 * do without is kept even if it is too large by itself.
 */
export function fitDocument<D extends Document>(document: D, maxBytes: number = MAX_DOCUMENT_BYTES): D {
  const room = maxBytes - NOTE_BYTES;
  const dropped: string[] = [];
  const { timeseries, ...rest } = document as Part;
  const bySize = (d: Part): readonly Step[] => [...SUMMARY_STEPS, ...seriesSteps(d), ...sectionSteps(d)];
  const summary = shrink(rest, room, bySize, dropped);
  const series = isPart(timeseries)
    ? shrink(timeseries, room, (d) => [...seriesSteps(d), ...sectionSteps(d)], dropped)
    : timeseries;
  if (dropped.length === 0) return document;
  return { ...noted(summary, dropped), ...(timeseries !== undefined ? { timeseries: series } : {}) } as unknown as D;
}
