// Owns reading out of the WASM engine which counters of a node were restarted in a window, and saying it.

import { compare, formatSeconds, NS, type Problem } from '../../kernel/index.ts';
import { type Evidence, type Moment, momentsOf, RAN_ON, type Restart } from '../../reduce/index.ts';
import { NO_STRING, sessionBytes } from '../archive/domains.ts';
import * as L from '../wasm/layout.gen.ts';
import type { Wasm } from '../wasm/wasm.ts';

/** Most counters that one problem names, and most problems of a node: a boot restarts all counters at once. */
const MAX_NAMED = 48;
const MAX_PROBLEMS = 8;

/** One problem for each time at which counters were restarted for the first time. */
export function restartProblems(restarts: readonly Restart[]): Problem[] {
  const byTime = new Map<bigint, Restart[]>();
  for (const r of restarts) byTime.set(r.ns, [...(byTime.get(r.ns) ?? []), r]);
  const times = [...byTime].sort(([a], [b]) => compare(a, b));
  return times.slice(0, MAX_PROBLEMS).map(([ns, list], i): Problem => {
    const named = list.slice(0, MAX_NAMED).map(nameOf).join(', ');
    const rest = list.length > MAX_NAMED ? ` and ${list.length - MAX_NAMED} more` : '';
    const more = times.length - MAX_PROBLEMS;
    const later = i === MAX_PROBLEMS - 1 && more > 0 ? `; others at ${more} more times` : '';
    return {
      code: 'E_COUNTER_RESET',
      message: `counters were restarted at ${formatSeconds(Number(ns / NS))} UTC, the parts before and after are added: ${named}${rest}${later}`,
    };
  });
}

function nameOf({ metric, instance, instances, count }: Restart): string {
  const others = instances > 1 ? ` and ${instances - 1} other${instances > 2 ? 's' : ''}` : '';
  const which = instance === null ? '' : `[${instance}${others}]`;
  return `${metric}${which}${count > 1 ? ` (first time of ${count})` : ''}`;
}

function countersOf(wasm: Wasm, window: number): number[] {
  const list = wasm.u32(window + L.Window.counters);
  return Array.from({ length: wasm.i32(window + L.Window.counterCount) }, (_, i) => list + i * L.Counter.SIZE);
}

/** `wanted`: names of the slots. */
export function collectRestarts(wasm: Wasm, window: number, wanted: readonly string[]): Restart[] {
  const slots = wasm.x.slotAt(0) >>> 0;
  return countersOf(wasm, window).flatMap((k): Restart[] => {
    const count = wasm.i32(k + L.Counter.restarts);
    if (count === 0) return [];
    const name = wasm.u32(k + L.Counter.restartName);
    const instance =
      name === NO_STRING ? String(wasm.i32(k + L.Counter.restartId)) : sessionBytes(wasm, name).toString('utf8');
    return [
      {
        metric: wanted[(wasm.u32(k + L.Counter.slot) - slots) / L.Slot.SIZE]!,
        ...{ count, instances: wasm.i32(k + L.Counter.counted), ns: wasm.i64(k + L.Counter.restartNs) },
        instance: wasm.i32(k + L.Counter.restartDomain) === 0 ? null : instance,
      },
    ];
  });
}

/** When counters of a window were restarted that do not show it themselves. */
export function collectMoments(wasm: Wasm, window: number): Moment[] {
  const list = wasm.u32(window + L.Window.evidence);
  const evidence = Array.from({ length: wasm.i32(window + L.Window.evidenceCount) }, (_, i): Evidence => {
    const e = list + i * L.Evidence.SIZE;
    return {
      ...{
        agent: wasm.i32(e + L.Evidence.agent),
        fromNs: wasm.i64(e + L.Evidence.begin),
        toNs: wasm.i64(e + L.Evidence.end),
      },
      ...{ count: wasm.i32(e + L.Evidence.count), away: wasm.i32(e + L.Evidence.away) !== 0 },
    };
  });
  if (evidence.every((e) => e.agent === RAN_ON)) return [];
  const counters = new Map<number, number>();
  for (const k of countersOf(wasm, window)) {
    const agent = wasm.i32(wasm.u32(k + L.Counter.slot) + L.Slot.agent);
    counters.set(agent, (counters.get(agent) ?? 0) + countingInstances(wasm, k));
  }
  return momentsOf(evidence, counters);
}

/** How many instances of a counter count at all: whose last value is not 0, be it an integer or a double. */
function countingInstances(wasm: Wasm, k: number): number {
  const last = wasm.u32(k + L.Counter.last);
  let n = 0;
  for (let i = 0; i < wasm.i32(k + L.Counter.ids + L.Instances.count); i++) if (wasm.i64(last + 8 * i) !== 0n) n++;
  return n;
}
