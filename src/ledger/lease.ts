// Owns what a lease is: the right to write a ledger, for a time, by one process. Who lost it is refused by its token.

import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { JobsumError, processStart } from '../kernel/index.ts';

export interface Lease {
  readonly name: string;
  /** Grows each time the lease changes hands; a ledger refuses writes under an older one. */
  readonly token: number;
  /** How long it lasts without a sign of life. */
  readonly seconds: number;
  /** Extends it. @throws JobsumError E_LEASE_LOST */
  renew(): Promise<void>;
  /** Extends it if it was not lately: to be asked before a write that no lease guards. @throws JobsumError E_LEASE_LOST */
  ensure(): Promise<void>;
  /** Gives it back; nothing happens if it was lost. */
  release(): Promise<void>;
}

export interface Leases {
  /** @throws JobsumError E_LOCKED while another living holder has it */
  take(name: string): Promise<Lease>;
}

/**
 * Seconds a lease lasts without a sign of life. Long, as a holder may be busy (a scan of a large tree) and a dead one on the
 * same host is found out at once; one on another host keeps others waiting this long.
 */
export const LEASE_SECONDS = 300;

export interface Holder {
  readonly host: string;
  readonly pid: number;
  /** Boot of the machine, name space of process numbers and start of the process: tells a number used again. */
  readonly mark: string;
}

function place(): string | null {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return null;
  }
}

export function thisHolder(): Holder {
  return { host: hostname(), pid: process.pid, mark: `${place() ?? ''} ${processStart(process.pid) ?? ''}` };
}

/** Whether the holder is known to be dead: only of processes of this machine, and only where /proc can tell. */
export function isDead(holder: Holder): boolean {
  const here = place();
  if (here === null || !holder.mark.startsWith(`${here} `)) return false;
  return holder.mark !== `${here} ${processStart(holder.pid) ?? ''}`;
}

/** `left`: seconds until it expires. */
export function locked(name: string, holder: Holder, left: number, file?: string): JobsumError {
  return new JobsumError('E_LOCKED', `another run holds the lease "${name}"`, {
    ...(file !== undefined ? { file } : {}),
    found: `process ${holder.pid} on ${holder.host}; if that one is dead, the lease ends in ${Math.ceil(left)} s`,
  });
}

export function lost(name: string): JobsumError {
  return new JobsumError(
    'E_LEASE_LOST',
    `another run has taken over the lease "${name}"; nothing of this one was recorded since`,
  );
}

/** The lease as its holder sees it, from what extends and ends it in a database. */
export function leaseOf(
  held: Pick<Lease, 'name' | 'token' | 'seconds' | 'release'>,
  extend: () => Promise<void>,
): Lease {
  let extended = performance.now();
  const renew = async (): Promise<void> => {
    const asked = performance.now();
    await extend();
    extended = asked;
  };
  const ensure = async (): Promise<void> => {
    if (performance.now() - extended > (held.seconds * 1000) / 4) await renew();
  };
  return { ...held, renew, ensure };
}

/** Signs of life until the returned function is called. `onLost` is called once, when another has taken the lease. */
export function keepAlive(lease: Lease, onLost: (error: JobsumError) => void): () => void {
  let busy = false;
  const beat = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    try {
      await lease.renew();
    } catch (error) {
      // Anything else, a database that is unavailable, recovers or ends the run elsewhere.
      if (error instanceof JobsumError && error.code === 'E_LEASE_LOST') {
        clearInterval(timer);
        onLost(error);
      }
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void beat(), (lease.seconds * 1000) / 10);
  timer.unref();
  return () => clearInterval(timer);
}
