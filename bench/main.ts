// Owns `npm run bench`: what is measured, in which order, and how it is printed. Figures go to standard output.

import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { generateChurnDay, generateNodeDay } from '../fixtures/generate/main.ts';
import { compare, comparisonLines, ratiosOf, readBaseline, saveBaseline } from './baseline.ts';
import { benchDecode } from './decode.ts';
import { machine, type Spread } from './measure.ts';
import { benchMicro } from './micro.ts';
import { benchPeers } from './peers.ts';
import { benchProcess, NODES } from './process.ts';
import { benchStartup } from './startup.ts';
import { benchSummary } from './summary.ts';
import { benchTuning } from './tuning.ts';
import { benchWorkers } from './workers.ts';

const { values: o } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** Without the 1 GB archive and with fewer turns. */
    quick: { type: 'boolean', default: false },
    /** Compares with the committed baseline; exit code 1 if a figure is worse by more than the tolerance. */
    compare: { type: 'boolean', default: false },
    /** Makes this run the baseline. */
    save: { type: 'boolean', default: false },
    /** Only the numbers behind the decoder's choices. */
    tuning: { type: 'boolean', default: false },
    megabytes: { type: 'string', default: '100' },
    work: { type: 'string', default: join(tmpdir(), 'jobsum-bench') },
  },
});

/** The share of a day that a tool's start is measured with. */
const START = 0.01;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

function archive(megabytes: number, kind = 'node', generate = generateNodeDay): string {
  const base = join(o.work, `${kind}-${megabytes}`);
  if (!existsSync(`${base}.index`)) {
    say(`generating ${megabytes} MB …`);
    generate(base, megabytes);
  }
  return base;
}

/** A new copy: how fast the kernel copies out of its page cache depends on how a file came into it. */
function fresh(base: string): string {
  for (const member of ['meta', 'index', '0']) {
    rmSync(`${base}-fresh.${member}`, { force: true });
    copyFileSync(`${base}.${member}`, `${base}-fresh.${member}`);
  }
  return `${base}-fresh`;
}

mkdirSync(o.work, { recursive: true });
const megabytes = Number(o.megabytes);
const day = fresh(archive(megabytes));
if (o.tuning) {
  const v2 = archive(megabytes, 'node-v2', (base, size) => generateNodeDay(base, size, 2));
  const tuning = await benchTuning(day, fresh(v2), o.quick ? 5 : 41);
  if (o.json) console.log(JSON.stringify({ machine: machine(), tuning }));
  else {
    console.log(`Node-day of ${megabytes} MB, CPU time, and over that of what is shipped`);
    for (const { what, cost, share } of tuning) {
      const range = `(${share.min.toFixed(2)} … ${share.max.toFixed(2)}, ${share.runs} runs)`;
      console.log(`  ${what.padEnd(34)} ${cost.median.toFixed(1).padStart(6)} ms  ${share.median.toFixed(2)} ${range}`);
    }
  }
  process.exit();
}
const big = o.quick ? null : archive(10 * megabytes);
say('decoder …');
const decode = await benchDecode(day, o.quick ? 11 : 41, o.quick ? 1 : 3);
say('summary …');
const summary = await benchSummary(day, 86_400, o.quick ? 7 : 21);
say("PCP's tools …");
const churn = (part: number): string => archive(megabytes * part, 'churn', generateChurnDay);
const hotproc = Array.from({ length: 12 }, (_, i) => `hotproc.psinfo.number${i}`);
const peers = await benchPeers(
  o.work,
  [
    { what: 'as it is', day, start: archive(START * megabytes), more: [] },
    { what: 'with churn', day: churn(1), start: churn(START), more: hotproc },
  ],
  o.quick ? 1 : 5,
  (tool) => say(`${tool} is not installed: not compared`),
);
say('threads …');
const workers = await benchWorkers(day, o.quick ? 5 : 21);
say('start-up …');
const startup = benchStartup(o.work, o.quick ? 7 : 21);
say('whole processes …');
const whole = await benchProcess(o.work, day, big, o.quick ? 3 : 7);
say('micro suites …');
const micro = benchMicro(o.quick ? 0.3 : 2);
const where = machine();
const figures = { decode, summary, peers, workers, startup, process: whole };
if (o.save) saveBaseline(ratiosOf(figures));
const comparison = o.compare ? compare(readBaseline(), ratiosOf(figures)) : null;
if (comparison?.some(({ worse }) => worse)) process.exitCode = 1;

