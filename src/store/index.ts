// Owns the public surface of store/: re-exports only.

export { Mongo, mongoPlace } from './mongo.ts';
export { MEMORY, type Row, type Schema, type Statement, Store, type Value } from './store.ts';
export {
  type Changes,
  type Queryable,
  type SqlParameter,
  type SqlRow,
  type SqlScalar,
  Warehouse,
  type WarehouseOptions,
} from './warehouse.ts';
