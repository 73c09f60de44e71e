// Owns the status numbers that cross the border. Zero and above: progress; below zero: damage. TypeScript makes the errors.

/** The window of bytes is used up: slide it, fill it, call again. */
export const S_MORE: i32 = 0;
/** A descriptor was read (meta): its fields are in the reader. */
export const S_DESC: i32 = 1;
/** The next record is later than the time given; it was not consumed. */
export const S_UNTIL: i32 = 2;
/** The next record is later than every job window of this reader; it was not consumed. */
export const S_DONE: i32 = 3;
/** No job window is open at the next record; it was not consumed. */
export const S_GAP: i32 = 4;
/** A record was read (dump): its place is in the reader. */
export const S_RECORD: i32 = 5;
/** A label set or help text record was read (meta, only if asked for). */
export const S_OTHER: i32 = 6;

/** Length word impossible. */
export const S_LENGTH: i32 = -1;
/** Trailing length differs from the leading one. */
export const S_TRAILER: i32 = -2;
/** The inside of a record contradicts itself. */
export const S_INSIDE: i32 = -3;
/** A metadata record of unknown type. */
export const S_TYPE: i32 = -4;
/** Memory exhausted (the explicit maximum of the module). */
export const S_MEMORY: i32 = -5;
/** Label: not a PCP archive file. */
export const S_MAGIC: i32 = -6;
/** Label: version not supported. */
export const S_VERSION: i32 = -7;
/** Label: volume number differs from the file's name. */
export const S_VOLUME: i32 = -8;
/** Label: unknown feature bits. */
export const S_FEATURE: i32 = -9;
/** The record is larger than the window: grow the window (growWindow), fill it, call again. */
export const S_GROW: i32 = 7;

/** The time of the next record does not follow the one before as it should: take it (Reader.settled), or leave it out (skipRecord). */
export const S_ODD: i32 = 8;
/** A wanted value set of the next record is damaged: to be named (Reader.settled), then the others are taken. */
export const S_SETS: i32 = 9;

/** What was wrong inside a record: kept in the reader beside the status. */
export const WHY_NONE: i32 = 0;
export const WHY_NUMPMID: i32 = 1;
export const WHY_SET: i32 = 2;
export const WHY_VALFMT: i32 = 3;
export const WHY_BLOCK: i32 = 4;
export const WHY_FILL: i32 = 5;
export const WHY_NAME: i32 = 6;
export const WHY_COUNT: i32 = 7;
export const WHY_INSTANCE: i32 = 8;
export const WHY_OFFSET: i32 = 9;
