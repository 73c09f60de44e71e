// Owns the public surface of operate/: re-exports only.

export {
  attend,
  type Frame,
  type LogOptions,
  logOptions,
  patienceOf,
  patienceOption,
  textfileOption,
} from './attend.ts';
export { type LogFields, Logger, problemFields } from './logger.ts';
export { Progress } from './progress.ts';
export { type Pruned, prune } from './prune.ts';
export { exclusively, leased, makeDirectoryOf, openStore, patienceOf, recorded, SCHEMAS } from './recorded.ts';
export { textfileFor } from './textfile.ts';
export { type ThreadOptions, Threads } from './threads.ts';
