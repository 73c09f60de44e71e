// Owns what a window sees of restarts: evidence, and the host's uptime. src/reduce/boot.ts is its twin.

import { BOOT, Evidence, MAX_EVIDENCE, Moment, RAN_ON, Slot, Structs, Window, WRAP } from '../layout';
import { regrow, take } from '../memory';

/** Seconds: src/reduce/boot.ts. */
const SLACK: f64 = 2;
const LONGEST: f64 = 1000000000;

/** Slots of kernel.all.uptime and kernel.all.boottime. */
export function watchBoot(w: Window, uptime: Slot, boottime: Slot): void {
  w.uptimeSlot = uptime;
  w.boottimeSlot = boottime;
}

/** Room for moments that are known beforehand. */
export function takeMoments(w: Window, n: i32): Structs<Moment> {
  const list = take<Structs<Moment>>(w.arena, n * offsetof<Moment>());
  w.moments = list;
  w.momentCount = n;
  return list;
}

/** Keeps something seen. False if memory is exhausted. */
export function note(w: Window, agent: i32, from: i64, to: i64, count: i32, away: bool): bool {
  const n = w.evidenceCount;
  const ranOn = w.ranOn;
  if (ranOn && agent == RAN_ON) {
    const last = w.evidence[ranOn - 1];
    // Each uptime says so: they make one span, until a boot.
    if (last.end == from) {
      last.end = to;
      return true;
    }
  }
  if (n && agent == WRAP) {
    // Counters of one record mostly have the same one before.
    const last = w.evidence[n - 1];
    if (last.agent == WRAP && last.begin == from && last.end == to) return true;
  }
  if (n == MAX_EVIDENCE) return true;
  if (n == w.evidenceCapacity) {
    const cap = n ? n << 1 : 16;
    const list = regrow(w.arena, w.evidence, n * offsetof<Evidence>(), cap * offsetof<Evidence>());
    if (!list) return false;
    w.evidence = list;
    w.evidenceCapacity = cap;
  }
  const e = w.evidence[n];
  e.begin = from;
  e.end = to;
  e.agent = agent;
  e.count = count;
  e.away = away ? 1 : 0;
  w.evidenceCount = n + 1;
  if (agent == RAN_ON) w.ranOn = n + 1;
  return true;
}

function has(slot: Slot, seq: i32): bool {
  return slot && slot.seq == seq && slot.count > 0 && !slot.bad && slot.type < 6;
}

/** Whether the record says how long the host had been up. */
export function tellsUptime(w: Window, seq: i32): bool {
  return has(w.uptimeSlot, seq) || has(w.boottimeSlot, seq);
}

/** Longest ago that the host is known to run. */
function runsSince(uptime: f64, ns: i64): i64 {
  return ns - <i64>Math.floor((Math.min(uptime, LONGEST) - SLACK) * 1e9);
}

/** Looks at the uptime, which the record has. False if memory is exhausted. */
export function lookBoot(w: Window, seq: i32, ns: i64, reader: i32): bool {
  const own = w.uptimeSlot;
  const uptime = has(own, seq) ? own.values[0] : <f64>ns * 1e-9 - w.boottimeSlot.values[0];
  if (!isFinite(uptime)) return true;
  const marks = w.marks;
  const before = w.upNs;
  const known = w.upKnown != 0;
  const shorter = known && uptime < w.uptime - SLACK;
  const away = !known || reader != w.upReader || marks != w.upMarks;
  w.upKnown = 1;
  w.upNs = ns;
  w.uptime = uptime;
  w.upReader = reader;
  w.upMarks = marks;
  if (known && before >= ns) return true;
  const span = <f64>(ns - before) * 1e-9;
  const later = uptime < span - SLACK;
  if (shorter || (away && later)) {
    const since = uptime > 0 ? (uptime < span ? ns - <i64>Math.floor(uptime * 1e9) : before + 1) : ns;
    return (
      note(w, BOOT, before, since, 0, away) && (uptime <= SLACK || note(w, RAN_ON, runsSince(uptime, ns), ns, 0, away))
    );
  }
  if (later || (!known && uptime <= SLACK)) return true;
  return note(w, RAN_ON, known ? before : runsSince(uptime, ns), ns, 0, away);
}
