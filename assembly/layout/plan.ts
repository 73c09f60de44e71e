// Owns the offsets and sizes of record plans, their steady form and its runs.

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
/** Unlike that of any other plan, or of this one before it was made again. */
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
/** Where the sets end; offset and content of the word that says where the first block lies (0 and the length: no set has any). */
export const P_END: i32 = 124;
export const P_FIRST: i32 = 128;
export const P_WORD: i32 = 132;
/** Sets with values of metrics that are not described, and the pmid (raw) of the first. */
export const P_NUNDESCRIBED: i32 = 136;
export const P_UNDESCRIBED: i32 = 140;
/** Number of the last record that was taken by it. */
export const P_TAKEN: i32 = 144;
export const P_SIZE: i32 = 152;
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
