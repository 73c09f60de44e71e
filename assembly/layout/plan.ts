// Owns the structs of record plans, their steady form and its runs (archive/record.ts, archive/steady.ts).

import { Metric, Slot } from './archive';
import { List, Structs } from './list';

/** Where the value sets of one shape of record lie. */
@unmanaged
export class Plan {
  /** Steady form: times between which no instance domain of its slots changes, validFrom ≤ t < validTo, ns. */
  validFrom: i64;
  validTo: i64;

  /** Shape that it was made of: length and number of sets; length 0: of none. */
  length: i32;
  setCount: i32;
  /** All sets: those with values first; those without lie at the end of the room, the last one first. */
  entries: Structs<PlanEntry>;
  /** Sets with values. */
  fullCount: i32;
  /** Room for entries. */
  capacity: i32;
  /** Wanted sets in the order of the record; a set that is wanted under several names comes several times. */
  wanted: Structs<Wanted>;
  wantedCount: i32;
  /** Unlike that of any other plan, or of this one before it was made again; never 0. */
  generation: i32;
  /** Where the sets end. */
  setsEnd: i32;
  /** Offset and content of the word that says where the first block lies; 0 and the length: no set has blocks. */
  firstWord: i32;
  word: i32;
  /** Sets with values of metrics that have no descriptor, and the pmid (as stored) of the first. */
  undescribedCount: i32;
  undescribed: u32;
  /** Number of the last record that was taken by it. */
  taken: i32;
  /** Records since the plan or its steady form was made, and how many it takes to make one; 0: not set yet. */
  since: i32;
  wait: i32;

  /** Steady form: its number, unlike that of any other; 0: there is none, and all below means nothing. */
  steady: i32;
  /** The generation it was made of. */
  steadyGeneration: i32;
  /** What must be as it was: offsets in the record, and 16 bytes each; first those that are compared whole, then those but for the last
   *  word, then those but for the second and the fourth. */
  offsets: List<i32>;
  images: usize;
  wholeCount: i32;
  headCount: i32;
  idCount: i32;
  /** Values of all its slots side by side: doubles, each slot's rounded up to pairs; then the integers in the same places. */
  values: usize;
  /** Doubles there, in elements. */
  width: i32;
  runs: Structs<Run>;
  runCount: i32;
  /** Its slots, in the order of their values. */
  slots: List<Slot>;
  slotCount: i32;
  /** Wanted sets that are read slot by slot all the same. */
  rest: List<Wanted>;
  restCount: i32;
  /** Room of all these lists, and its size in bytes. */
  room: usize;
  roomSize: i32;
}

/** Entries of a reader's table of plans. */
export const PLAN_SLOTS: i32 = 32;

/** A value set as it was when the plan was made. */
@unmanaged
export class PlanEntry {
  /** Bytes from the record's start. */
  at: i32;
  /** The first 16 bytes of the set: pmid, number of values, their format, and one word that is not compared. Of a set without values
   *  only the first two. */
  private pmid: u32;
  private numval: i32;
  private format: i32;
  private instance: i32;

  @inline
  get head(): v128 {
    return v128.load(changetype<usize>(this), offsetof<PlanEntry>('pmid'));
  }

  @inline
  set head(words: v128) {
    v128.store(changetype<usize>(this), words, offsetof<PlanEntry>('pmid'));
  }

  @inline
  get bareHead(): i64 {
    return load<i64>(changetype<usize>(this), offsetof<PlanEntry>('pmid'));
  }

  @inline
  set bareHead(words: i64) {
    store<i64>(changetype<usize>(this), words, offsetof<PlanEntry>('pmid'));
  }
}

/** A wanted value set. */
@unmanaged
export class Wanted {
  slot: Slot;
  /** Bytes from the record's start. */
  at: i32;
  metric: Metric;
}

/** Values of one type that lie behind each other in the record. */
@unmanaged
export class Run {
  /** Type code. */
  type: i32;
  /** How many values. */
  count: i32;
  /** Bytes from the record's start to the first word or block. */
  at: i32;
  /** Where the doubles go, and the integers. */
  values: usize;
  raw: usize;
  /** 1: the integers are wanted too. */
  keep: i32;
}
