// Owns the public surface of operate/: re-exports only.


export { type LogFields, Logger, problemFields } from './logger.ts';
export { Progress } from './progress.ts';
export { exclusively, leased, patienceOf, recorded } from './recorded.ts';
export { textfileFor } from './textfile.ts';
export { type ThreadOptions, Threads } from './threads.ts';
export { type Attendance } from './frame.ts';
export { type Begun } from './frame.ts';
export { type LogForm } from './frame.ts';
export { type RunEnd } from './frame.ts';
export { inFrame } from './frame.ts';
export { type Frame } from './frame.ts';