if (o.json) console.log(JSON.stringify({ machine: where, ...figures, micro, ...(comparison ? { comparison } : {}) }));
else {
  const rate = (ms: Spread): string => {
    const speed = (t: number): string => (decode.megabytes / (t / 1000)).toFixed(0);
    return `${speed(ms.median).padStart(6)} MB/s  (${speed(ms.max)} … ${speed(ms.min)}, ${ms.runs} runs)`;
  };
  const plain = (s: Spread, unit: string, digits = 0): string =>
    `${s.median.toFixed(digits).padStart(6)} ${unit}  (${s.min.toFixed(digits)} … ${s.max.toFixed(digits)}, ${s.runs} runs)`;
  const perSecond = (ms: Spread): string => `${(decode.values / ms.median / 1000).toFixed(1)} million values/s`;
  console.log(`${where.cpu}, ${where.cores} cores, ${where.memoryMiB} MiB, ${where.system}`);
  console.log(`node ${where.node}, V8 ${where.v8}, jobsum ${where.jobsum}\n`);
  console.log(
    `Node-day: ${decode.megabytes.toFixed(0)} MB, ${decode.records} records; ROLL over ${decode.metrics} metrics, ${decode.values} values`,
  );
  console.log(`  read loop, nothing looked at   ${rate(decode.read)}`);
  console.log(`  the same into a Node buffer    ${rate(decode.plain)}`);
  console.log(`  decode and reduce, WASM        ${rate(decode.wasm)}  ${perSecond(decode.wasm)}`);
  console.log(`  the same, oracle in TypeScript ${rate(decode.oracle)}  ${perSecond(decode.oracle)}`);
  console.log(`  WASM decode / read loop        ${plain(decode.share, 'of its speed', 2)}\n`);
  console.log(`The same node-day with all ${summary.analytics} analytics, marginal, one thread`);
  console.log(`  decode, reduce, pack           ${rate(summary.worker)}`);
  console.log(`  to the text of the document    ${rate(summary.whole)}`);
  console.log(`  … / read loop                  ${plain(summary.wholeShare, 'of its speed', 2)}\n`);
  console.log('Statistics of the needed metrics, marginal CPU time of a node-day, for 100 MB');
  for (const p of peers)
    console.log(
      `  ${`${p.tool}, ${p.what}`.padEnd(30)} ${plain(p.marginal, 'ms')}; ${p.timesOurs.median.toFixed(1)} × ours`,
    );
  console.log('');
  if (workers) {
    console.log(`${workers.days} node-days, decoder alone, on the clock`);
    for (const [threads, ms] of [
      ['1 thread', workers.one],
      ['2 threads', workers.two],
    ] as const) {
      console.log(
        `  ${threads.padEnd(30)} ${((workers.days * decode.megabytes) / ms.median).toFixed(1).padStart(6)} GB/s`,
      );
    }
    console.log(`  2 threads / 1 thread           ${plain(workers.gain, 'of its speed', 2)}\n`);
  }
  console.log('Start to exit, whole processes');
  for (const s of startup)
    console.log(`  ${s.command.padEnd(30)} ${plain(s.wall, 'ms')}; ${s.overNode.median.toFixed(2)} × node -e 0`);
  console.log('');
  console.log(`jobsum summarize, all analytics, ${NODES} node-days`);
  console.log(`  1 worker                       ${plain(whole.oneWorker, 'MB/s')}`);
  console.log(`  2 workers                      ${plain(whole.twoWorkers, 'MB/s')}`);
  console.log(`  peak memory, 1 worker, ${String(megabytes).padStart(4)} MB ${plain(whole.peakDay, 'MiB')}`);
  if (whole.peakBig)
    console.log(`  peak memory, 1 worker, ${String(10 * megabytes).padStart(4)} MB ${plain(whole.peakBig, 'MiB')}`);
  console.log('');
  for (const m of micro)
    console.log(`${m.name.padEnd(50)} ${m.rate.toFixed(0).padStart(9)} /s  ±${m.margin.toFixed(1)} %`);
  if (comparison) console.log(['\nAgainst the baseline', ...comparisonLines(comparison)].join('\n'));
}
