// Owns whether the archives of a host describe a metric alike, and what is left out where they do not.

import { compare, type Problem } from '../kernel/index.ts';
import { type Metric, pmidText } from './metric.ts';
import { pcpErrorName } from './pcp-errors.ts';

/** In the order in which PCP looks at them, and its errors for them (pcp-archive-format.md §3.1). */
const FIELDS = [
  ['type', -12404],
  ['semantics', -12405],
  ['indom', -12406],
  ['units', -12407],
] as const;

/** What the metrics met so far are like. */
export class Agreement {
  readonly byName = new Map<string, Metric>();
  /** By pmID, and the archive that it is first met in. */
  readonly #first = new Map<number, { readonly metric: Metric; readonly file: string }>();
  readonly #written: boolean;

  /** `written`: the archives are to become one, so that names and pmIDs must agree too. */
  constructor(written = false) {
    this.#written = written;
  }

  /** The contradiction to a metric met before, if there is one; then the metric is not taken. */
  add(metric: Metric, file: string): Problem | null {
    const first = this.#first.get(metric.pmid);
    const known = this.byName.get(metric.name) ?? (this.#written ? first?.metric : undefined);
    const other = known && FIELDS.find(([f]) => known[f] !== metric[f]);
    const renumbered = this.#written && known !== undefined && known.pmid !== metric.pmid;
    // Names of one pmID are written once: those of the archive that had it first.
    const renamed = this.#written && !this.byName.has(metric.name) && (first?.file ?? file) !== file;
    if (!known || (other === undefined && !renumbered && !renamed)) {
      if (!this.byName.has(metric.name)) this.byName.set(metric.name, metric);
      if (!first) this.#first.set(metric.pmid, { metric, file });
      return null;
    }
    const name = (m: Metric): string => `${pmidText(m.pmid)} ${m.name}`;
    const say = (m: Metric): string => (other === undefined ? name(m) : `${other[0]} ${m[other[0]]}`);
    const pcp = other === undefined ? '' : ` (${pcpErrorName(other[1])})`;
    return {
      code: 'E_ARCHIVE_CONFLICT',
      message: `metric ${metric.name} is described otherwise than in an earlier archive and left out of this one${pcp}`,
      file,
      expected: say(known),
      found: say(metric),
    };
  }
}

/** An archive of a node: its metrics as far as they are wanted. */
interface Described {
  readonly index: number;
  readonly path: string;
  readonly startNs: bigint;
  readonly metrics: readonly Metric[];
}

/** Names left out, by the index of the archive. */
export type LeftOut = ReadonlyMap<number, ReadonlySet<string>>;

/** Windows that leave out the same metrics of the same archives. */
export interface Group {
  /** Their indices. */
  readonly windows: readonly number[];
  readonly leftOut: LeftOut;
  readonly problems: readonly Problem[];
}

/** Only archives of the same window can contradict each other: what was upgraded between two jobs is nothing to either. */
export function groupsOf(
  windows: readonly { readonly archives: readonly number[] }[],
  archives: readonly Described[],
): Group[] {
  const byStart = [...archives].sort((a, b) => compare(a.startNs, b.startNs) || a.index - b.index);
  const groups = new Map<string, Group & { readonly windows: number[] }>();
  const known = new Map<string, Omit<Group, 'windows'>>();
  windows.forEach((w, i) => {
    const sources = w.archives.join();
    const found = known.get(sources) ?? contradictions(byStart.filter((a) => w.archives.includes(a.index)));
    known.set(sources, found);
    const key = JSON.stringify(found.problems);
    const group = groups.get(key) ?? { ...found, windows: [] };
    group.windows.push(i);
    groups.set(key, group);
  });
  return [...groups.values()];
}

function contradictions(archives: readonly Described[]): Omit<Group, 'windows'> {
  const agreement = new Agreement();
  const leftOut = new Map<number, Set<string>>();
  const problems: Problem[] = [];
  for (const { index, path, metrics } of archives) {
    for (const metric of metrics) {
      const problem = agreement.add(metric, path);
      if (!problem) continue;
      problems.push(problem);
      leftOut.set(index, (leftOut.get(index) ?? new Set()).add(metric.name));
    }
  }
  return { leftOut, problems };
}
