// Owns the public surface of operate/: re-exports only.

export { type Attendance, type Begun, type Frame, inFrame, type LogForm, type RunEnd } from './frame.ts';
export { type LogFields, Logger, problemFields } from './logger.ts';
export { Progress } from './progress.ts';
export { exclusively, leased, patienceOf, recorded } from './recorded.ts';
export { textfileFor } from './textfile.ts';
export { type ThreadOptions, Threads } from './threads.ts';
