// Owns the comparison of a document with the reference's: what is equal, within which tolerance, and what is not looked at.

import { type Deviation, droppedPaths, isObject, type Json } from './deviations.ts';

/** What the reference says of a job: a bare document, or one with what is known of it. */
export interface Golden {
  readonly document: Json;
  /** Paths where the reference crashed. */
  readonly excluded?: Json;
  /** Paths, with slashes, whose values are rounding noise. */
  readonly ill_conditioned?: readonly string[];
  /** Series in which the choice among nodes of equal values is arbitrary. */
  readonly tied_hosts?: readonly string[];
}

export interface CompareOptions {
  /** Relative and absolute tolerance of numbers. */
  readonly rel?: number;
  readonly abs?: number;
  /** Only these: a top-level key, or `timeseries.KEY`. */
  readonly only?: readonly string[];
  readonly acct?: boolean;
  readonly deviations?: readonly Deviation[];
}

export interface Difference {
  /** With slashes. */
  readonly path: string;
  /** Absent: not there. */
  readonly golden?: unknown;
  readonly ours?: unknown;
  readonly why: string;
}

export interface Comparison {
  /** Values looked at. */
  readonly compared: number;
  readonly differences: readonly Difference[];
}

const VOLATILE_TOP = ['created', 'errors'];
const VOLATILE_SUMMARIZATION = ['elapsed', 'created', 'srcdir', 'version', 'tag'];
const ENVELOPE = ['min', 'max', 'med'];
const REL = 1e-9;
const ABS = 1e-12;

/** Stands for what is not there, which null is not. */
const MISSING = Symbol('missing');

/** NaN and the infinities are texts in JSON. */
function nonFinite(x: unknown): string | null {
  if (typeof x === 'number') return Number.isFinite(x) ? null : String(x);
  return x === 'NaN' || x === 'Infinity' || x === '-Infinity' ? x : null;
}

const at = (node: Json, key: string): unknown => (Object.hasOwn(node, key) ? node[key] : MISSING);

class Walk {
  compared = 0;
  readonly differences: Difference[] = [];
  readonly #rel: number;
  readonly #abs: number;
  readonly #ill: ReadonlySet<string>;

  constructor(rel: number, abs: number, ill: readonly string[]) {
    this.#rel = rel;
    this.#abs = abs;
    this.#ill = new Set(ill);
  }

  #differ(path: string, golden: unknown, ours: unknown, why = ''): void {
    this.differences.push({
      path: path || '/',
      ...(golden === MISSING ? {} : { golden }),
      ...(ours === MISSING ? {} : { ours }),
      why,
    });
  }

  #number(path: string, a: number, b: number): void {
    const size = Math.max(Math.abs(a), Math.abs(b));
    const distance = Math.abs(a - b);
    if (distance > Math.max(this.#abs, this.#rel * size))
      this.#differ(path, a, b, `relative ${(distance / size).toPrecision(3)}`);
  }

  values(path: string, a: unknown, b: unknown): void {
    if (a === MISSING || b === MISSING) {
      this.#differ(path, a, b);
      return;
    }
    if (this.#ill.has(path)) {
      // There must be a number, or something that is none.
      if (typeof a === 'number' && typeof b !== 'number' && b !== null && nonFinite(b) === null)
        this.#differ(path, a, b);
      return;
    }
    const odd = nonFinite(a);
    if (odd !== null) {
      this.compared++;
      if (b !== null && nonFinite(b) !== odd) this.#differ(path, a, b);
    } else if (isObject(a) && isObject(b)) this.#objects(path, a, b);
    else if (Array.isArray(a) && Array.isArray(b)) this.#arrays(path, a, b);
    else {
      this.compared++;
      if (typeof a === 'number' && typeof b === 'number' && nonFinite(b) === null) this.#number(path, a, b);
      else if (a !== b) this.#differ(path, a, b);
    }
  }

  #objects(path: string, a: Json, b: Json): void {
    for (const key of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()) {
      const [x, y] = [at(a, key), at(b, key)];
      if (key === 'cpu_list' && typeof x === 'string' && typeof y === 'string') {
        // A set of CPUs: the reference's has no order.
        this.compared++;
        const sorted = (list: string): string => list.split(',').sort().join();
        if (sorted(x) !== sorted(y)) this.#differ(`${path}/${key}`, x, y);
      } else this.values(`${path}/${key}`, x, y);
    }
  }

  #arrays(path: string, a: readonly unknown[], b: readonly unknown[]): void {
    if (a.length !== b.length) this.#differ(path, a, b, `length ${a.length}, ours ${b.length}`);
    for (let i = 0; i < Math.min(a.length, b.length); i++) this.values(`${path}/${i}`, a[i], b[i]);
  }

  /** A series in which equal values on several nodes make the reference's choice of node arbitrary. */
  tied(path: string, a: unknown, b: unknown): void {
    if (!isObject(a) || !isObject(b) || 'error' in a || 'error' in b) {
      this.values(path, a, b);
      return;
    }
    this.values(`${path}/times`, at(a, 'times'), at(b, 'times'));
    for (const key of ENVELOPE) {
      let [x, y] = [at(a, key), at(b, key)];
      const bare = (pair: unknown): unknown => (Array.isArray(pair) && pair.length > 0 ? pair[0] : pair);
      if (Array.isArray(x) && Array.isArray(y)) [x, y] = [x.map(bare), y.map(bare)];
      if (x !== MISSING || y !== MISSING) this.values(`${path}/${key}`, x, y);
    }
    const [ours, theirs] = [b.hosts, a.hosts].map((hosts) => (isObject(hosts) ? hosts : {}));
    for (const host of Object.keys(theirs!).filter((h) => h in ours!))
      this.values(`${path}/hosts/${host}`, theirs![host], ours![host]);
  }
}

