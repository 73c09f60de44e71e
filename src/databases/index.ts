// Owns the public surface of databases/: re-exports only.

export { Mongo, mongoPlace } from './mongodb.ts';
export { Mysql, type Queryable, type SqlParameter, type SqlRow, type SqlScalar } from './mysql.ts';
export { MEMORY, type Row, type Schema, type Statement, Store, type Value } from './sqlite.ts';
export { has, makeDatabase, type Tables, tableOf, tablesIn, tryReading, tryWriting } from './tables.ts';
