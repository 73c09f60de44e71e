// Owns how much of a window's time some archives cover, by the heads of their records: asked where labels leave several hosts to choose from.

import { compare } from '../../kernel/index.ts';
import { CoverageCounter } from '../../reduce/index.ts';
import { type Member, type NodeWindow, type Open, reopened } from './session.ts';

/** Seconds of a window that archives cover together; where that is none (a single sample) a share of one by their records. */
export function coveredBy(open: Open): (members: readonly Member[], window: NodeWindow) => number {
  const known = new Map<Member, readonly bigint[]>();
  const timesOf = (m: Member): readonly bigint[] => {
    const times = known.get(m) ?? read(m, open);
    known.set(m, times);
    return times;
  };
  return (members, { startNs, endNs }) => {
    const counter = new CoverageCounter();
    const times = members.flatMap((m) => timesOf(m).filter((ns) => ns >= startNs && ns <= endNs));
    for (const ns of times.sort(compare)) counter.add(ns);
    const { firstNs, lastNs, gapNs, records } = counter.finish();
    if (firstNs === null) return 0;
    return Number(lastNs! - firstNs - gapNs) / 1e9 || 1e-9 * records;
  };
}

/** Readers kept open stay so. One that cannot be opened again has nothing. */
function read(m: Member, open: Open): readonly bigint[] {
  const reader = m.reader ?? reopened(m, open);
  const times = reader?.clock?.counted() ?? [];
  if (reader !== m.reader) reader?.close();
  return times;
}
