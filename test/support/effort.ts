// Owns how much the long tests try: little by default, so that `npm test` is short, and all with JOBSUM_TESTS=full, as in .ci/run.

const FULL = process.env.JOBSUM_TESTS === 'full';

/** How many cases: `few` by default, `all` in the full form. `variable`: of the environment, which says another number. */
export function cases(few: number, all: number, variable?: string): number {
  const asked = variable === undefined ? undefined : process.env[variable];
  if (asked !== undefined) return Number(asked);
  return FULL ? all : few;
}
