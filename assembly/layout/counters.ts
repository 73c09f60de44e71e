// Owns the offsets and sizes of what a window remembers of its counters (reduce/counters.ts).

/** One metric: its slot; 1 if the record at hand has it; instances and positions, and how many were known before this record. */
export const K_SLOT: i32 = 0;
export const K_MET: i32 = 4;
export const K_IDS: i32 = 8;
export const K_MAP: i32 = 20;
export const K_KNOWN: i32 = 44;
/** By instance: values of the record before (i64 if the slot keeps integers, else f64), and room for them. */
export const K_LAST: i32 = 48;
export const K_CAP: i32 = 52;
/** By instance: what is added (f64[], and i64[] for integers); 0 as long as nothing went back. */
export const K_OFFSETS: i32 = 56;
export const K_EXACT: i32 = 60;
/** In the order of the record: the values with that added (f64[], i64[]), and room for them. */
export const K_OUT: i32 = 64;
export const K_OUT_RAW: i32 = 68;
export const K_OUTCAP: i32 = 72;
/** Width in bits where it is not that of the type; reader and number of marks at the last record, and whether they changed with it. */
export const K_BITS: i32 = 76;
export const K_READER: i32 = 80;
export const K_MARKS: i32 = 84;
export const K_AWAY: i32 = 88;
export const AWAY_MARK: i32 = 1;
export const AWAY_READER: i32 = 2;
/** Records in which it was restarted; of the first: instance, its name (string number), 1 if it has an instance domain, ns (i64). */
export const K_RESTARTS: i32 = 92;
export const K_ID: i32 = 96;
export const K_NAME: i32 = 100;
export const K_NS: i32 = 104;
export const K_DOMAIN: i32 = 112;
/** Names of the only instances that somebody looks at (MT_*); 0: all. */
export const K_MATCH: i32 = 116;
/** Time of the record before (i64). */
export const K_BEFORE: i32 = 120;
/** By instance: FLAG_* (u8[]); 0 as long as there are none. How many are pending, and how many counted. */
export const K_FLAGS: i32 = 128;
export const K_PENDING: i32 = 132;
export const K_COUNTED: i32 = 136;
/** 1 if the host is known to have run on since the record before. */
export const K_RAN_ON: i32 = 140;
/** How many of the window's moments are not after the last record. */
export const K_PASSED: i32 = 144;
/** How it is watched (WATCH_*). */
export const K_HOW: i32 = 148;
/** It is a counter whatever its descriptor says; somebody adds its instances up. */
export const WATCH_COUNTS: i32 = 1;
export const WATCH_TOTAL: i32 = 2;
/** What is added to the sum of the values (f64); generation and number of the instances that it is right for, -1: of none yet; 1 if they are flagged. */
export const K_SHIFT: i32 = 152;
export const K_SHIFT_GEN: i32 = 160;
export const K_SHIFT_N: i32 = 164;
export const K_FLAGGED: i32 = 168;
/** By instance, of counters of 32 bits: what was counted in a nanosecond between the two last records (f64[]), -1: not known; 0: no room yet. */
export const K_PACES: i32 = 172;
export const K_SIZE: i32 = 176;
/** It was restarted since the instance was last seen; a restart of it is counted; the record before has it, and this one (totals.ts). */
export const FLAG_PENDING: i32 = 1;
export const FLAG_COUNTED: i32 = 2;
export const FLAG_BEFORE: i32 = 4;
export const FLAG_NOW: i32 = 8;

/** Of an agent, in one record: when its counters were restarted (i64), how many were, whether somebody was away, 1 if it is noted; how
 *  many went on. */
export const KA_FROM: i32 = 0;
export const KA_TO: i32 = 8;
export const KA_RESTARTED: i32 = 16;
export const KA_AWAY: i32 = 20;
export const KA_NOTED: i32 = 24;
export const KA_WENT_ON: i32 = 28;
export const KA_SIZE: i32 = 32;
export const AGENTS: i32 = 512;

/** What was seen (src/reduce/restarts.ts): times (i64), agent, counters, 1 if somebody was away. */
export const E_FROM: i32 = 0;
export const E_TO: i32 = 8;
export const E_AGENT: i32 = 16;
export const E_COUNT: i32 = 20;
export const E_AWAY: i32 = 24;
export const E_SIZE: i32 = 32;
export const E_BOOT: i32 = -1;
export const E_RAN_ON: i32 = -2;
export const E_WRAP: i32 = -3;
/** The kernel's agent. */
export const KERNEL: i32 = 60;
export const MAX_EVIDENCE: i32 = 4096;
/** A restart that an earlier pass has found: ns (i64), agent. */
export const MO_NS: i32 = 0;
export const MO_AGENT: i32 = 8;
export const MO_SIZE: i32 = 16;
