// Owns the offsets and sizes of structs of an open archive: reader, index, instance domains, strings, wanted metrics, slots.

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
/** Described pmids: open-addressing table of 8-byte entries (raw big-endian pmid, metric struct; NOBODY if nobody wants it). And how
 *  many wanted names there are. */
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
/** 1: records that are odd are asked about (S_ODD) or passed over, and reading goes on; 0: it is as PCP's. */
export const R_READS_ON: i32 = 256;
/** What has been settled of the record that the reader stands at: RS_* bits. */
export const R_SETTLED: i32 = 260;
/** i64: shortest step of time between records that is asked about, ns. */
export const R_LIMIT: i32 = 264;
/** 1: the last record handed out contradicts itself in some of its value sets (soundSet). */
export const R_UNSOUND: i32 = 272;
/** Where the value sets of the record that is being filled end, from the record's start. */
export const R_SETS_END: i32 = 276;
/** A byte for each window: SEEN_* bits. */
export const R_SEEN: i32 = 280;
/** Entries of R_TABLE. */
export const R_NDESCRIBED: i32 = 284;
/** Of each window: value sets of metrics that are not described (U_*). */
export const R_UNDESCRIBED: i32 = 288;
/** Sum over the instance domains of the most members that a version has. */
export const R_MEMBERS: i32 = 292;
export const R_SIZE: i32 = 296;
/** Their number, the first one's pmid (raw) and time (i64). */
export const U_COUNT: i32 = 0;
export const U_PMID: i32 = 4;
export const U_NS: i32 = 8;
export const U_SIZE: i32 = 16;
/** In place of a metric struct. */
export const NOBODY: i32 = 1;
/** The window got records that brought something new, or records of which all was known already from another archive. */
export const SEEN_FRESH: i32 = 1;
export const SEEN_COPY: i32 = 2;
/** Its time is taken as it is; value sets that are not sound have been named and are left out. */
export const RS_TIME: i32 = 1;
export const RS_SETS: i32 = 2;

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
/** Most members of a version. */
export const I_MOST: i32 = 40;
export const I_SIZE: i32 = 48;

/** Version: time from which it holds, members, sorted ids (i32[]), names (string numbers, u32[], parallel). */
export const V_NS: i32 = 0;
export const V_N: i32 = 8;
export const V_IDS: i32 = 12;
export const V_NAMES: i32 = 16;
/** V_*: how the version was recorded. A delta holds changes (no name: deleted) until foldDeltas has made it whole. */
export const V_KIND: i32 = 20;
/** Whether a name is that of several members (identity.ts): 0 not looked yet, 1 no, 2 yes. */
export const V_TWINS: i32 = 24;
/** Of a folded delta: its changes as they were recorded (number, ids, names), so that it can be folded again. */
export const V_CHANGES: i32 = 28;
export const V_CHANGED_IDS: i32 = 32;
export const V_CHANGED_NAMES: i32 = 36;
/** i64 each: the time that its record has, and where that lies in the metadata file. */
export const V_STAMP: i32 = 40;
export const V_AT: i32 = 48;
export const V_SIZE: i32 = 56;

// --- Strings of a session -------------------------------------------------------------------------
export const T_PTR: i32 = 0;
export const T_LEN: i32 = 4;
export const T_HASH: i32 = 8;
/** Scratch of a pass over the names of a domain. */
export const T_MARK: i32 = 12;
export const T_SIZE: i32 = 16;

// --- Metric: a wanted pmid of a reader --------------------------------------------------------------
export const M_SLOT: i32 = 0;
export const M_TYPE: i32 = 4;
export const M_INDOM: i32 = 8;
export const M_PMID: i32 = 12;
/** The same metric under another wanted name, with a slot of its own; 0: none. */
export const M_NEXT: i32 = 16;
/** 1: a counter. */
export const M_COUNTER: i32 = 20;
/** f64: what its values are multiplied by (units); 1: nothing. */
export const M_SCALE: i32 = 24;
export const M_SIZE: i32 = 32;

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
/** Grows whenever the numbers or the identities of the slot's instances change. */
export const L_GEN: i32 = 48;
/** 1 if some value could not be converted. */
export const L_BAD: i32 = 52;
/** Instance domain (address in the reader), 0 if none. */
export const L_INDOM: i32 = 56;
/** 1: some archive of the session has the metric in other units, so that its integers are none and only the doubles count. */
export const L_SCALED: i32 = 60;
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
/** Identities of the instances (i64[], identity.ts) under WANT_KEYS; version of the domain and reader that they were made of. */
export const L_KEYS: i32 = 88;
export const L_KEYED: i32 = 92;
export const L_KEYED_BY: i32 = 96;
/** 1: a counter; the agent (domain of the pmID) that it is of; corrected values for the window at hand (K_*), 0 if there are none. */
export const L_COUNTER: i32 = 100;
export const L_AGENT: i32 = 104;
export const L_CORRECTED: i32 = 108;
/** f64: what the values that it holds were multiplied by. */
export const L_SCALE: i32 = 112;
export const L_SIZE: i32 = 120;
export const WANT_VALS: i32 = 1;
export const WANT_RAW: i32 = 2;
export const WANT_STRS: i32 = 4;
export const WANT_KEYS: i32 = 8;
