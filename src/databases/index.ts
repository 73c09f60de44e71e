// Owns the public surface of databases/: re-exports only.

export { Mongo, mongoPlace } from './mongodb.ts';
export { type Queryable, type SqlParameter, type SqlRow, type SqlScalar, Warehouse } from './mysql.ts';
export { MEMORY, type Row, type Schema, type Statement, Store, type Value } from './sqlite.ts';
