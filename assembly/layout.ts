// Owns the offsets and sizes of every struct in raw memory: the one source for both sides.
// src/decode/layout.gen.ts is generated from this file; only `export const NAME: i32 = number;` lines count.
// i64 and f64 fields lie on multiples of 8. Pointers are u32; 0 is none.

// --- Reader: one open archive ---------------------------------------------------------------------
/** Archive version, 2 or 3. */
export const R_VERSION: i32 = 0;
/** Window of bytes: where it starts, how much it holds, unread position and end (absolute addresses). */
export const R_WIN: i32 = 4;
export const R_CAP: i32 = 8;
export const R_POS: i32 = 12;
export const R_END: i32 = 16;
/** Status detail: W_* and the offset of the faulty field within the record, what was expected and found. */
export const R_WHY: i32 = 20;
/** i64: file offset of the first byte of the window. */
export const R_FILE: i32 = 24;
/** i64 each. */
export const R_EXPECTED: i32 = 32;
export const R_FOUND: i32 = 40;
/** Last record handed out: address, length, number of value sets, start of the sets. */
export const R_REC: i32 = 48;
export const R_LEN: i32 = 52;
export const R_NUMPMID: i32 = 56;
export const R_SETS: i32 = 60;
/** i64: time of that record, ns; and the latest time seen (earlier records are dropped, as pmFetch does). */
export const R_NS: i32 = 64;
export const R_LAST_NS: i32 = 72;
/** f64: time of that record, epoch seconds. */
export const R_T: i32 = 80;
/** Descriptor fields of the last S_DESC; R_D_NAMES is a count, R_D_PTR the first name's length word. */
export const R_D_PMID: i32 = 88;
export const R_D_TYPE: i32 = 92;
export const R_D_INDOM: i32 = 96;
export const R_D_SEM: i32 = 100;
export const R_D_UNITS: i32 = 104;
export const R_D_NAMES: i32 = 108;
export const R_D_PTR: i32 = 112;
/** Metadata record type of the last S_DESC or S_OTHER. */
export const R_D_KIND: i32 = 116;
/** Wanted pmids: open-addressing table of 8-byte entries (raw big-endian pmid, metric struct). */
export const R_TABLE: i32 = 120;
export const R_MASK: i32 = 124;
export const R_NMETRICS: i32 = 128;
/** Instance domains: array of pointers. */
export const R_INDOMS: i32 = 132;
export const R_NINDOMS: i32 = 136;
export const R_CAPINDOMS: i32 = 140;
/** Record plans: direct-mapped table of pointers. */
export const R_PLANS: i32 = 144;
/** Windows attached to this reader: array of pointers sorted by start, count, first not yet over. */
export const R_WINDOWS: i32 = 148;
export const R_NWINDOWS: i32 = 152;
export const R_LOW: i32 = 156;
/** Counters: data records delivered to at least one window, records scanned, plan hits, plan misses. */
export const R_DELIVERED: i32 = 160;
export const R_SCANNED: i32 = 164;
export const R_HITS: i32 = 168;
export const R_MISSES: i32 = 172;
/** Arena of this reader. */
export const R_ARENA: i32 = 176;
/** Label fields: pid, volume, features, addresses of the three strings and their maximum lengths. */
export const R_PID: i32 = 188;
export const R_VOLUME: i32 = 192;
export const R_FEATURES: i32 = 196;
export const R_HOST: i32 = 200;
export const R_TZ: i32 = 204;
export const R_ZONE: i32 = 208;
export const R_STRMAX: i32 = 212;
/** i64: label start, ns. */
export const R_START_NS: i32 = 216;
/** Temporal index: array of entries, count, capacity. */
export const R_INDEX: i32 = 224;
export const R_NINDEX: i32 = 228;
export const R_CAPINDEX: i32 = 232;
/** Ordinal number of this reader in its session. */
export const R_ID: i32 = 236;
/** Records dropped because their time was earlier than one before. */
export const R_BACKWARDS: i32 = 240;
/** 1: do not report gaps between windows until one has opened. */
export const R_NOGAP: i32 = 244;
/** Records taken by a steady plan. */
export const R_STEADY: i32 = 248;
/** Metadata records of types that belong to the other archive version; read all the same. */
export const R_FOREIGN: i32 = 252;
export const R_SIZE: i32 = 256;

