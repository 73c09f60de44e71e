// Owns the structs of an open archive: reader, index, instance domains, strings, wanted metrics, slots.

import { Counter } from './counters';
import { List, Structs } from './list';
import { Plan } from './plan';
import { Window } from './window';

/** Blocks of memory, chained, that are given back whole (memory.ts). */
@unmanaged
export class Arena {
  /** The block taken last; 0: none yet. */
  block: usize;
  /** Where the next piece of it is taken. */
  current: usize;
  /** Where the block ends. */
  end: usize;
}

/** One open archive, and the record that it stands at. */
@unmanaged
export class Reader {
  /** Offset in the file of the first byte of the buffer. */
  fileOffset: i64;
  /** What a fault has found, and what it expected; right only beside a negative status. */
  expected: i64;
  found: i64;
  /** Time of the record handed out last, ns since the epoch. */
  ns: i64;
  /** The latest time of a record so far, ns. Earlier ones are odd. i64.MIN_VALUE: no record yet. */
  lastNs: i64;
  /** Time of the record handed out last, epoch seconds; set by nextRecord alone. */
  time: f64;
  /** Start that the label names, ns. */
  startNs: i64;
  /** Shortest step of time between records that is asked about (S_ODD), ns. */
  limitNs: i64;

  /** Archive version, 2 or 3; 0 before a label is read. */
  version: i32;
  /** Bytes of the file: where they lie, how many have room. */
  buffer: usize;
  capacity: u32;
  /** First unread byte, and the end of what has been read into the buffer: addresses. */
  position: usize;
  end: usize;
  /** Which rule a record breaks (WHY_*); right only beside S_INSIDE. */
  why: i32;

  /** The record handed out last: its address. It lies once the buffer slides. */
  record: usize;
  /** Its length in bytes, both length words included; of a record that is not whole yet, what its head claims. */
  length: i32;
  /** Its number of value sets, as stored: not checked by framing. 0: a mark. */
  setCount: i32;
  /** Address of its first value set. */
  sets: usize;
  /** Where its value sets end, in bytes from its start; right once they have been walked, or a plan was found. */
  setsEnd: i32;
  /** What has been settled of the record at the position: SETTLED_* bits. */
  settled: i32;
  /** 1: the record that nextRecord gave contradicts itself in some of its value sets (soundSet). */
  unsound: i32;

  /** Kind of the metadata record of the last S_DESC or S_OTHER, as stored. */
  metaKind: i32;
  /** The descriptor of the last S_DESC: its five words. */
  descPmid: u32;
  descType: i32;
  descIndom: u32;
  descSemantics: i32;
  descUnits: u32;
  /** How many names it has; address of the first one's length word. */
  descNameCount: i32;
  descNames: usize;

  /** Metrics that have a descriptor: table with open addressing, its size less 1 (a mask), entries in use. */
  described: Structs<Described>;
  describedMask: u32;
  describedCount: i32;
  /** How many names are wanted; a metric may have several. */
  wantedCount: i32;
  /** Instance domains, in order of appearance; their number and room. */
  domains: List<Domain>;
  domainCount: u32;
  domainCapacity: u32;
  /** Sum over the domains of the most members that a version of each has. */
  members: u32;
  /** Temporal index: entries, their number and room. */
  index: Structs<IndexEntry>;
  indexCount: i32;
  indexCapacity: i32;

  /** Record plans: a table of PLAN_SLOTS, found by shape (planFor); 0 where there is none yet. */
  plans: List<Plan>;
  /** Windows that read this archive, sorted by start; their number; the first one that is not over yet. */
  windows: List<Window>;
  windowCount: i32;
  firstOpen: i32;
  /** By window: SEEN_* bits. */
  seen: List<u8>;
  /** By window: value sets of metrics that have no descriptor. */
  undescribed: Structs<Undescribed>;
  /** 1: gaps between windows are not reported (S_GAP) until a window has got a record. */
  ignoresGaps: i32;
  /** 1: odd records are asked about (S_ODD) or passed over, and reading goes on; 0: it is as PCP's. */
  readsOn: i32;

  /** Records given to at least one window; scanned; taken by their plan as it was, and not; taken by a steady plan. */
  delivered: i32;
  scanned: i32;
  planHits: i32;
  planMisses: i32;
  steadyRecords: i32;
  /** Records left out because of their time. */
  backwards: i32;
  /** Metadata records of kinds that belong to the other archive version; read all the same. */
  foreign: i32;

  /** Label: process, volume (-1 metadata, -2 index), feature bits. */
  pid: i32;
  volume: i32;
  features: u32;
  /** Label: addresses of host name, time zone and zone information (0 in version 2), each of at most stringRoom bytes. They lie once the
   *  buffer slides. */
  host: usize;
  timezone: usize;
  zoneinfo: usize;
  stringRoom: i32;

  /** Which reader of its session it is, from 0. */
  id: i32;
  /** All that lives as long as the reader. */
  private arenaBlock: usize;
  private arenaCurrent: usize;
  private arenaEnd: usize;

  @inline
  get arena(): Arena {
    return changetype<Arena>(changetype<usize>(this) + offsetof<Reader>('arenaBlock'));
  }
}

/** The time of a record is taken as it is. */
export const SETTLED_TIME: i32 = 1;
/** Value sets of it that are not sound have been named, and are left out. */
export const SETTLED_SETS: i32 = 2;

/** The window got records that brought something new. */
export const SEEN_FRESH: i32 = 1;
/** The window got records of which all was known from another archive. */
export const SEEN_COPY: i32 = 2;

/** Value sets of metrics without a descriptor, in one window. */
@unmanaged
export class Undescribed {
  /** How many. */
  count: i32;
  /** The first one's pmid, big-endian as stored; and its record's time, ns. Nothing before count > 0. */
  pmid: u32;
  ns: i64;
}

