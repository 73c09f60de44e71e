// A worker that dies as often as the file named by the first archive says, or waits for what never comes.

import { readFileSync, writeFileSync } from 'node:fs';

export default function work({ archives, windows }) {
  const [path] = archives;
  if (path.startsWith('/')) {
    const lives = Number(readFileSync(path, 'utf8'));
    if (lives > 0) {
      writeFileSync(path, String(lives - 1));
      process.exit(1);
    }
  }
  if (path === 'stuck') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  if (path === 'refuse') return { failure: { code: 'E_ARCHIVE_LIMIT', message: 'no', file: 'x' } };
  const coverage = { records: 0, firstNs: null, lastNs: null, intervalNs: 0n, gaps: 0, gapNs: 0n };
  const results = { parts: [], bytes: new Uint8Array(0) };
  const answer = { coverage, archives: 1, bytes: 1, leads: {}, leadsOpen: false, results, problems: [] };
  return { bytes: 1, windows: windows.map(() => answer) };
}
