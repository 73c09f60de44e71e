// Owns leases in the warehouse: they hold for all hosts, by the clock of the server.

import type { Mysql, Queryable } from '../databases/index.ts';
import { isDead, LEASE_SECONDS, type Lease, type Leases, leaseOf, locked, lost, thisHolder } from './lease.ts';

interface LeaseRow extends Record<string, unknown> {
  readonly token: number;
  readonly host: string;
  readonly pid: number;
  readonly mark: string;
  /** Seconds. */
  readonly left: number;
}

const NOW = 'UNIX_TIMESTAMP(NOW(3))';

/** The row of a lease, kept from others until the transaction ends. */
async function held(q: Queryable, name: string): Promise<LeaseRow | undefined> {
  const sql = `SELECT token, host, pid, mark, expires - ${NOW} AS \`left\` FROM modw_supremm.jobsum_lease WHERE name = ? FOR UPDATE`;
  return (await q.rows<LeaseRow>(sql, [name]))[0];
}

/** Extends the lease if no other has taken it since; asked inside the transaction it is to guard. @throws JobsumError E_LEASE_LOST */
export async function guardedBy(q: Queryable, lease: Pick<Lease, 'name' | 'token'>, seconds: number): Promise<void> {
  if ((await held(q, lease.name))?.token !== lease.token) throw lost(lease.name);
  const sql = `UPDATE modw_supremm.jobsum_lease SET expires = GREATEST(expires, ${NOW} + ?) WHERE name = ?`;
  await q.run(sql, [seconds, lease.name]);
}

export class WarehouseLeases implements Leases {
  readonly #warehouse: Mysql;
  readonly #seconds: number;

  constructor(warehouse: Mysql, seconds = LEASE_SECONDS) {
    this.#warehouse = warehouse;
    this.#seconds = seconds;
  }

  async take(name: string): Promise<Lease> {
    const warehouse = this.#warehouse;
    const { host, pid, mark } = thisHolder();
    const sql = "INSERT IGNORE INTO modw_supremm.jobsum_lease VALUES (?, 0, '', 0, '', 0)";
    await warehouse.run(sql, [name]);
    const token = await warehouse.transaction(async (q) => {
      const row = (await held(q, name))!;
      if (row.left > 0 && !isDead(row)) throw locked(name, row, row.left);
      const take = `UPDATE modw_supremm.jobsum_lease SET token = ?, host = ?, pid = ?, mark = ?, expires = ${NOW} + ? WHERE name = ?`;
      await q.run(take, [row.token + 1, host, pid, mark, this.#seconds, name]);
      return row.token + 1;
    });
    const seconds = this.#seconds;
    const release = async (): Promise<void> => {
      const end = 'UPDATE modw_supremm.jobsum_lease SET expires = 0 WHERE name = ? AND token = ?';
      await warehouse.run(end, [name, token]);
    };
    const extend = () => warehouse.transaction((q) => guardedBy(q, { name, token }, seconds));
    return leaseOf({ name, token, seconds, release }, extend);
  }
}
