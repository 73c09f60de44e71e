// Owns whether programs that tests run or compare with are installed. Absent: tests are skipped and say so, except under CI.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The PATH alone counts: whoever hides programs there sees what a machine without them does. */
export function onPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Whether all programs are on the PATH; if one is not, prints what is skipped. */
export function havePrograms(what: string, ...programs: readonly string[]): boolean {
  const missing = programs.filter((program) => !onPath(program));
  if (missing.length === 0) return true;
  return absent(what, `no ${missing.join(', no ')} on the PATH`);
}

/** False, and a line that says what is skipped and why; an error under CI, where everything must run. */
export function absent(what: string, reason: string): false {
  if (process.env.CI === 'true') throw new Error(`${reason}, but under CI everything must run: ${what}`);
  console.log(`skipped, ${reason}: ${what}`);
  return false;
}
