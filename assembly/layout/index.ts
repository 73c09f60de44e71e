// Owns nothing: all structs in raw memory, a file for each part of the decoder. They are the one source for both sides of the border:
// src/pcp/wasm/layout.gen.ts is generated from these files (generate-layout.mjs says how they are read).

export * from './archive';
export * from './consumer';
export * from './counters';
export * from './list';
export * from './plan';
export * from './reducers';
export * from './window';