// --- Arena: chained blocks ------------------------------------------------------------------------
export const A_BLOCK: i32 = 0;
export const A_CUR: i32 = 4;
export const A_END: i32 = 8;
export const A_SIZE: i32 = 12;

// --- Index entry ----------------------------------------------------------------------------------
export const X_NS: i32 = 0;
export const X_META: i32 = 8;
export const X_DATA: i32 = 16;
export const X_VOL: i32 = 24;
export const X_SIZE: i32 = 32;

// --- Instance domain and its versions -------------------------------------------------------------
export const I_WORD: i32 = 0;
export const I_N: i32 = 4;
export const I_CAP: i32 = 8;
export const I_VERSIONS: i32 = 12;
/** Version in force (address, 0 if none) between I_FROM ≤ t < I_TO. */
export const I_CURRENT: i32 = 16;
export const I_FROM: i32 = 24;
export const I_TO: i32 = 32;
export const I_SIZE: i32 = 40;

/** Version: time, members, sorted ids (i32[]), names (string numbers, u32[], parallel). */
export const V_NS: i32 = 0;
export const V_N: i32 = 8;
export const V_IDS: i32 = 12;
export const V_NAMES: i32 = 16;
/** V_*: how the version was recorded. A delta holds changes (no name: deleted) until foldDeltas has made it whole. */
export const V_KIND: i32 = 20;
export const V_SIZE: i32 = 24;

// --- Strings of a session -------------------------------------------------------------------------
export const T_PTR: i32 = 0;
export const T_LEN: i32 = 4;
export const T_HASH: i32 = 8;
export const T_SIZE: i32 = 12;

// --- Metric: a wanted pmid of a reader --------------------------------------------------------------
export const M_SLOT: i32 = 0;
export const M_TYPE: i32 = 4;
export const M_INDOM: i32 = 8;
export const M_PMID: i32 = 12;
export const M_SIZE: i32 = 16;

// --- Slot: a wanted metric of a session, holding its values in the current record --------------------
/** Sequence number of the record the slot was filled from. */
export const L_SEQ: i32 = 0;
/** Number of values, or the negative error code. */
export const L_COUNT: i32 = 4;
/** Number of members of the instance domain at that time; -1 without instance domain. */
export const L_DOMAIN: i32 = 8;
/** Metric type code. */
export const L_TYPE: i32 = 12;
/** What consumers need of it: WANT_* bits. */
export const L_WANT: i32 = 16;
/** Values as f64, as 64-bit integers, as string numbers: addresses. Capacity in elements. */
export const L_VALS: i32 = 20;
export const L_RAW: i32 = 24;
export const L_STRS: i32 = 28;
export const L_CAP: i32 = 32;
/** Copy of the (instance, word) pairs of the last record, big-endian; their number; bytes from the record's start to
 *  the first block if the blocks follow each other without gaps, else 0. */
export const L_PAIRS: i32 = 36;
export const L_NPAIRS: i32 = 40;
export const L_BLOCKS: i32 = 44;
/** Grows whenever the instances of the slot change. */
export const L_GEN: i32 = 48;
/** 1 if some value could not be converted. */
export const L_BAD: i32 = 52;
/** Instance domain (address in the reader), 0 if none; and the reader's number. */
export const L_INDOM: i32 = 56;
export const L_READER: i32 = 60;
/** Plan (P_GEN) and version of the instance domain that the slot was last filled by: if both still hold, so do count, type,
 *  domain and format. */
export const L_PLAN: i32 = 64;
export const L_VERSION: i32 = 68;
/** Steady plan whose room holds the values now, 0 if none; where the slot's own room for values and integers is. */
export const L_OWNER: i32 = 72;
export const L_HOME: i32 = 76;
export const L_HOME_RAW: i32 = 80;
/** Scratch of whoever makes lists by slot. */
export const L_MARK: i32 = 84;
export const L_SIZE: i32 = 88;
export const WANT_VALS: i32 = 1;
export const WANT_RAW: i32 = 2;
export const WANT_STRS: i32 = 4;

