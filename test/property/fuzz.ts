// Owns `npm run fuzz -- --minutes N [--seed TEXT]`: damaged archives without end; findings are kept in test/corpus.

import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seeded } from '../../fixtures/generate/random.ts';
import { peakMemory } from '../../src/pcp/index.ts';
import {
  judge,
  type Pristine,
  place,
  pristineArchive,
  strike,
  strikeStructure,
  strikeWord,
} from '../support/damage.ts';
import { judgePacked, kindsHere, placePacked } from '../support/packing.ts';
import { writeRandomArchive } from '../support/random-archive.ts';

const { values: o } = parseArgs({
  options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string', default: String(Date.now()) } },
});
const HERE = fileURLToPath(new URL('.', import.meta.url));
/** Findings from archives that are ours to ship; those from others' stay outside the project. */
const CORPUS = join(HERE, '..', 'corpus');
const ELSEWHERE = join(tmpdir(), 'jobsum-fuzz-found');
/** Larger archives only slow the search down. */
const MAX_BYTES = 400_000;
/** Blind, at words, and at the structure: that most. */
const KINDS = [strike, strikeWord, strikeStructure, strikeStructure];
/** Nothing may take longer, in ms: a hang. */
const MAX_MS = 30_000;
/**
 * Of the whole process: what the decoder may take, with the slow decoder, the search, and what unpackers have let go of and is not
 * collected yet: a window of zstd alone may be 128 MiB.
 */
const MAX_RSS = 768 * 2 ** 20;
/** A share of the cases is compressed, by the programs there are, before or after the blows; that starts programs. */
const PACKED = 0.2;
const PACKERS = kindsHere();
/** A share of the cases is copied too: that writes files. */
const COPIED = 0.1;

/** Plain archives below a directory that are small enough. */
function* archivesBelow(root: string): Generator<Pristine> {
  if (!existsSync(root)) return;
  for (const f of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (!f.endsWith('.meta')) continue;
    const base = join(root, f.slice(0, -'.meta'.length));
    if (!existsSync(`${base}.0`) || statSync(`${base}.0`).size + statSync(`${base}.meta`).size > MAX_BYTES) continue;
    yield pristineArchive(base);
  }
}

const dir = mkdtempSync(join(tmpdir(), 'jobsum-fuzz-'));
const random = seeded(o.seed);
const real = [
  ...archivesBelow(join(HERE, '../../fixtures/cluster/archives/2026/11')),
  ...archivesBelow(join(HERE, '../../../shared/archives')),
];
const end = Date.now() + Number(o.minutes) * 60_000;
const endings = new Map<string, number>();
const packs = new Map<string, number>();
let cases = 0;
let findings = 0;
let slowest = 0;
for (let round = 0; Date.now() < end; round++) {
  const version = random() < 0.5 ? 2 : 3;
  const options = {
    seed: `${o.seed} ${round}`,
    version,
    records: 5 + Math.floor(random() * 60),
    volumes: 1 + (round % 3),
  } as const;
  for (const f of readdirSync(dir)) rmSync(join(dir, f));
  const generated = writeRandomArchive({ base: join(dir, 'generated'), ...options, tidy: random() < 0.5 });
  const victims = [pristineArchive(generated.base), real[Math.floor(random() * real.length)]!];
  for (const victim of victims) {
    for (let k = 0; k < 30 && Date.now() < end; k++) {
      // Three files together: up to three blows, blind or at the structure.
      const count = 1 + Math.floor(random() * 3);
      const blows = Array.from({ length: count }, () => KINDS[Math.floor(random() * KINDS.length)]!(victim, random));
      const target = join(dir, 'victim');
      const metrics = generated.metrics.map((m) => m.name);
      const packer = random() < PACKED ? PACKERS[Math.floor(random() * PACKERS.length)] : undefined;
      const packed = packer && placePacked(victim, random() < 0.5 ? blows : [], target, packer, random);
      if (packed) packs.set(packed.kind, (packs.get(packed.kind) ?? 0) + 1);
      else place(victim, blows, target);
      const began = performance.now();
      const verdict = packed ? judgePacked(target, packed, metrics) : judge(target, metrics, random() < COPIED);
      const took = performance.now() - began;
      slowest = Math.max(slowest, took);
      const wrong = [...verdict.wrong];
      if (took > MAX_MS) wrong.push(`took ${Math.round(took)} ms`);
      const { rss } = process.memoryUsage();
      if (rss > MAX_RSS) wrong.push(`the process has ${rss} bytes of memory`);
      cases++;
      endings.set(verdict.ending, (endings.get(verdict.ending) ?? 0) + 1);
      if (wrong.length === 0) continue;
      findings++;
      const name = `found-${o.seed}-${cases}`;
      const keep = victim.base.includes('/shared/') ? ELSEWHERE : CORPUS;
      mkdirSync(keep, { recursive: true });
      for (const f of readdirSync(dir)) {
        if (f.startsWith('victim.')) copyFileSync(join(dir, f), join(keep, name + f.slice('victim'.length)));
      }
      console.error(`${name}: ${packed?.text ?? ''} ${JSON.stringify(blows)}\n  ${wrong.join('\n  ')}`);
    }
  }
}
rmSync(dir, { recursive: true, force: true });
const peak = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(
  JSON.stringify({
    seed: o.seed,
    minutes: Number(o.minutes),
    cases,
    findings,
    slowestMs: Math.round(slowest),
    peakMiB: peak,
    decoderMiB: Math.round(peakMemory() / 2 ** 20),
    packed: Object.fromEntries(packs),
    endings: Object.fromEntries(endings),
  }),
);
process.exitCode = findings > 0 ? 1 : 0;
