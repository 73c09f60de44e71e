// Owns the structs of windows, and of the sets of groups that run the plain ROLLs of one.

import { Arena, Slot } from './archive';
import { Consumer } from './consumer';
import { Counter, Evidence, Moment } from './counters';
import { List, Structs } from './list';
import { Plan } from './plan';
import { Roll } from './reducers';

/** A job's time on this node: which records count, and who gets them. */
@unmanaged
export class Window {
  /** Both inclusive, ns. */
  start: i64;
  end: i64;
  /** Of the job, seconds. */
  walltime: f64;
  /** Times of the first and last record, ns; marks do not count. i64.MIN_VALUE: none yet. */
  firstNs: i64;
  lastNs: i64;
  /** Coverage, ns: sampling interval, and the sum of the gaps; both only once it is settled (settleCoverage). Start of the last sample. */
  intervalNs: i64;
  gapNs: i64;
  sampleNs: i64;
  /** Times of the first records with counters after a mark, and of another reader, ns. */
  markNs: i64;
  awayNs: i64;
  /** Time of the last record with an uptime, ns; before that the time of the window's first record. And that uptime, seconds. */
  upNs: i64;
  uptime: f64;

  /** Consumers; from the first record on the plain ones come first. */
  consumers: List<Consumer>;
  consumerCount: i32;
  /** The plain consumers (Consumer.plain) as a compact list, made at the first record: 0 before. */
  plains: Structs<Plain>;
  plainCount: i32;
  /** Sets of groups (reduce/group.ts): room for MAX_SETS, and their number. */
  sets: Structs<GroupSet>;
  setCount: i32;
  /** How often a set was formed, and how often room for states was taken. */
  formed: i32;
  rooms: i32;

  /** Records that fall in the window; marks. */
  records: i32;
  marks: i32;
  /** Gaps; only once coverage is settled. */
  gaps: i32;
  /** Steps between samples by their length: STEP_BUCKETS. */
  steps: Structs<StepBucket>;

  /** Counters that consumers want to rise only; their number and room. */
  counters: Structs<Counter>;
  counterCount: i32;
  counterCapacity: i32;
  /** How many of them have been corrected. */
  correctedCount: i32;
  /** Reader (from 1; 0: none yet) and number of marks at the last record with counters. */
  reader: i32;
  marksBefore: i32;

  /** At the instant of the last record that several archives have: archives before, and its first record's number. */
  run: i32;
  runSeq: i32;
  /** 1: records of archives that it does not read hid some of its own (instant.ts). */
  mixed: i32;

  /** Slots of the uptime and of the time of the boot; 0: not asked for. */
  uptimeSlot: Slot;
  boottimeSlot: Slot;
  /** At the last record with either: 1 if there was one, its reader, number of marks. */
  upKnown: i32;
  upReader: i32;
  upMarks: i32;
  /** What was seen of restarts; number and room. */
  evidence: Structs<Evidence>;
  evidenceCount: i32;
  evidenceCapacity: i32;
  /** Moments of restarts known beforehand, by time. */
  moments: Structs<Moment>;
  momentCount: i32;
  /** Place in the evidence of the last span in which the host ran on, from 1; 0: there is none. */
  ranOn: i32;

  /** Everything that a window allocates, itself included; given back when it is closed. */
  private arenaBlock: usize;
  private arenaCurrent: usize;
  private arenaEnd: usize;

  @inline
  get arena(): Arena {
    return changetype<Arena>(changetype<usize>(this) + offsetof<Window>('arenaBlock'));
  }
}

/** Steps between samples that are about equally long. */
@unmanaged
export class StepBucket {
  /** Their sum, ns. */
  sumNs: i64;
  count: i32;
  private unused: i32;
}

/** Eight an octave, from 2^28 ns (shorter ones are none) to 2^47 ns, a day and a half; the last one has all beyond. */
export const STEP_BUCKETS: i32 = 152;

/** A plain consumer: one metric, nothing to check, one ROLL of the values as they are. */
@unmanaged
export class Plain {
  slot: Slot;
  roll: Roll;
  consumer: Consumer;
  /** Records on the short way since it was last settled with the consumer's counters; 0: the next one goes the long way. */
  hits: i32;
  /** Set of groups that runs it now; 0: none. */
  set: GroupSet;
  /** Generation of the slot in which its values are in the lane's order as they lie. */
  generation: i32;
}

/** Plain ROLLs of one window over the values of one steady plan. */
@unmanaged
export class GroupSet {
  /** Number of the steady form (Plan.steady); 0: the set has ended. And the plan, which may have another form by now. */
  steady: i32;
  plan: Plan;
  /** Records since it was last settled: the members' counters are behind by so many. */
  hits: i32;
  groups: Structs<Group>;
  groupCount: i32;
  members: List<Plain>;
  memberCount: i32;
  /** 1: no other plain reads this plan. */
  alone: i32;
  /** Means, minima and maxima side by side, each as wide as the plan's values and in their order; bytes of each. */
  states: usize;
  width: u32;
}

export const MAX_SETS: i32 = 8;

/** Members that lie behind each other and have had equally many records. */
@unmanaged
export class Group {
  /** Offset and length among the plan's values, in bytes. */
  at: u32;
  bytes: i32;
  /** Records so far. */
  count: i32;
}
