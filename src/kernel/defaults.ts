// Owns values that hold where neither the configuration nor the command line says anything, and that several rooms ask for.

/** Seconds to wait for a server: a restart of one takes a minute or two; a night's run must not fail for it. */
export const PATIENCE_SECONDS = 300;

/** Problems that the account of a run keeps; all are logged. */
export const MAX_PROBLEMS = 100;
