// Owns the oracle's notion of damage: a coded error with its place, thrown inside, data outside.

import { type ErrorCode, JobsumError } from '../../src/kernel/index.ts';

/** What libpcp calls it; the canonical dump's end status. */
export type PmName =
  | 'PM_ERR_LOGREC'
  | 'PM_ERR_LABEL'
  | 'PM_ERR_NODATA'
  | 'PM_ERR_LOGFILE'
  | 'PM_ERR_FEATURE'
  | 'PM_ERR_RECTYPE';

export class Damage extends JobsumError {
  readonly pm: PmName;

  constructor(
    code: ErrorCode,
    pm: PmName,
    message: string,
    where: { file?: string; volume?: number; offset?: number; record?: string; expected?: string; found?: string },
  ) {
    super(code, message, where);
    this.name = 'Damage';
    this.pm = pm;
  }
}

/** The end of reading: clean, or the damage that stopped it. */
export type EndStatus = { readonly kind: 'eof' } | { readonly kind: 'damage'; readonly damage: Damage };
