// Owns the offsets and sizes of windows, and of the sets of groups that run the plain ROLLs of one.

// --- Window: a job's time on this node ----------------------------------------------------------------
export const W_START: i32 = 0;
export const W_END: i32 = 8;
export const W_WALLTIME: i32 = 16;
export const W_CONSUMERS: i32 = 24;
export const W_NCONSUMERS: i32 = 28;
export const W_RECORDS: i32 = 32;
/** i64: times of the first and last record in the window (marks do not count), for coverage. */
export const W_FIRST_NS: i32 = 40;
export const W_LAST_NS: i32 = 48;
/** Everything a window allocates, given back when it is closed. */
export const W_ARENA: i32 = 56;
/** The plain consumers (C_PLAIN) as a compact list, made at the first record: slot, ROLL, consumer, records since it was
 *  last settled with the consumer's counters. W_CONSUMERS then holds the others behind them. */
export const W_PLAINS: i32 = 68;
export const W_NPLAINS: i32 = 72;
export const WP_SLOT: i32 = 0;
export const WP_ROLL: i32 = 4;
export const WP_CONSUMER: i32 = 8;
export const WP_HITS: i32 = 12;
/** Set of groups that runs it now, 0 if none. */
export const WP_SET: i32 = 16;
/** Generation of the slot in which its values are in the lane's order as they lie. */
export const WP_GEN: i32 = 20;
export const WP_SIZE: i32 = 24;
/** Sets of groups (group.ts): array, count; how often one was made, and room for states was taken. */
export const W_SETS: i32 = 120;
export const W_NSETS: i32 = 124;
export const W_FORMED: i32 = 128;
export const W_ROOMS: i32 = 132;
/** Coverage: sampling interval, start of the last sample, gaps and their sum; i64, i64, i32, i64. */
export const W_INTERVAL: i32 = 80;
export const W_SAMPLE_NS: i32 = 88;
export const W_GAP_NS: i32 = 96;
export const W_GAPS: i32 = 104;
/** Steps between samples by length: STEP_BUCKETS times their sum (i64) and number (i32). */
export const W_STEPS: i32 = 108;
/** Counters that consumers want to rise only (K_*, reduce/counters.ts): list, number, room; those that went back; marks so far. */
export const W_COUNTERS: i32 = 136;
export const W_NCOUNTERS: i32 = 140;
export const W_CAPCOUNTERS: i32 = 144;
export const W_CORRECTED: i32 = 148;
export const W_MARKS: i32 = 152;
/** Archives before at the instant of the last record that several have, and its first record's number; 1 if records of archives that
 *  it does not read hid some of its own (instant.ts). */
export const W_RUN: i32 = 156;
export const W_RUN_SEQ: i32 = 160;
export const W_MIXED: i32 = 164;
/** Reader and number of marks at the last record with counters; times of the first ones after a mark and of another reader (i64). */
export const W_READER: i32 = 168;
export const W_MARKS_BEFORE: i32 = 172;
export const W_MARK_NS: i32 = 176;
export const W_AWAY_NS: i32 = 184;
/** Slots of the uptime and of the time of the boot; at the last record with either: 1 if there was one, its time (i64; before that
 *  the time of the window's first record), the uptime in seconds (f64), reader, number of marks. */
export const W_UPTIME: i32 = 192;
export const W_BOOTTIME: i32 = 196;
export const W_UP_KNOWN: i32 = 200;
export const W_UP_NS: i32 = 208;
export const W_UP: i32 = 216;
export const W_UP_READER: i32 = 224;
export const W_UP_MARKS: i32 = 228;
/** What was seen of restarts (E_*): list, number, room; and moments of restarts known beforehand (MO_*): list by time, number. */
export const W_EVIDENCE: i32 = 232;
export const W_NEVIDENCE: i32 = 236;
export const W_CAPEVIDENCE: i32 = 240;
export const W_MOMENTS: i32 = 244;
export const W_NMOMENTS: i32 = 248;
/** Place in the evidence of the last span in which the host ran on, from 1; 0: there is none. */
export const W_RAN_ON: i32 = 252;
export const W_SIZE: i32 = 256;
export const STEP_SIZE: i32 = 16;
/** Eight an octave, from 2^28 ns (shorter ones are none) to 2^47 ns, a day and a half; the last one has all beyond. */
export const STEP_BUCKETS: i32 = 152;

/** Set of groups: plain ROLLs of one window over the values of one steady plan. Its number (P_STEADY) and address, records
 *  since it was last settled, groups, members (pointers to plains), 1 if no other plain reads this plan. */
export const GS_STEADY: i32 = 0;
export const GS_PLAN: i32 = 4;
export const GS_HITS: i32 = 8;
export const GS_GROUPS: i32 = 12;
export const GS_NGROUPS: i32 = 16;
export const GS_MEMBERS: i32 = 20;
export const GS_NMEMBERS: i32 = 24;
export const GS_ALONE: i32 = 28;
/** Means, minima and maxima side by side, each as wide as the plan's values and in their order; bytes of each. */
export const GS_STATES: i32 = 32;
export const GS_WIDTH: i32 = 36;
export const GS_SIZE: i32 = 40;
export const MAX_SETS: i32 = 8;
/** Group: members that lie behind each other and are equally far: offset and length in bytes, records so far. */
export const GR_AT: i32 = 0;
export const GR_BYTES: i32 = 4;
export const GR_COUNT: i32 = 8;
export const GR_SIZE: i32 = 12;
