// Owns the offsets and sizes of reducers, one section a kind.

// --- Reducers: common head -----------------------------------------------------------------------------------
export const Q_KIND: i32 = 0;
export const Q_FLAGS: i32 = 4;
export const Q_LANE: i32 = 8;
export const Q_LANE2: i32 = 12;
export const KIND_FIRSTLAST: i32 = 0;
export const KIND_ROLL: i32 = 1;
export const KIND_INTEGRATE: i32 = 2;
export const KIND_SUBSAMPLE: i32 = 3;
export const KIND_LATCH: i32 = 4;
export const KIND_TALLY: i32 = 5;
export const KIND_WRAPSUM: i32 = 6;
export const KIND_FULLSERIES: i32 = 7;
export const KIND_DUTY: i32 = 8;
export const KIND_SECTIONS: i32 = 9;
export const Q_SKIP_FIRST: i32 = 1;
export const Q_DROP_LAST: i32 = 2;
export const Q_MONOTONIC: i32 = 4;
export const Q_EVEN: i32 = 8;
/** With Q_MONOTONIC: elements of the vector, not the scalar. */
export const Q_EACH: i32 = 16;

// FIRSTLAST
export const FL_CALLS: i32 = 16;
export const FL_FIRST_OUT: i32 = 20;
export const FL_FIRST_CODE: i32 = 24;
export const FL_LAST_OUT: i32 = 28;
export const FL_LAST_CODE: i32 = 32;
export const FL_FIRST_T: i32 = 40;
export const FL_LAST_T: i32 = 48;
export const FL_ROWS: i32 = 56;
export const FL_SIZE: i32 = 64;
/** Per metric: first and last values (8 bytes each, i64 if FLR_INT), instances of the last record: numbers (big-endian). */
export const FLR_FIRST: i32 = 0;
export const FLR_NFIRST: i32 = 4;
export const FLR_LAST: i32 = 8;
export const FLR_NLAST: i32 = 12;
export const FLR_CAP: i32 = 16;
export const FLR_IDS: i32 = 20;
export const FLR_GEN: i32 = 24;
export const FLR_INT: i32 = 28;
/** Instances of the first record: numbers (big-endian). */
export const FLR_FIRST_IDS: i32 = 32;
/** Identities (i64[]) of the instances of the last and of the first record. */
export const FLR_KEYS: i32 = 36;
export const FLR_FIRST_KEYS: i32 = 40;
export const FLR_SIZE: i32 = 48;

// ROLL
export const RO_COUNT: i32 = 16;
export const RO_WIDTH: i32 = 20;
export const RO_SEEN: i32 = 24;
export const RO_MEAN: i32 = 28;
export const RO_MIN: i32 = 32;
export const RO_MAX: i32 = 36;
export const RO_PENDING: i32 = 40;
/** Metric + 1 if the lane is that metric's values as they are, else 0. */
export const RO_DIRECT: i32 = 44;
/** By column: addresses (u32) of chunks of RC_SHARE columns, each of them count, mean, minimum, maximum (f64), zero where the count
 *  is; else 0. */
export const RO_CHUNKS: i32 = 48;
export const RO_SIZE: i32 = 56;
export const RC_SHARE: i32 = 128;
export const RC_COUNT: i32 = 0;
export const RC_MEAN: i32 = 8;
export const RC_MIN: i32 = 16;
export const RC_MAX: i32 = 24;
export const RC_SIZE: i32 = 32;

// INTEGRATE
export const IN_SEEN: i32 = 16;
export const IN_WIDTH: i32 = 20;
export const IN_PREV: i32 = 24;
export const IN_ELAPSED: i32 = 32;
export const IN_TOTAL: i32 = 40;
/** By column: time of the last value (f64; NaN: none yet) and room for columns. */
export const IN_TIMES: i32 = 44;
export const IN_CAP: i32 = 48;
export const IN_SIZE: i32 = 56;

// SUBSAMPLE
export const SS_COUNT: i32 = 16;
export const SS_WIDTH: i32 = 20;
export const SS_HAVE: i32 = 24;
export const SS_T: i32 = 28;
export const SS_V: i32 = 32;
export const SS_ROWS: i32 = 36;
export const SS_WINDOW: i32 = 40;
export const SS_LEADOUT: i32 = 48;
export const SS_WALLTIME: i32 = 56;
/** By column: room for columns in a row of SS_ROWS; SS_WIDTH is then what is in use. */
export const SS_CAP: i32 = 64;
export const SS_SIZE: i32 = 72;
export const SS_MAX: i32 = 100;
export const SS_LEAD: i32 = 10;

