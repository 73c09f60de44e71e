// Owns what can be switched off in reading, for measuring what it is worth (bench/tuning.ts).

/** 2: records are taken by plans and steady plans; 1: by plans; 0: each record is walked again. */
export let planLevel: i32 = 2;

export function setPlanLevel(level: i32): void {
  planLevel = level;
}
