// Owns the structs of what a window remembers of its counters and of restarts (reduce/counters.ts, reduce/restarts.ts, reduce/boot.ts).

import { Slot } from './archive';
import { Instances, Match, Places } from './consumer';
import { List } from './list';

/** One metric that is to rise only, in one window. */
@unmanaged
export class Counter {
  /** Time of the record before, ns. */
  before: i64;
  /** Time of the first record with a restart, ns; only if `restarts`. */
  restartNs: i64;
  /** What is added to the sum of the values (reduce/totals.ts). */
  shift: f64;

  slot: Slot;
  /** 1: the record at hand has it. */
  met: i32;
  /** How many instances were known before this record. */
  known: i32;
  /** By instance: values of the record before (i64 if the slot keeps integers, else f64); room for them, and for all lists by instance. */
  last: usize;
  capacity: i32;
  /** By instance: what is added to doubles, and to integers; 0 as long as nothing went back. */
  offsets: List<f64>;
  exactOffsets: List<i64>;
  /** In the order of the record: the values with that added, as doubles and as integers; room for them. */
  out: List<f64>;
  outRaw: List<i64>;
  outCapacity: i32;
  /** Width where it is not that of the type, else 0. */
  bits: i32;
  /** How it is watched: WATCH_* bits. */
  how: i32;
  /** Reader (-1: none yet) and number of marks at the last record with it, and whether they changed with it: AWAY_* bits. */
  reader: i32;
  marks: i32;
  away: i32;
  /** 1: the host is known to have run on since the record before. */
  ranOn: i32;
  /** How many of the window's moments are not after the last record. */
  passed: i32;
  /** Records in which it was restarted. Of the first: instance, its name (string number), 1 if it has an instance domain. */
  restarts: i32;
  restartId: i32;
  restartName: u32;
  restartDomain: i32;
  /** Names of the only instances that somebody looks at; 0: all count. */
  match: Match;
  /** By instance: FLAG_* bits; 0 as long as there are none. How many are pending, and how many counted. */
  flags: List<u8>;
  pending: i32;
  counted: i32;
  /** Generation and number of the instances that the shift is right for; -1: of none yet. */
  shiftGeneration: i32;
  shiftCount: i32;
  /** 1: the instances of the record before are flagged (FLAG_BEFORE). */
  flagged: i32;
  /** By instance, of counters of 32 bits: what was counted in a nanosecond between the two last records; -1: not known. 0: no room yet. */
  paces: List<f64>;
  private idCount: i32;
  private idCapacity: i32;
  private idKeys: usize;
  private placesGeneration: i32;
  private placesCount: i32;
  private placesKnown: i32;
  private placesAt: usize;
  private placesCapacity: i32;
  private placesPlain: i32;

  /** Its instances so far: the order of all lists by instance. */
  @inline
  get ids(): Instances {
    return changetype<Instances>(changetype<usize>(this) + offsetof<Counter>('idCount'));
  }

  /** Instance of each value of the record. */
  @inline
  get places(): Places {
    return changetype<Places>(changetype<usize>(this) + offsetof<Counter>('placesGeneration'));
  }
}

/** A mark came since the last record with it; that was of another reader. */
export const AWAY_MARK: i32 = 1;
export const AWAY_READER: i32 = 2;

/** It is a counter whatever its descriptor says; somebody adds its instances up. */
export const WATCH_COUNTS: i32 = 1;
export const WATCH_TOTAL: i32 = 2;

/** It was restarted since the instance was last seen; a restart of it is counted; the record before has it, and this one (totals.ts). */
export const FLAG_PENDING: i32 = 1;
export const FLAG_COUNTED: i32 = 2;
export const FLAG_BEFORE: i32 = 4;
export const FLAG_NOW: i32 = 8;

/** The counters of an agent in one record. */
@unmanaged
export class Agent {
  /** Between which times they were restarted, ns; only if `restarted`. */
  earliest: i64;
  latest: i64;
  /** How many were, and how many went on. */
  restarted: i32;
  wentOn: i32;
  /** 1: some of them were away before. */
  away: i32;
  /** 1: it is in the window's evidence. */
  noted: i32;
}

/** How many agents there can be: domain numbers of a pmid. */
export const AGENTS: i32 = 512;
/** The kernel's. */
export const KERNEL: i32 = 60;

/** What was seen (src/reduce/restarts.ts). */
@unmanaged
export class Evidence {
  /** Between which times, ns. */
  begin: i64;
  end: i64;
  /** Whose counters were restarted, or BOOT, RAN_ON or WRAP. */
  agent: i32;
  /** How many counters. */
  count: i32;
  /** 1: somebody was away: the logger, or another archive was read. */
  away: i32;
  private unused: i32;
}

/** In place of an agent: the host was booted; it ran on; counters wrapped, or were restarted. */
export const BOOT: i32 = -1;
export const RAN_ON: i32 = -2;
export const WRAP: i32 = -3;

/** Most that a window keeps. */
export const MAX_EVIDENCE: i32 = 4096;

/** A restart that an earlier pass has found. */
@unmanaged
export class Moment {
  ns: i64;
  /** As in evidence. */
  agent: i32;
  private unused: i32;
}
