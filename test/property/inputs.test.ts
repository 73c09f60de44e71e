// Whole runs over lists of jobs and archives that are damaged at random: no error without a code, no run that ends for one of its
// inputs, what is beside the damage is summarised, and memory stays bounded. LIST_CASES=N, ARCHIVE_CASES=N: so many.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Random, seeded } from '../../fixtures/generate/random.ts';
import { SCHEMAS } from '../../src/catalog/embedded-store.ts';
import { Store } from '../../src/databases/index.ts';
import { ERRORS, type Problem, toProblem } from '../../src/kernel/index.ts';
import { Logger, Progress } from '../../src/operate/index.ts';
import { summarize } from '../../src/run/index.ts';
import { settled } from '../support/cli.ts';
import { place, pristineArchive, strike, strikeStructure, strikeWord } from '../support/damage.ts';
import { cases } from '../support/effort.ts';
import { tempDir } from '../support/temp.ts';

const LISTS = cases(20, 300, 'LIST_CASES');
const ARCHIVES = cases(20, 200, 'ARCHIVE_CASES');
/** Archives of one run, each of a node with a job. */
const TOGETHER = 20;
/** More than a run may take beside what this process has: its workers are threads of it. */
const MAX_BYTES = 300 * 2 ** 20;

const dir = tempDir();
const victim = pristineArchive(
  fileURLToPath(new URL('../../fixtures/cluster/archives/2026/11/cpn-r01/2026-11-24/20261124.09.31', import.meta.url)),
);
const START = 1_795_512_700;
const END = START + 100;

interface Ended {
  readonly documents: ReadonlyMap<string, unknown>;
  /** What ended it. */
  readonly problem: Problem | null;
  /** Errors without a code, and what else is never right. */
  readonly wrong: readonly string[];
}

let runs = 0;

async function run(jobs: string, archives: string): Promise<Ended> {
  const list = join(dir, 'jobs');
  writeFileSync(list, jobs, 'latin1');
  const path = join(dir, `${runs++}.db`);
  const said: string[] = [];
  const stream = { write: (text: string) => said.push(text) };
  const log = new Logger({ stream, human: false, quiet: false });
  const progress = new Progress({ log, stream, tty: false, quiet: false });
  const io = { log, progress, stdout: new PassThrough() };
  const wrong: string[] = [];
  let problem: Problem | null = null;
  const before = process.memoryUsage.rss();
  try {
    await summarize({ jobs: list, archives, outputs: [`sqlite:${path}`], workers: 1 }, io);
  } catch (error) {
    problem = toProblem(error);
    if (!(problem.code in ERRORS) || problem.code === 'E_INTERNAL') wrong.push(String((error as Error).stack));
  }
  wrong.push(...said.filter((line) => line.includes('E_INTERNAL')));
  const bytes = process.memoryUsage.rss() - before;
  if (bytes > MAX_BYTES) wrong.push(`${bytes} bytes of memory`);
  const store = new Store(path, SCHEMAS);
  const rows = store.prepare('SELECT id, document FROM summary').all();
  store.close();
  return {
    documents: new Map(rows.map((row) => [String(row.id), settled(JSON.parse(String(row.document)))])),
    ...{ problem, wrong },
  };
}

/** What breaks programs that read lists. */
const POISON = [
  ...[
    '',
    '\0',
    '"',
    "'",
    '\\',
    '|',
    ',',
    '{',
    '}',
    '[',
    ']',
    ':',
    '\n',
    '\r',
    '\r\n',
    '\n\n',
    '\u00ff\u00fe',
    '\u00ef\u00bb\u00bf',
  ],
  ...['__proto__', 'constructor', 'toString', '$where', 'a.b', 'null', 'true', 'Unknown', 'None assigned', '(null)'],
  ...['-1', '0', '1e400', '-0', 'NaN', '99999999999999999999', '1.5', '2262-04-12T00:00:00', '0000-00-00T00:00:00'],
  ...[
    'n[1-999999999]',
    'n[001-003',
    'n[3-1]',
    'n[a-b]',
    `n${'[1-9]'.repeat(20)}`,
    'x'.repeat(100_000),
    '['.repeat(5000),
  ],
  ...['{"a":'.repeat(300), '\\ud800', '\u00ed\u00a0\u0080', '1_[0-9]', '1+0', '1.batch', '"\n"', '%s%n', '\x1b[2J'],
];

/** A piece of text with a blow to it. */
function struck(text: string, random: Random): string {
  const below = (n: number): number => Math.floor(random() * n);
  const at = below(text.length + 1);
  const length = 1 + below(12);
  const poison = POISON[below(POISON.length)]!;
  switch (below(6)) {
    case 0:
      return text.slice(0, at) + poison + text.slice(at);
    case 1:
      return text.slice(0, at) + poison + text.slice(at + length);
    case 2:
      return text.slice(0, at) + text.slice(at + length);
    case 3:
      return text.slice(0, at) + text.slice(at, at + length).repeat(1 + below(50)) + text.slice(at);
    case 4:
      return text.slice(0, at) + String.fromCharCode(below(256)) + text.slice(at + 1);
    default:
      return text.slice(0, at);
  }
}

const IDS = [101, 102, 103, 104, 105, 106];
const nodesOf = (id: number): string => `n[${id}-${id + 1}]`;
const time = (t: number): string => new Date(t * 1000).toISOString().slice(0, 19);