/** Entry of the table of metrics that have a descriptor. */
@unmanaged
export class Described {
  /** Big-endian, as stored. */
  pmid: u32;
  /** The first wanted name of it; NOBODY if nobody wants it; 0: the entry is free. */
  metric: Metric;
}

/** In place of a metric that nobody wants. */
export const NOBODY: usize = 1;

/** Entry of the temporal index. */
@unmanaged
export class IndexEntry {
  /** Time, ns. */
  ns: i64;
  /** Offsets in the metadata file and in the volume. */
  meta: i64;
  data: i64;
  /** Number of the volume. */
  volume: i32;
  private unused: i32;
}

/** An instance domain: which instances there were, by time. */
@unmanaged
export class Domain {
  /** The version that was looked up last holds for validFrom ≤ t < validTo, ns; it must be looked up again at other times. */
  validFrom: i64;
  validTo: i64;
  /** Its number, as descriptors name it. */
  word: u32;
  /** Versions; their number and room. In order of time once all of the metadata is known (foldDeltas). */
  versions: Structs<Version>;
  count: i32;
  capacity: i32;
  /** The version looked up last; 0: none is in force between validFrom and validTo. */
  current: Version;
  /** Most members of a version. */
  most: i32;
}

/** The members of an instance domain from a time on. */
@unmanaged
export class Version {
  /** Time from which it holds, ns: that of its record, unless the reader has found that to be wrong. */
  ns: i64;
  /** The time that its record has, ns, and where that lies in the metadata file. */
  stamp: i64;
  fileOffset: i64;
  /** Members; of a delta that is not folded yet, changes. */
  count: i32;
  /** Instance numbers, ascending; of equal ones the first counts. */
  ids: List<i32>;
  /** Their names (string numbers); NO_STRING in a change: deleted. */
  names: List<u32>;
  /** How it was recorded: KIND_* (indom.ts). */
  kind: i32;
  /** Whether some name is that of several members (identity.ts): 0 not looked at yet, 1 no, 2 yes. */
  twins: i32;
  /** Of a folded delta: the changes as they were recorded, so that it can be folded again. */
  changeCount: i32;
  changedIds: List<i32>;
  changedNames: List<u32>;
}

/** A string of the session; its number is its place in the list of all. */
@unmanaged
export class Text {
  /** Its bytes, of this many; not ended by a zero. */
  bytes: usize;
  length: u32;
  hash: u32;
  /** Scratch of a pass over the names of a domain (identity.ts). */
  mark: u32;
}

/** A wanted name of a metric in one archive. */
@unmanaged
export class Metric {
  /** What its values are multiplied by, as the archive has them in other units; 1: they are taken as they are. */
  scale: f64;
  /** Where its values go. */
  slot: Slot;
  /** Type code of the descriptor. */
  type: i32;
  /** Its instance domain; 0: it has none. */
  domain: Domain;
  /** Big-endian, as stored. */
  pmid: u32;
  /** The same metric under another wanted name, with a slot of its own; 0: none. */
  next: Metric;
  /** 1: a counter. */
  counter: i32;
}

/**
 * A wanted metric of a session, one per name whatever archives have it, with its values in the current record. All that is said of
 * values holds only if `seq` is the number of the record at hand.
 */
@unmanaged
export class Slot {
  /** What the values were multiplied by. */
  scale: f64;
  /** Number of the record that it was filled from; -1: of none. */
  seq: i32;
  /** Number of values, or a negative error code of PCP. */
  count: i32;
  /** Members of the instance domain at that time; -1: the metric has no domain. */
  members: i32;
  /** Type code. */
  type: i32;
  /** What consumers need of it: WANT_* bits. */
  want: i32;
  /** Doubles; NaN where a value could not be converted. */
  values: List<f64>;
  /** The same as 64-bit integers, as stored; only of types with 64 bits, and not in a run unless WANT_RAW asks for it. */
  raw: List<i64>;
  /** String numbers, under WANT_STRS. */
  strings: List<u32>;
  /** Room in all these lists, in elements. */
  capacity: i32;
  /** Copy of the (instance, word) pairs of the last set with values, big-endian; their number, -1: not known. */
  pairs: usize;
  pairCount: i32;
  /** Bytes from the record's start to the first block, if the blocks follow each other without gaps; else 0. */
  blocks: i32;
  /** Grows whenever the numbers or the identities of the instances change. */
  generation: i32;
  /** 1: some value could not be converted. */
  bad: i32;
  /** Instance domain in the archive that it was filled from; 0: none. */
  domain: Domain;
  /** 1: some archive of the session has the metric in other units, so that its integers are none and only the doubles count. */
  scaled: i32;
  /** Generation of the plan, and version of the domain, that it was filled by: if both still hold, so do count, type, members and format.
   *  0: it must be read in full. */
  plan: i32;
  version: Version;
  /** Steady plan whose room holds the values now; 0: none. */
  owner: Plan;
  /** Where its own room for values and integers is. */
  home: List<f64>;
  homeRaw: List<i64>;
  /** Scratch of whoever makes lists by slot; may be of a window that is closed. */
  mark: usize;
  /** Identities of the instances (identity.ts), under WANT_KEYS; version of the domain, and reader, that they were made of. */
  keys: List<i64>;
  keyed: Version;
  keyedBy: i32;
  /** 1: a counter. */
  counter: i32;
  /** The agent that it is of: domain number of the pmid. */
  agent: i32;
  /** The counter that has corrected values for the window at hand; 0: the values are right as they are. */
  corrected: Counter;
}

export const WANT_VALS: i32 = 1;
export const WANT_RAW: i32 = 2;
export const WANT_STRS: i32 = 4;
export const WANT_KEYS: i32 = 8;
