// Waiting for a service: how long, for which errors, and who is notified.

import { describe, expect, it } from 'vitest';
import { JobsumError, patiently } from '../../src/kernel/index.ts';

const away = new JobsumError('E_SERVICE', 'away');

describe('patience', () => {
  it('repeats until it works, and says so before each wait', async () => {
    let tries = 0;
    const waits: number[] = [];
    const onWait = (_: JobsumError, seconds: number): void => void waits.push(seconds);
    const answer = await patiently({ seconds: 60, onWait }, async () => {
      if (++tries < 3) throw away;
      return tries;
    });
    expect(answer).toBe(3);
    expect(waits).toHaveLength(2);
    expect(waits[1]).toBeGreaterThan(waits[0]!);
  });

  it('ends, with the last error, when it is used up or there is none', async () => {
    let tries = 0;
    const failing = async (): Promise<never> => {
      tries++;
      throw away;
    };
    await expect(patiently({ seconds: 0 }, failing)).rejects.toBe(away);
    expect(tries).toBe(1);
    await expect(patiently({ seconds: 0.3 }, failing)).rejects.toBe(away);
    expect(tries).toBeGreaterThan(2);
  });

  it.each(['E_LOCKED', 'E_LEASE_LOST', 'E_DENIED', 'E_STORE'] as const)('is not for %s', async (code) => {
    let tries = 0;
    const failing = async (): Promise<never> => {
      tries++;
      throw new JobsumError(code, 'x');
    };
    await expect(patiently({ seconds: 60 }, failing)).rejects.toMatchObject({ code });
    expect(tries).toBe(1);
  });

  it('ends at once when the run is to stop', async () => {
    const stop = new AbortController();
    const onWait = (): void => void setTimeout(() => stop.abort(), 10);
    const waiting = patiently({ seconds: 3600, signal: stop.signal, onWait }, async () => Promise.reject(away));
    await expect(waiting).rejects.toBe(away);
  });
});
