// Owns trying a MongoDB server: is it there, does it let us in.

import { JobsumError, redact } from '../kernel/index.ts';

const PATIENCE_MS = 5000;
/** Not authorised, authentication failed. */
const DENIED = new Set([13, 18]);

/** Version of the server. @throws JobsumError E_SERVICE, E_DENIED, E_CONFIG */
export async function pingMongo(uri: string, database: string): Promise<string> {
  const { MongoClient } = await import('mongodb');
  const options = { serverSelectionTimeoutMS: PATIENCE_MS, connectTimeoutMS: PATIENCE_MS };
  let client: InstanceType<typeof MongoClient>;
  try {
    client = new MongoClient(uri, options);
  } catch (cause) {
    throw new JobsumError(
      'E_CONFIG',
      'bad MongoDB connection string',
      { found: redact((cause as Error).message) },
      { cause },
    );
  }
  try {
    const info = await client.db(database).command({ buildInfo: 1 });
    await client.db(database).listCollections({}, { nameOnly: true }).hasNext();
    return String(info.version ?? 'unknown');
  } catch (cause) {
    const { code, message } = cause as Error & { code?: number };
    const found = redact(message);
    if (DENIED.has(code ?? 0)) throw new JobsumError('E_DENIED', 'MongoDB refuses access', { found }, { cause });
    throw new JobsumError('E_SERVICE', 'MongoDB is not available', { found }, { cause });
  } finally {
    await client.close();
  }
}