// --- Plan: offsets of the value sets of one record shape ---------------------------------------------
export const P_LEN: i32 = 0;
export const P_N: i32 = 4;
export const P_CAP: i32 = 8;
/** Entries: offset of a value set from the record's start, and the first 16 bytes it had: raw pmid, numval, valfmt, and what
 *  is not compared. P_NFULL sets with values come first; those without (pmid and numval only) lie at the end of the room. */
export const P_ENTRIES: i32 = 12;
export const PE_AT: i32 = 0;
export const PE_HEAD: i32 = 4;
/** Wanted sets: slot, offset, metric struct. */
export const P_WANTED: i32 = 16;
export const P_NWANTED: i32 = 20;
export const P_NFULL: i32 = 24;
/** Unlike that of any other plan, or of this one before it was made anew. */
export const P_GEN: i32 = 28;
/** Steady form (steady.ts): its number, unlike that of any other, 0 if there is none; the P_GEN it was made of. */
export const P_STEADY: i32 = 32;
export const P_STEADY_GEN: i32 = 36;
/** i64 each: times between which no instance domain of its slots changes (P_FROM ≤ t < P_TO). */
export const P_FROM: i32 = 40;
export const P_TO: i32 = 48;
/** What must be as it was: offsets in the record (u32[]) and 16 bytes each: P_NWHOLE compared whole, then P_NHEADS but for
 *  the last word, then P_NIDS but for the second and fourth. */
export const P_OFFSETS: i32 = 56;
export const P_IMAGES: i32 = 60;
export const P_NWHOLE: i32 = 64;
export const P_NHEADS: i32 = 68;
export const P_NIDS: i32 = 72;
/** Values side by side, in doubles: place, number (each slot's rounded up to pairs); the integers lie behind them. */
export const P_VALUES: i32 = 76;
export const P_WIDTH: i32 = 80;
export const P_RUNS: i32 = 84;
export const P_NRUNS: i32 = 88;
/** Its slots (pointers) in the order of their values; wanted sets that are read as ever (pointers to entries). */
export const P_SLOTS: i32 = 92;
export const P_NSLOTS: i32 = 96;
export const P_REST: i32 = 100;
export const P_NREST: i32 = 104;
/** Room of all these lists; records since the plan or its steady form was made, and how many it takes to make one. */
export const P_ROOM: i32 = 108;
export const P_ROOM_SIZE: i32 = 112;
export const P_SINCE: i32 = 116;
export const P_WAIT: i32 = 120;
export const P_SIZE: i32 = 128;
/** Run: values of one type that lie behind each other: type, number, offset in the record (of the first word or block), where to. */
export const RN_TYPE: i32 = 0;
export const RN_N: i32 = 4;
export const RN_AT: i32 = 8;
export const RN_VALUES: i32 = 12;
export const RN_RAW: i32 = 16;
/** 1: the integers are wanted too. */
export const RN_KEEP: i32 = 20;
export const RN_SIZE: i32 = 24;
export const P_ENTRY_SIZE: i32 = 20;
export const P_WANTED_SIZE: i32 = 12;
export const PW_SLOT: i32 = 0;
export const PW_AT: i32 = 4;
export const PW_METRIC: i32 = 8;
export const PLAN_SLOTS: i32 = 32;

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
export const WP_SIZE: i32 = 20;
/** Sets of groups (group.ts): array, count; how often one was made, and room for states was taken. */
export const W_SETS: i32 = 120;
export const W_NSETS: i32 = 124;
export const W_FORMED: i32 = 128;
export const W_ROOMS: i32 = 132;
/** Coverage: sampling interval, longest step that is no gap (-1: interval not known yet), gaps and their sum; i64, i64, i32, i64. */
export const W_INTERVAL: i32 = 80;
export const W_LIMIT: i32 = 88;
export const W_GAP_NS: i32 = 96;
export const W_GAPS: i32 = 104;
/** The first STEPS distances between records, i64, until the interval is known; how many there are. */
export const W_STEPS: i32 = 108;
export const W_NSTEPS: i32 = 112;
export const W_SIZE: i32 = 136;
export const STEPS: i32 = 64;

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
export const C_LABEL_NS: i32 = 56;
export const C_FLOOR: i32 = 64;
export const C_LABELS: i32 = 72;
export const C_NLABELS: i32 = 76;
export const C_LABEL_READER: i32 = 80;
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
/** With C_ALIGN: stop where the number of instances is not that of the first record. */
export const F_STEADY: i32 = 64;

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

