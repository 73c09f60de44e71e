// Owns a thread of bench/workers.ts: decodes and reduces the node-day as often as it is told, and says when it is done.

import { parentPort, workerData } from 'node:worker_threads';
import { decodeNode, Wasm } from '../dist/pcp/index.js';

const { base, names } = workerData;
const wasm = new Wasm();
const consumers = names.map((name) => ({
  metrics: [name],
  mode: 'all',
  empty: 'skip',
  reducers: [{ kind: 'ROLL', lane: { fold: 'each', rows: [{ metric: 0 }] } }],
}));
const ever = { startNs: 0n, endNs: 2n ** 62n, walltime: 86_400, archives: [0], declare: () => consumers };

parentPort.on('message', (days) => {
  for (let day = 0; day < days; day++) decodeNode(wasm, { archives: [base], wanted: names, windows: [ever] });
  parentPort.postMessage(days);
});
