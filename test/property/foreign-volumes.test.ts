// Volumes of another archive under one base: sound frames whose values are not of the types that the metadata give. Both engines take
// them alike, and no value of another record stands in for one that cannot be converted.

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { decodeNode, decodeNodeByRows, Wasm } from '../../src/pcp/index.ts';
import { cases } from '../support/effort.ts';
import { writeRandomArchive } from '../support/random-archive.ts';
import { randomSpecs } from '../support/random-specs.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const CASES = cases(12, 52);

it(`${CASES} archives with two volumes of another: the engines agree`, () => {
  const wasm = new Wasm();
  for (let n = 0; n < CASES; n++) {
    const base = join(dir, `a${n}`);
    const version = n % 2 === 0 ? 2 : 3;
    writeRandomArchive({ base, seed: `o${n}`, version, records: 120, volumes: 3 });
    const { metrics } = writeRandomArchive({ base, seed: `v${n}`, version, records: 60 });
    const specs = randomSpecs(metrics, `s${n}`, 6);
    const window = { startNs: 0n, endNs: 2n ** 62n, walltime: 100, archives: [0], declare: () => specs };
    const task = { archives: [base], wanted: metrics.map((m) => m.name), windows: [window] };
    const [a, b] = [decodeNode, decodeNodeByRows].map((decode) => decode(wasm, task).windows[0]!.consumers);
    expect({ n, consumers: a }).toEqual({ n, consumers: b });
  }
});
