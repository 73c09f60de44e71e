// Runs into an embedded store and a file, killed with -9 at any instant: what the ledger calls done is stored in every output, a file is
// whole or not there, and a last run makes all as undisturbed and leaves no pieces. With those of crash.test.ts 200 in the long form.
// JOBSUM_KILLS=N: so many.

import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { seeded } from '../../fixtures/generate/random.ts';
import { SCHEMAS } from '../../src/catalog/embedded-store.ts';
import { Store } from '../../src/databases/index.ts';

import { CLUSTER, documentsOf, jobsum, settled } from '../support/cli.ts';
import { cases } from '../support/effort.ts';
import { tempDir } from '../support/temp.ts';

const KILLS = cases(3, 188, 'JOBSUM_KILLS');
const JOBS = 9;
/** Kills in one place before a run is let come to its end there. */
const IN_ONE_PLACE = 6;
const OUTPUTS = [['sqlite:a.db'], ['sqlite:a.db', 'ndjson:docs.ndjson']];
const dir = tempDir();

/** A directory of its own, into which runs write. */
class Place {
  readonly cwd = mkdtempSync(join(dir, 'p'));
  readonly #outputs: readonly string[];

  constructor(outputs: readonly string[]) {
    this.#outputs = outputs;
  }

  /** Killed after so many milliseconds. */
  run(delay = Number.POSITIVE_INFINITY) {
    const words = this.#outputs.flatMap((output) => ['--output', output]);
    return jobsum(['summarize', ...CLUSTER, '--workers', '1', ...words], {
      cwd: this.cwd,
      started: (child) => {
        if (Number.isFinite(delay)) void pause(delay).then(() => child.kill('SIGKILL'));
      },
    });
  }

  /** Documents by output, and the ids that the ledger has. */
  found() {
    const file = join(this.cwd, 'docs.ndjson');
    const written = existsSync(file) ? documentsOf(readFileSync(file, 'utf8')) : new Map<string, unknown>();
    if (!existsSync(join(this.cwd, 'a.db'))) return { stored: new Map<string, unknown>(), written, done: [] };
    const store = new Store(join(this.cwd, 'a.db'), SCHEMAS);
    expect(store.prepare('PRAGMA integrity_check').get()).toMatchObject({ integrity_check: 'ok' });
    const rows = store.prepare('SELECT id, document FROM summary').all();
    const stored = new Map(rows.map((row) => [String(row.id), settled(JSON.parse(String(row.document)))]));
    const done = store.prepare('SELECT id FROM ledger').all();
    store.close();
    return { stored, written, done: done.map((row) => String(row.id)) };
  }

  /** After a run that nothing killed. */
  expectWhole(whole: ReadonlyMap<string, unknown>): void {
    const { stored, written, done } = this.found();
    expect(done).toHaveLength(JOBS);
    for (const documents of this.#outputs.length > 1 ? [stored, written] : [stored])
      expect([...documents.keys()].sort()).toEqual([...whole.keys()].sort());
    expect(stored).toEqual(whole);
    const files = readdirSync(this.cwd).filter((name) => !name.startsWith('a.db'));
    expect(files).toEqual(this.#outputs.length > 1 ? ['docs.ndjson'] : []);
  }
}

it(`${KILLS} kills`, { timeout: 60_000 + KILLS * 15_000 }, async () => {
  const random = seeded('kills');
  const undisturbed = new Place(OUTPUTS[1]!);
  const began = Date.now();
  await undisturbed.run();
  let usual = Date.now() - began;
  const whole = undisturbed.found().stored;
  expect(whole.size).toBe(JOBS);
  let killed = 0;
  for (let places = 0; killed < KILLS; places++) {
    const outputs = OUTPUTS[places % 2]!;
    const place = new Place(outputs);
    for (let i = 0; i < IN_ONE_PLACE && killed < KILLS; i++) {
      const ran = await place.run(usual * (0.4 + 0.6 * random()));
      if (ran.signal === 'SIGKILL') killed++;
      // The machine was busier when the undisturbed run was timed.
      else usual *= 0.95;
      const { stored, written, done } = place.found();
      for (const id of done) expect([stored.has(id), written.has(id)]).toEqual([true, outputs.length > 1]);
      if (outputs.length > 1) expect([0, JOBS]).toContain(written.size);
      if (done.length === JOBS) break;
    }
    await place.run();
    place.expectWhole(whole);
  }
});
