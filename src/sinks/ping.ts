// Owns trying a MongoDB server: is it there, does it let us in.

import type { MongoSettings } from '../config/index.ts';
import { Mongo } from '../store/index.ts';

const SELECTION_MS = 5000;

/** Version of the server. @throws JobsumError E_SERVICE, E_DENIED, E_MONGODB_VERSION, E_CONFIG */
export async function pingMongo(account: MongoSettings): Promise<string> {
  const mongo = await Mongo.connect(account, SELECTION_MS);
  try {
    return await mongo.coded('listCollections', async () => {
      const info = await mongo.db.command({ buildInfo: 1 });
      await mongo.db.listCollections({}, { nameOnly: true }).hasNext();
      return String(info.version ?? 'unknown');
    });
  } finally {
    await mongo.close();
  }
}
