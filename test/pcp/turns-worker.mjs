// Reads archives in ways that stop early or take turns in one thread, by the built package: a reader that never ends would hold the tests up.

import { parentPort, workerData } from 'node:worker_threads';
import { ArchiveReader, limits, Wasm } from '../../dist/pcp/index.js';

const { bases, packagedOnly } = workerData;
limits.packagedOnly = packagedOnly;
const wasm = new Wasm();
wasm.x.openSession(0);
const open = (base) => new ArchiveReader(wasm, base);
const count = (reader) => {
  let n = 0;
  while (reader.next()) n++;
  return n;
};
const said = {};

// Left after the label, after one record, and in the middle.
for (let i = 0; i < 6; i++) {
  const reader = open(bases[i % bases.length]);
  for (let k = 0; k < [0, 1, 130][i % 3]; k++) reader.next();
  reader.close();
}
const whole = open(bases[0]);
said.afterOthersWereLeft = count(whole);
said.problems = whole.problems.map((p) => p.code);
whole.close();

// Records in turn, the same archive twice among them.
const readers = [...bases, bases[0]].map(open);
const counts = readers.map(() => 0);
for (let more = true; more; ) {
  more = false;
  readers.forEach((reader, i) => {
    if (!reader.next()) return;
    counts[i]++;
    more = true;
  });
}
said.inTurn = counts;

// One held open while others are read from end to end.
const held = open(bases[1]);
held.next();
said.besideOneHeld = bases.map((base) => {
  const reader = open(base);
  const n = count(reader);
  reader.close();
  return n;
});
said.held = 1 + count(held);
for (const reader of [...readers, held]) reader.close();

parentPort.postMessage(said);
