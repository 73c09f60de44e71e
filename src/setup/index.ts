// Owns the public surface of setup/: re-exports only.

export { type Placed, placeFiles, type TextFile } from './files.ts';
export { type MetricGroup, STANDARD, STATIC } from './metrics.ts';
export { type NodeFile, type NodeSettings, nodeFiles } from './nodes.ts';
export { applySetup, type Plan, planSetup } from './tables.ts';
export { type Trial, tryAll } from './trials.ts';
export { crontab, PLAIN_WORD, systemdUnits, type Unattended } from './unattended.ts';