/** A copy without the path; what is not on it is shared. */
function without(node: unknown, [head, ...rest]: readonly string[]): unknown {
  if (!isObject(node) || head === undefined) return node;
  return Object.fromEntries(
    Object.entries(node).flatMap(([key, value]) => {
      if (head !== '*' && head !== key) return [[key, value]];
      return rest.length === 0 ? [] : [[key, without(value, rest)]];
    }),
  );
}

const omit = (node: Json, keys: readonly string[]): Json =>
  Object.fromEntries(Object.entries(node).filter(([key]) => !keys.includes(key)));

function prepare(document: Json, dropped: readonly string[][], acct: boolean): Record<string, unknown> {
  let doc = omit(document, acct ? VOLATILE_TOP : [...VOLATILE_TOP, 'acct']);
  if (isObject(doc.summarization)) doc = { ...doc, summarization: omit(doc.summarization, VOLATILE_SUMMARIZATION) };
  for (const path of dropped) doc = without(doc, path) as Json;
  const series = doc.timeseries;
  // Without a series left there is nothing to compare in the frame.
  const bare = isObject(series) && Object.keys(series).every((key) => key === 'hosts' || key === 'version');
  return { ...(bare ? omit(doc, ['timeseries']) : doc) };
}

function onlyOf(document: Json, names: readonly string[]): Record<string, unknown> {
  const series = isObject(document.timeseries) ? document.timeseries : {};
  const chosen = names.filter((n) => n.startsWith('timeseries.')).map((n) => n.slice('timeseries.'.length));
  const kept = Object.fromEntries(chosen.filter((key) => Object.hasOwn(series, key)).map((key) => [key, series[key]]));
  return {
    ...Object.fromEntries(names.filter((n) => Object.hasOwn(document, n)).map((n) => [n, document[n]])),
    ...(Object.keys(kept).length > 0 ? { timeseries: kept } : {}),
  };
}

/** Compares our document with the reference's, less what differs on purpose. */
export function compareDocuments(golden: Golden, ours: Json, options: CompareOptions = {}): Comparison {
  const { rel = REL, abs = ABS, acct = false, only, deviations = [] } = options;
  const pair = { golden: golden.document, ours };
  const dropped = [
    ...Object.keys(golden.excluded ?? {}).map((path) => path.split('.')),
    ...droppedPaths(deviations, pair),
  ];
  let a = prepare(golden.document, dropped, acct);
  let b = prepare(ours, dropped, acct);
  if (only) [a, b] = [onlyOf(a, only), onlyOf(b, only)];
  const walk = new Walk(rel, abs, golden.ill_conditioned ?? []);
  for (const path of golden.tied_hosts ?? []) {
    const name = path.slice(path.indexOf('.') + 1);
    const [x, y] = [a, b].map((doc) => (isObject(doc.timeseries) ? doc.timeseries : {}));
    if (!Object.hasOwn(x!, name) && !Object.hasOwn(y!, name)) continue;
    walk.tied(`/timeseries/${name}`, at(x!, name), at(y!, name));
    a = without(a, ['timeseries', name]) as Record<string, unknown>;
    b = without(b, ['timeseries', name]) as Record<string, unknown>;
  }
  walk.values('', a, b);
  return { compared: walk.compared, differences: walk.differences };
}