// LATCH
export const LA_SET: i32 = 16;
export const LA_VALUE: i32 = 24;
export const LA_SIZE: i32 = 32;

// TALLY
export const TA_NMETRICS: i32 = 16;
export const TA_METRICS: i32 = 20;
export const TA_WHERE: i32 = 24;
export const TA_EQUALS: i32 = 28;
export const TA_TABLE: i32 = 32;
export const TA_MASK: i32 = 36;
export const TA_ENTRIES: i32 = 40;
export const TA_N: i32 = 44;
export const TA_CAP: i32 = 48;
export const TA_OVERFLOW: i32 = 52;
export const TA_SIZE: i32 = 56;
/** Entry: identity (i64), four string numbers; then the number it had first, count, first, last. */
export const TE_KEY: i32 = 0;
export const TE_STRS: i32 = 8;
export const TE_INST: i32 = 24;
export const TE_COUNT: i32 = 28;
export const TE_FIRST: i32 = 32;
export const TE_LAST: i32 = 36;
export const TE_SIZE: i32 = 40;
export const TA_MAX_METRICS: i32 = 4;
/** Most different combinations of one window: bounds memory against an archive of nothing but new processes. */
export const TA_MAX_ENTRIES: i32 = 262144;

// WRAPSUM: by column and metric (column-major) previous and accumulated values; by column whether it has a previous one (bytes).
export const WS_RECORDS: i32 = 16;
export const WS_CAP: i32 = 20;
export const WS_RANGE: i32 = 24;
export const WS_TOTAL: i32 = 32;
export const WS_PREV: i32 = 40;
export const WS_ACC: i32 = 44;
export const WS_HAVE: i32 = 48;
export const WS_WIDTH: i32 = 52;
export const WS_SIZE: i32 = 56;

// FULLSERIES: points stored, room; records; every how-manieth is stored (Q_EVEN); a WRAPSUM whose total it takes, or 0; last value.
export const FS_N: i32 = 16;
export const FS_CAP: i32 = 20;
export const FS_RECORDS: i32 = 24;
export const FS_STRIDE: i32 = 28;
export const FS_T: i32 = 32;
export const FS_X: i32 = 36;
export const FS_FROM: i32 = 40;
export const FS_LAST: i32 = 48;
export const FS_SIZE: i32 = 56;
/** Most points kept: 34 h at one in 30 s. */
export const FS_MAX: i32 = 4096;
/** Points at the beginning and at the end that a compaction never drops. */
export const FS_HEAD: i32 = 4;
export const FS_TAIL: i32 = 4;

// DUTY: by column: previous values of all metrics (column-major), time above and below, records counted, whether it has previous values.
export const DU_CAP: i32 = 16;
export const DU_WIDTH: i32 = 20;
export const DU_MAX: i32 = 24;
export const DU_PREV: i32 = 32;
export const DU_ABOVE: i32 = 36;
export const DU_BELOW: i32 = 40;
export const DU_COUNT: i32 = 44;
export const DU_HAVE: i32 = 48;
export const DU_SIZE: i32 = 56;

// SECTIONS: of one or two lanes (Q_LANE, Q_LANE2).
export const SE_RECORDS: i32 = 16;
/** Section averages so far, at most SE_MAX. */
export const SE_K: i32 = 20;
export const SE_START: i32 = 24;
export const SE_END: i32 = 32;
/** Length of a section; the next border; where the current one began; most seconds that a record may lie behind a border. */
export const SE_STEP: i32 = 40;
export const SE_MARKER: i32 = 48;
export const SE_TIME: i32 = 56;
export const SE_LIMIT: i32 = 64;
export const SE_GAP: i32 = 72;
/** f64 per lane: value at the section's beginning, last value. */
export const SE_DATA: i32 = 80;
export const SE_LAST: i32 = 96;
/** f64[SE_MAX]: times of the borders taken; then the averages of the first lane, then of the second. */
export const SE_TIMES: i32 = 112;
export const SE_RATES: i32 = 240;
export const SE_MAX: i32 = 16;
export const SE_SIZE: i32 = 496;
