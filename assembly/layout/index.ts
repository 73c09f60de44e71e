// Owns the offsets and sizes of every struct in raw memory: the one source for both sides, a file for each part of the decoder.
// src/decode/layout.gen.ts is generated from these files; only `export const NAME: i32 = number;` lines count.
// i64 and f64 fields lie on multiples of 8. Pointers are u32; 0 is none.

export * from './archive';
export * from './consumer';
export * from './counters';
export * from './plan';
export * from './reducers';
export * from './window';
