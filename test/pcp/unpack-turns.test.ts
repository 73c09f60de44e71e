// Compressed archives read by several readers: in turn, in parallel, left early. None waits for what another has not read.

import { execFileSync } from 'node:child_process';
import { copyFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { NS } from '../../src/kernel/index.ts';
import { Ring } from '../../src/pcp/files/ring.ts';
import { ArchiveWriter, dumpSum, NO_INDOM, pmid, probeArchive, UNITS } from '../../src/pcp/index.ts';
import { cases } from '../support/effort.ts';
import { kindsHere, packFile } from '../support/packing.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const START = 1_772_409_600n * NS;
const RECORDS = 220;
const MEMBERS = ['meta', 'index', '0'];

/** More than lies between two threads, and hardly compressible. */
function write(base: string): void {
  const writer = new ArchiveWriter(base, { version: 3, host: 'n1', startNs: START });
  const id = pmid(60, 0, 1);
  writer.metric({
    ...{ name: 'a.text', pmid: id, type: 'string', indom: NO_INDOM, semantics: 'discrete', units: UNITS.none },
  });
  let seed = 7;
  for (let i = 0; i < RECORDS; i++) {
    const text = Array.from({ length: 1000 }, () => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return seed.toString(36);
    });
    const ns = START + BigInt(i) * NS;
    writer.record(ns, [{ pmid: id, type: 'string', ids: [-1], values: [text.join('')] }]);
  }
  writer.close();
}

interface Said {
  readonly afterOthersWereLeft: number;
  readonly problems: readonly string[];
  readonly inTurn: readonly number[];
  readonly besideOneHeld: readonly number[];
  readonly held: number;
}

/** In a thread of its own, which can be ended while it waits. */
async function readInTurns(bases: readonly string[], packagedOnly: boolean): Promise<Said | string> {
  const file = fileURLToPath(new URL('./turns-worker.mjs', import.meta.url));
  const worker = new Worker(file, { workerData: { bases, packagedOnly } });
  let timer: NodeJS.Timeout | undefined;
  const answer = await new Promise<Said | string>((resolve, reject) => {
    worker.on('message', resolve).on('error', reject);
    timer = setTimeout(() => resolve('still waiting after three minutes'), 180_000);
  });
  clearTimeout(timer);
  await worker.terminate();
  return answer;
}

const plain = ['a', 'b'].map((name) => {
  write(join(dir, name));
  return name;
});

describe.each(kindsHere())('archives compressed to $suffix', (kind) => {
  const bases = plain.map((name) => {
    const base = join(dir, `${name}${kind.suffix.replace('.', '-')}`);
    for (const member of MEMBERS) packFile(kind, join(dir, `${name}.${member}`), `${base}.${member}${kind.suffix}`);
    return base;
  });

  // The short form tries the packaged decoders alone, of which several share a thread.
  it.each([true, false].slice(0, cases(1, 2)))(
    'are read in turn, in parallel and after others were left (packaged: %s)',
    async (packagedOnly) => {
      const threads = cases(1, 2);
      const said = await Promise.all(Array.from({ length: threads }, () => readInTurns(bases, packagedOnly)));
      const right: Said = {
        afterOthersWereLeft: RECORDS,
        problems: [],
        inTurn: [RECORDS, RECORDS, RECORDS],
        besideOneHeld: [RECORDS, RECORDS],
        held: RECORDS,
      };
      expect(said).toEqual(Array(threads).fill(right));
    },
    300_000,
  );
});

describe('bytes that do not come', () => {
  it('are waited for no longer than allowed', () => {
    const fail = (): Error => new Error('nobody wrote that');
    expect(new Ring().read(new Uint8Array(8), 0, 8, fail, 20)).toBe(-1);
  });

  it('are not waited for where the file is a pipe', () => {
    const base = join(dir, 'pipe');
    for (const member of ['meta', 'index']) copyFileSync(join(dir, `a.${member}`), `${base}.${member}`);
    execFileSync('mkfifo', [`${base}.0`]);
    expect(() => dumpSum(base)).toThrow(expect.objectContaining({ code: 'E_IO' }));
    expect(() => probeArchive(base, ['.meta', '.index', '.0'])).toThrow(expect.objectContaining({ code: 'E_IO' }));
    renameSync(`${base}.0`, `${base}.0.xz`);
    expect(() => dumpSum(base)).toThrow(expect.objectContaining({ code: 'E_IO' }));
  });
});
