// Owns trying a MongoDB server: is it there, does it let us in.

import type { MongoSettings } from '../config/index.ts';
import { Mongo } from '../databases/index.ts';
import { JobsumError } from '../kernel/index.ts';

const SELECTION_MS = 5000;

/** As `connectionStatus` tells them. */
export interface Privilege {
  readonly resource: { readonly db?: string; readonly collection?: string; readonly anyResource?: boolean };
  readonly actions: readonly string[];
}

/** What replacing documents of any collection takes. */
const NEEDED = ['find', 'insert', 'update'];

/** Actions that an account may not do on every collection of the database. */
export function lacking(privileges: readonly Privilege[], database: string): string[] {
  const holds = privileges.filter(
    ({ resource: { db, collection, anyResource } }) =>
      anyResource || (collection === '' && (db === database || db === '')),
  );
  return NEEDED.filter((action) => !holds.some((p) => p.actions.includes(action) || p.actions.includes('anyAction')));
}

/** Null: a server without accounts, or one that does not tell. */
async function privilegesOf(mongo: Mongo): Promise<readonly Privilege[] | null> {
  try {
    const { authInfo } = await mongo.db.command({ connectionStatus: 1, showPrivileges: true });
    return authInfo?.authenticatedUsers?.length > 0 ? authInfo.authenticatedUserPrivileges : null;
  } catch {
    return null;
  }
}

/** Version of the server. @throws JobsumError E_SERVICE, E_DENIED, E_MONGODB_VERSION, E_CONFIG */
export async function pingMongo(account: MongoSettings): Promise<string> {
  const mongo = await Mongo.connect(account, SELECTION_MS);
  try {
    const version = await mongo.coded('listCollections', async () => {
      const info = await mongo.db.command({ buildInfo: 1 });
      await mongo.db.listCollections({}, { nameOnly: true }).hasNext();
      return String(info.version ?? 'unknown');
    });
    const privileges = await privilegesOf(mongo);
    const missing = privileges ? lacking(privileges, account.database) : [];
    if (missing.length > 0)
      throw new JobsumError('E_DENIED', 'the account may not replace documents', {
        file: mongo.place,
        expected: 'the role readWrite',
        found: `no right to ${missing.join(', ')}`,
      });
    return version;
  } finally {
    await mongo.close();
  }
}
