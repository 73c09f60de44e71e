// Owns what commands that run for long or unattended have in common on the command line: options of log, textfile and patience.

import { PATIENCE_SECONDS } from '../kernel/index.ts';
import type { Attendance, Begun, Frame, LogForm, RunEnd } from '../operate/index.ts';
import { inFrame } from '../operate/index.ts';
import { durationOf, durationOption } from './duration.ts';

import { goOnWithoutReader } from './stdout.ts';
import { version } from './version.ts';

export const textfileOption = {
  type: 'string',
  requiresArg: true,
  describe: "Figures of the run for node_exporter's textfile collector: a file ending .prom",
} as const;

/** What every such command has on its log. */
export const logOptions = {
  quiet: {
    type: 'boolean',
    default: false,
    alias: 'q',
    describe: 'For cron: say only what is new and worth a look',
  },
  verbose: { type: 'boolean', default: false, describe: 'Say what becomes of each job, too' },
  log: {
    choices: ['json', 'text'] as const,
    describe: 'Form of the log (default: text on a terminal and with --quiet, else json)',
  },
} as const;

export interface LogOptions {
  quiet: boolean;
  verbose: boolean;
  log?: LogForm;
}

export const patienceOption = durationOption(
  `How long to wait for a database that is unavailable before giving up (default: as configured, or ${PATIENCE_SECONDS}s)`,
);

/** Seconds. @throws JobsumError E_USAGE */
export const patienceGiven = (given: string | undefined): number | undefined => durationOf('patience', given);

/** Runs the body in the frame of such commands; standard output closed early does not stop it. */
export function attend<S extends RunEnd>(
  attendance: Omit<Attendance<S>, 'version'>,
  body: (frame: Frame, begun: Begun<S>) => Promise<S>,
): Promise<S> {
  goOnWithoutReader();
  return inFrame({ ...attendance, version: version() }, body);
}
