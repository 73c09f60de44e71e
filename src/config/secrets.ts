// Owns where secrets come from: the environment, systemd's credential directory, files, and last the configuration itself.
// Never the command line, which every user of the host can read.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hideSecret, JobsumError } from '../kernel/index.ts';

const MAX_BYTES = 65_536;

function readSecret(path: string): string {
  try {
    // Editors end the file with a line end, which is no part of the secret.
    return readFileSync(path, 'utf8')
      .slice(0, MAX_BYTES)
      .replace(/\r?\n$/, '');
  } catch (cause) {
    const found = (cause as Error).message;
    throw new JobsumError('E_CONFIG', 'cannot read the file of a secret', { file: path, found }, { cause });
  }
}

/**
 * The first there is of `$JOBSUM_<NAME>`, the file `$JOBSUM_<NAME>_FILE`, the credential `jobsum-<name>` (systemd's LoadCredential=),
 * `file`, and `given`.
 * What is found is masked from now on wherever it would be printed.
 * @throws JobsumError E_CONFIG: a file that was named cannot be read
 */
export function secret(name: string, file?: string, given?: string): string | undefined {
  const value = findSecret(name, file, given);
  if (value !== undefined) hideSecret(value);
  return value;
}

function findSecret(name: string, file: string | undefined, given: string | undefined): string | undefined {
  const variable = `JOBSUM_${name.toUpperCase().replaceAll('-', '_')}`;
  const { env } = process;
  if (env[variable] !== undefined) return env[variable];
  const named = env[`${variable}_FILE`];
  if (named !== undefined) return readSecret(named);
  if (env.CREDENTIALS_DIRECTORY !== undefined) {
    try {
      return readFileSync(join(env.CREDENTIALS_DIRECTORY, `jobsum-${name}`), 'utf8').replace(/\r?\n$/, '');
    } catch {
      // Not every credential is given this way.
    }
  }
  return file !== undefined ? readSecret(file) : given;
}

/** A connection string without its password. */
export function maskUri(uri: string): string {
  return uri
    .replace(/^([a-z0-9+.-]+:\/\/[^:@/]*):.*@/i, '$1:***@')
    .replace(/([?&][^=]*(?:password|secret|token)[^=]*=)[^&]*/gi, '$1***');
}
