// Owns what a window sees of restarts: evidence, and the host's uptime. src/reduce/boot.ts is its twin.

import {
  E_AGENT, E_AWAY, E_BOOT, E_COUNT, E_FROM, E_RAN_ON, E_SIZE, E_TO, E_WRAP, L_BAD, L_COUNT, L_SEQ, L_TYPE, L_VALS, MAX_EVIDENCE, MO_SIZE, W_ARENA,
  W_BOOTTIME, W_CAPEVIDENCE, W_EVIDENCE, W_MARKS, W_MOMENTS, W_NEVIDENCE, W_NMOMENTS, W_RAN_ON, W_UP, W_UP_KNOWN, W_UP_MARKS, W_UP_NS, W_UP_READER,
  W_UPTIME,
} from '../layout';
import { regrow, take } from '../memory';

/** Seconds: src/reduce/boot.ts. */
const SLACK: f64 = 2;
const LONGEST: f64 = 1000000000;

/** Slots of kernel.all.uptime and kernel.all.boottime. */
export function watchBoot(w: usize, uptime: usize, boottime: usize): void {
  store<u32>(w, <u32>uptime, W_UPTIME);
  store<u32>(w, <u32>boottime, W_BOOTTIME);
}

/** Room for moments that are known beforehand (MO_*). */
export function takeMoments(w: usize, n: i32): usize {
  const list = take(w + W_ARENA, n * MO_SIZE);
  store<u32>(w, <u32>list, W_MOMENTS);
  store<i32>(w, n, W_NMOMENTS);
  return list;
}

/** Keeps something seen. False if memory is exhausted. */
export function note(w: usize, agent: i32, from: i64, to: i64, count: i32, away: bool): bool {
  const n = load<i32>(w, W_NEVIDENCE);
  const ranOn = load<i32>(w, W_RAN_ON);
  if (ranOn && agent == E_RAN_ON) {
    const last = <usize>load<u32>(w, W_EVIDENCE) + (ranOn - 1) * E_SIZE;
    // Each uptime says so: they make one span, until a boot.
    if (load<i64>(last, E_TO) == from) {
      store<i64>(last, to, E_TO);
      return true;
    }
  }
  if (n && agent == E_WRAP) {
    // Counters of one record mostly have the same one before.
    const last = <usize>load<u32>(w, W_EVIDENCE) + (n - 1) * E_SIZE;
    if (load<i32>(last, E_AGENT) == E_WRAP && load<i64>(last, E_FROM) == from && load<i64>(last, E_TO) == to) return true;
  }
  if (n == MAX_EVIDENCE) return true;
  if (n == load<i32>(w, W_CAPEVIDENCE)) {
    const cap = n ? n << 1 : 16;
    const list = regrow(w + W_ARENA, load<u32>(w, W_EVIDENCE), n * E_SIZE, cap * E_SIZE);
    if (!list) return false;
    store<u32>(w, <u32>list, W_EVIDENCE);
    store<i32>(w, cap, W_CAPEVIDENCE);
  }
  const e = <usize>load<u32>(w, W_EVIDENCE) + n * E_SIZE;
  store<i64>(e, from, E_FROM);
  store<i64>(e, to, E_TO);
  store<i32>(e, agent, E_AGENT);
  store<i32>(e, count, E_COUNT);
  store<i32>(e, away ? 1 : 0, E_AWAY);
  store<i32>(w, n + 1, W_NEVIDENCE);
  if (agent == E_RAN_ON) store<i32>(w, n + 1, W_RAN_ON);
  return true;
}

function has(slot: usize, seq: i32): bool {
  return slot && load<i32>(slot, L_SEQ) == seq && load<i32>(slot, L_COUNT) > 0 && !load<i32>(slot, L_BAD) && load<i32>(slot, L_TYPE) < 6;
}

/** Whether the record says how long the host had been up. */
export function tellsUptime(w: usize, seq: i32): bool {
  return has(load<u32>(w, W_UPTIME), seq) || has(load<u32>(w, W_BOOTTIME), seq);
}

/** Longest ago that the host is known to run. */
function runsSince(uptime: f64, ns: i64): i64 {
  return ns - <i64>Math.floor((Math.min(uptime, LONGEST) - SLACK) * 1e9);
}

/** Looks at the uptime, which the record has. False if memory is exhausted. */
export function lookBoot(w: usize, seq: i32, ns: i64, reader: i32): bool {
  const own: usize = load<u32>(w, W_UPTIME);
  const uptime = has(own, seq)
    ? load<f64>(<usize>load<u32>(own, L_VALS))
    : <f64>ns * 1e-9 - load<f64>(<usize>load<u32>(<usize>load<u32>(w, W_BOOTTIME), L_VALS));
  if (!isFinite(uptime)) return true;
  const marks = load<i32>(w, W_MARKS);
  const before = load<i64>(w, W_UP_NS);
  const known = load<i32>(w, W_UP_KNOWN) != 0;
  const shorter = known && uptime < load<f64>(w, W_UP) - SLACK;
  const away = !known || reader != load<i32>(w, W_UP_READER) || marks != load<i32>(w, W_UP_MARKS);
  store<i32>(w, 1, W_UP_KNOWN);
  store<i64>(w, ns, W_UP_NS);
  store<f64>(w, uptime, W_UP);
  store<i32>(w, reader, W_UP_READER);
  store<i32>(w, marks, W_UP_MARKS);
  if (known && before >= ns) return true;
  const span = <f64>(ns - before) * 1e-9;
  const later = uptime < span - SLACK;
  if (shorter || (away && later)) {
    const since = uptime > 0 ? (uptime < span ? ns - <i64>Math.floor(uptime * 1e9) : before + 1) : ns;
    return note(w, E_BOOT, before, since, 0, away) && (uptime <= SLACK || note(w, E_RAN_ON, runsSince(uptime, ns), ns, 0, away));
  }
  if (later || (!known && uptime <= SLACK)) return true;
  return note(w, E_RAN_ON, known ? before : runsSince(uptime, ns), ns, 0, away);
}
