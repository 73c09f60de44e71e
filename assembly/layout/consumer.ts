// Owns the offsets and sizes of consumers: instances and columns, normalisation, lanes.

// --- Consumer -------------------------------------------------------------------------------------------
export const C_FLAGS: i32 = 0;
export const C_NMETRICS: i32 = 4;
export const C_SLOTS: i32 = 8;
export const C_NORMS: i32 = 12;
export const C_NREDUCERS: i32 = 16;
export const C_REDUCERS: i32 = 20;
export const C_RECORDS: i32 = 24;
export const C_SKIPPED: i32 = 28;
export const C_STOP: i32 = 32;
export const C_STOP_CODE: i32 = 36;
export const C_LABEL_METRIC: i32 = 40;
export const C_ACCEPTED: i32 = 44;
/** The one slot of a consumer that has one metric, checks nothing of its own and runs one ROLL of the values as they are;
 *  and that reducer. 0: it is not so simple. */
export const C_PLAIN: i32 = 48;
export const C_PLAIN_ROLL: i32 = 52;
export const C_FLOOR: i32 = 64;
/** Instances of the first accepted record: numbers (big-endian), how many, identities. */
export const C_LABELS: i32 = 72;
export const C_NLABELS: i32 = 76;
export const C_LABEL_KEYS: i32 = 80;
export const C_WINDOW: i32 = 84;
/** Columns by instance (AL_*), and the instance looked for by name (MT_*); 0: the consumer has none. */
export const C_ALIGN: i32 = 88;
export const C_MATCH: i32 = 92;
export const C_SIZE: i32 = 96;
export const MAX_METRICS: i32 = 64;

export const F_FIRSTLAST: i32 = 1;
export const F_RAW: i32 = 2;
export const F_EMPTY_SKIP: i32 = 4;
export const F_EMPTY_STOP: i32 = 8;
export const F_RECT: i32 = 16;
export const F_FLOOR: i32 = 32;
/** The floor, or the rule of equal numbers of values, passes over a record instead of stopping. */
export const F_FLOOR_SKIP: i32 = 128;
export const F_RECT_SKIP: i32 = 256;
export const F_EMPTY_IGNORE: i32 = 512;
/** With C_ALIGN: stop where the number of instances is not that of the first record. */
export const F_STEADY: i32 = 64;
/** Counters rise only: values are taken from L_CORRECTED where there are any. */
export const F_COUNTERS: i32 = 1024;
/** A record with more values than its instance domain has names counts. */
export const F_UNNAMED: i32 = 2048;

/** Outcomes of a record; STOP_* above 1 stop the consumer. */
export const STOP_NONE: i32 = 0;
export const STOP_SKIP: i32 = 1;
export const STOP_NODATA: i32 = 2;
export const STOP_EMPTY: i32 = 3;
export const STOP_FLOOR: i32 = 4;
export const STOP_RAGGED: i32 = 5;
export const STOP_SHAPE: i32 = 6;
export const STOP_ERROR: i32 = 7;
export const STOP_CONVERSION: i32 = 8;
export const STOP_MEMORY: i32 = 9;
export const STOP_DECREASE: i32 = 10;

/** Instances seen, in order of appearance: how many, capacity, identities (i64[]); behind these the numbers they came with first
 *  (i32[]), then a table of twice the capacity that finds them: place + 1 (i32), 0 for none. */
export const IM_N: i32 = 0;
export const IM_CAP: i32 = 4;
export const IM_KEYS: i32 = 8;
export const IM_SIZE: i32 = 12;
/** Most instances of one metric that are distinguished within a window; later ones are dropped. */
export const MAX_COLUMNS: i32 = 8192;

/** Where the values of a slot belong among the instances seen: made at generation MP_GEN of the slot, when MP_KNOWN instances
 *  were known; for each position a number in MP_AT, or -1. MP_PLAIN: 1 if position i is number i for all there are, -1 if some
 *  number occurs twice. */
export const MP_GEN: i32 = 0;
export const MP_N: i32 = 4;
export const MP_CAP: i32 = 8;
export const MP_AT: i32 = 12;
export const MP_PLAIN: i32 = 16;
export const MP_KNOWN: i32 = 20;
export const MP_SIZE: i32 = 24;