/** Lists of the same jobs: what precedes the records, a record, what is between and behind them. */
const FORMS: Readonly<Record<string, { head: string; record: (id: number) => string; between: string; tail: string }>> =
  {
    NDJSON: {
      ...{ head: '', between: '\n', tail: '\n' },
      record: (id) =>
        JSON.stringify({ job_id: `${id}`, start: START, end: END, nodes: [`n${id}`], acct: { user: 'ada' } }),
    },
    CSV: {
      ...{ head: 'job_id,start,end,host_list,user\n', between: '\n', tail: '\n' },
      record: (id) => `${id},${START},${END},"${nodesOf(id)}","a ""b"""`,
    },
    sacct: {
      ...{
        head: 'JobID|JobIDRaw|User|Submit|Start|End|State|NNodes|NCPUS|NodeList|JobName\n',
        between: '\n',
        tail: '\n',
      },
      record: (id) => `${id}|${id}|ada|${time(START)}|${time(START)}|${time(END)}|COMPLETED|2|4|${nodesOf(id)}|a name`,
    },
    'sacct --json': {
      ...{ head: '{"jobs":[', between: ',', tail: '],"meta":{},"errors":[]}' },
      record: (id) =>
        JSON.stringify({
          ...{ job_id: id, nodes: nodesOf(id), user: 'ada', allocation_nodes: 2, cluster: 'c', name: 'a "name"' },
          ...{ array: { job_id: 0, task_id: null }, het: { job_id: 0 }, state: { current: 'COMPLETED' }, steps: [] },
          ...{ exit_code: { return_code: 0 }, time: { start: START, end: END, submission: START, elapsed: 300 } },
          ...{ required: { CPUs: 4 }, tres: { allocated: [{ type: 'cpu', count: 4 }], requested: [] } },
        }),
    },
  };

const tree = join(dir, 'tree');
mkdirSync(join(tree, 'well'), { recursive: true });
place(victim, [], join(tree, 'well/a'));

describe.each(Object.entries(FORMS))('lists of jobs: %s', (name, { head, record, between, tail }) => {
  const idOf = (id: number): string => `${id}-${END}`;

  it('is read whole as it should be', async () => {
    const { documents, wrong } = await run(head + IDS.map(record).join(between) + tail, tree);
    expect(wrong).toEqual([]);
    expect([...documents.keys()]).toEqual(IDS.map(idOf));
  });

  it(`${Math.ceil(LISTS / 4)} damaged ones cost their damaged records`, { timeout: 600_000 }, async () => {
    const random = seeded(`list of ${name}`);
    const wrong: string[] = [];
    for (let i = 0; i < LISTS / 4; i++) {
      const hit = Math.floor(random() * IDS.length);
      const records = IDS.map((id, k) => (k === hit ? struck(record(id), random) : record(id)));
      const ended = await run(head + records.join(between) + tail, tree);
      const what = `${i}: ${records[hit]!.slice(0, 300)}`;
      wrong.push(...ended.wrong.map((w) => `${what}: ${w}`));
      // One JSON text has no end behind which it could be read on; what precedes the damage counts.
      const kept = name === 'sacct --json' ? IDS.slice(0, hit) : IDS.filter((_, k) => k !== hit);
      if (ended.problem && name !== 'sacct --json') wrong.push(`${what}: ${JSON.stringify(ended.problem)}`);
      const lost = kept.filter((id) => !ended.documents.has(idOf(id)));
      if (lost.length > 0) wrong.push(`${what}: lost ${lost}`);
    }
    expect(wrong).toEqual([]);
  });

  it('damaged anywhere, the run ends with a code or well', { timeout: 600_000 }, async () => {
    const random = seeded(`anywhere in ${name}`);
    const wrong: string[] = [];
    for (let i = 0; i < LISTS / 20; i++) {
      let text = head + IDS.map(record).join(between) + tail;
      for (let blows = 1 + Math.floor(random() * 4); blows > 0; blows--) text = struck(text, random);
      const ended = await run(text, tree);
      wrong.push(...ended.wrong.map((w) => `${i}: ${text.slice(0, 2000)}: ${w}`));
    }
    expect(wrong).toEqual([]);
  });
});

describe('archives', () => {
  const job = (node: string): string => `${JSON.stringify({ job_id: node, start: START, end: END, nodes: [node] })}\n`;

  it(`${ARCHIVES} damaged ones cost their own jobs at most`, { timeout: 1_200_000 }, async () => {
    const random = seeded('archives');
    const alone = (await run(job('well'), tree)).documents.get(`well-${END}`);
    expect(alone).toMatchObject({ coverage: { reporting: 1 } });
    const wrong: string[] = [];
    for (let first = 0; first < ARCHIVES; first += TOGETHER) {
      const root = join(dir, `tree${first}`);
      const nodes = Array.from({ length: TOGETHER }, (_, i) => `m${first + i}`);
      const blows = nodes.map((node, i) => {
        mkdirSync(join(root, node), { recursive: true });
        const ways = [strike, strikeWord, strikeStructure];
        const made = Array.from({ length: 1 + (i % 3) }, (_, k) => ways[(i + k) % 3]!(victim, random));
        place(victim, made, join(root, node, 'a'));
        return made;
      });
      mkdirSync(join(root, 'well'));
      place(victim, [], join(root, 'well/a'));
      const ended = await run([...nodes, 'well'].map(job).join(''), root);
      const what = `${first}: ${JSON.stringify(blows)}`;
      wrong.push(...ended.wrong.map((w) => `${what}: ${w}`));
      if (ended.problem) wrong.push(`${what}: ${JSON.stringify(ended.problem)}`);
      const lost = nodes.filter((node) => !ended.documents.has(`${node}-${END}`));
      if (lost.length > 0) wrong.push(`${what}: no document of ${lost}`);
      const well = JSON.stringify(ended.documents.get(`well-${END}`))?.replaceAll(root, tree);
      if (well !== JSON.stringify(alone)) wrong.push(`${what}: the job beside them has changed: ${well}`);
    }
    expect(wrong).toEqual([]);
  });
});
