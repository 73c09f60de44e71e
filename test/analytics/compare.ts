// Owns the judge of comparisons: ../shared/tools/compare_summary.py, run once for many pairs of documents.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Comparison, type Deviation, toJson } from '../../src/document/index.ts';
import { shared } from '../oracle/shared.ts';

/** Calls the tool as from the command line, for each list of arguments. */
const DRIVER = `
import contextlib, io, json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import compare_summary
out = []
for args in json.load(open(sys.argv[2])):
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        code = compare_summary.main(args)
    out.append({**json.loads(text.getvalue()), "code": code})
print(json.dumps(out))
`;

export interface Pairing {
  readonly name: string;
  readonly document: unknown;
  readonly deviations: readonly Deviation[];
  readonly options?: readonly string[];
}

export type Verdict = Comparison & { readonly code: number };

/** The tool's verdicts on golden cases and our documents. */
export function judge(pairs: readonly Pairing[]): Verdict[] {
  const dir = mkdtempSync(join(tmpdir(), 'jobsum-compare-'));
  try {
    const calls = pairs.map(({ name, document, deviations, options = [] }, i) => {
      const ours = join(dir, `${i}.json`);
      const list = join(dir, `${i}.deviations.json`);
      writeFileSync(ours, toJson(document));
      writeFileSync(list, JSON.stringify(deviations));
      return ['--json', ...options, '--deviations', list, shared('golden', 'jobs', `${name}.json`), ours];
    });
    writeFileSync(join(dir, 'calls.json'), JSON.stringify(calls));
    const text = execFileSync('python3', ['-c', DRIVER, shared('tools'), join(dir, 'calls.json')], {
      encoding: 'utf8',
      maxBuffer: 256 << 20,
    });
    return JSON.parse(text) as Verdict[];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