/** Normalisation of one metric of a consumer: 2^bits; instances and positions; accumulated and last values by instance; the
 *  accumulated values in the record's order where that is another. */
export const N_RANGE: i32 = 0;
export const N_IDS: i32 = 8;
export const N_MAP: i32 = 20;
export const N_CAP: i32 = 44;
export const N_ACC: i32 = 48;
export const N_LAST: i32 = 52;
export const N_OUT: i32 = 56;
export const N_OUTCAP: i32 = 60;
export const N_SIZE: i32 = 64;

/** Columns of a consumer: instances of its master metric; records in which they had values (less AL_PLAINS), first count
 *  (F_STEADY), a row for each metric. AL_PLAINS: records in which all columns had values. */
export const AL_IDS: i32 = 0;
export const AL_MASTER: i32 = 12;
export const AL_CAP: i32 = 16;
export const AL_SEEN: i32 = 24;
export const AL_FIXED: i32 = 28;
export const AL_PLAINS: i32 = 32;
export const AL_RECORDS: i32 = 36;
export const AL_ROWS: i32 = 40;
export const AL_SIZE: i32 = 48;
/** Row: positions; the values by column and whether they are there (bytes), where the record's own order is another. */
export const AR_MAP: i32 = 0;
export const AR_VALS: i32 = 24;
export const AR_MASK: i32 = 28;
export const AR_CAP: i32 = 32;
/** Columns that had values when they were last put there (i32[]), their number, the list's capacity. */
export const AR_LAST: i32 = 36;
export const AR_NLAST: i32 = 40;
export const AR_LASTCAP: i32 = 44;
export const AR_SIZE: i32 = 48;

/** The instance looked for: names in order of preference (string numbers), how many; what was found of each metric. */
export const MT_NAMES: i32 = 0;
export const MT_COUNT: i32 = 64;
export const MT_FOUND: i32 = 68;
export const MT_SIZE: i32 = 72;
export const MAX_MATCHES: i32 = 16;
/** Per metric: generation when it was looked for, position, -1 if it was not there. */
export const MF_GEN: i32 = 0;
export const MF_AT: i32 = 4;
export const MF_SIZE: i32 = 8;

// --- Lane -------------------------------------------------------------------------------------------------
export const LANE_SCALE: i32 = 0;
export const LANE_FOLD: i32 = 8;
export const LANE_N: i32 = 12;
/** Arena of its window. */
export const LANE_ARENA: i32 = 16;
export const LANE_ROWS: i32 = 24;
/** Row: weight f64, metric i32, LANE_PICK i32: of a sum only every how-manieth value (low 16 bits), how many (high); 0: all. */
export const LANE_PICK: i32 = 12;
/** The order of its values (OR_*), of the folds that tell them apart without columns. */
export const LANE_ORDER: i32 = 16;
export const LANE_ROW_SIZE: i32 = 24;
export const FOLD_FIRST: i32 = 0;
export const FOLD_SUM: i32 = 1;
export const FOLD_MEAN: i32 = 2;
export const FOLD_EACH: i32 = 3;
export const FOLD_COUNT: i32 = 4;
export const FOLD_TOTAL: i32 = 5;
export const FOLD_MATCH: i32 = 6;
export const FOLD_RATIO: i32 = 7;

/** Order of a lane row's values: that of its first record, or of the lane's first row (order.ts). Its instances with their
 *  identities in that order, and how many values there were (0: no record yet). */
export const OR_IDS: i32 = 0;
export const OR_N: i32 = 12;
export const OR_KEYS: i32 = 16;
/** Generation of the slot at the last look, and what was found: ORDER_*, or the position of the fold FIRST. */
export const OR_GEN: i32 = 20;
export const OR_STATE: i32 = 24;
/** Where each value of the record belongs (i32[]), the values put there, room of both; where the current record's values are. */
export const OR_AT: i32 = 28;
export const OR_VALS: i32 = 32;
export const OR_CAP: i32 = 36;
export const OR_NOW: i32 = 40;
/** Order that counts instead of this one, as it has the same instances; 0: none. */
export const OR_BASE: i32 = 44;
export const OR_SIZE: i32 = 48;