/** Instances seen, in order of appearance: number, capacity, ids (i32[]); behind the ids a table of twice the capacity that finds
 *  them: number + 1 (i32), 0 for none. */
export const IM_N: i32 = 0;
export const IM_CAP: i32 = 4;
export const IM_IDS: i32 = 8;
export const IM_SIZE: i32 = 12;
/** Most instances of one metric that are told apart within a window; later ones are dropped. */
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

/** Columns of a consumer: instances of its master metric; their names (string numbers), records in which they had values
 *  (less AL_PLAINS), first count (F_STEADY), a row for each metric. AL_PLAINS: records in which all columns had values. */
export const AL_IDS: i32 = 0;
export const AL_MASTER: i32 = 12;
export const AL_CAP: i32 = 16;
export const AL_NAMES: i32 = 20;
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

/** The instance looked for: its name (string number); generation and version of metric 0 at the last look; id and position. */
export const MT_NAME: i32 = 0;
export const MT_GEN: i32 = 4;
export const MT_VERSION: i32 = 8;
export const MT_ID: i32 = 12;
export const MT_AT: i32 = 16;
export const MT_SIZE: i32 = 24;

// --- Lane -------------------------------------------------------------------------------------------------
export const LANE_SCALE: i32 = 0;
export const LANE_FOLD: i32 = 8;
export const LANE_N: i32 = 12;
export const LANE_ROWS: i32 = 16;
/** Row: weight f64, metric i32, LANE_PICK i32: of a sum only every how-manieth value (low 16 bits), how many (high); 0: all. */
export const LANE_PICK: i32 = 12;
export const LANE_ROW_SIZE: i32 = 16;
export const FOLD_FIRST: i32 = 0;
export const FOLD_SUM: i32 = 1;
export const FOLD_MEAN: i32 = 2;
export const FOLD_EACH: i32 = 3;
export const FOLD_COUNT: i32 = 4;
export const FOLD_MATCH: i32 = 5;
export const FOLD_RATIO: i32 = 6;

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
export const FL_LAST_READER: i32 = 36;
export const FL_FIRST_NS: i32 = 40;
export const FL_LAST_NS: i32 = 48;
export const FL_FIRST_T: i32 = 56;
export const FL_LAST_T: i32 = 64;
export const FL_ROWS: i32 = 72;
export const FL_FIRST_READER: i32 = 76;
export const FL_SIZE: i32 = 80;
/** Per metric: first and last values (8 bytes each, i64 if FLR_INT), instances of the last record (big-endian). */
export const FLR_FIRST: i32 = 0;
export const FLR_NFIRST: i32 = 4;
export const FLR_LAST: i32 = 8;
export const FLR_NLAST: i32 = 12;
export const FLR_CAP: i32 = 16;
export const FLR_IDS: i32 = 20;
export const FLR_GEN: i32 = 24;
export const FLR_INT: i32 = 28;
/** Instances of the first record (big-endian). */
export const FLR_FIRST_IDS: i32 = 32;
/** Reader whose instance numbers FLR_GEN counts (L_GEN is per slot and survives readers). */
export const FLR_SIZE: i32 = 40;

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
/** Entry: instance, name, count, first, last, then four string numbers. */
export const TE_INST: i32 = 0;
export const TE_NAME: i32 = 4;
export const TE_COUNT: i32 = 8;
export const TE_FIRST: i32 = 12;
export const TE_LAST: i32 = 16;
export const TE_STRS: i32 = 20;
export const TE_SIZE: i32 = 36;
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
