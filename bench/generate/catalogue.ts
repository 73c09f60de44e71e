// Owns what a generated node records: metrics in the mix of the incumbent's logger template (archive-index.md §6.6).

import { indomId, NO_INDOM, pmid, type TypeName, UNITS } from '../../src/write/index.ts';

/** Instance domains of a node; `null`: a single value. */
export type Domain =
  | 'cpu'
  | 'event'
  | 'load'
  | 'numa'
  | 'disk'
  | 'net'
  | 'nfs'
  | 'ib'
  | 'lustre'
  | 'gpu'
  | 'cgroup'
  | 'process'
  | null;

export const INDOMS: Readonly<Record<NonNullable<Domain>, number>> = {
  cpu: indomId(60, 0),
  event: indomId(127, 1),
  load: indomId(60, 2),
  numa: indomId(60, 19),
  disk: indomId(60, 1),
  net: indomId(60, 3),
  nfs: indomId(62, 0),
  ib: indomId(91, 1),
  lustre: indomId(134, 1),
  gpu: indomId(120, 0),
  cgroup: indomId(3, 12),
  process: indomId(3, 39),
};

/** How a value moves: a counter by lo…hi a second, a gauge anywhere in lo…hi; `share` scales with the node's business. */
export interface Definition {
  readonly name: string;
  readonly pmid: number;
  readonly type: TypeName;
  readonly domain: Domain;
  readonly semantics: 'counter' | 'instant' | 'discrete';
  readonly units: number;
  readonly lo: number;
  readonly hi: number;
  readonly model: 'counter' | 'gauge' | 'const' | 'cpu' | 'busy' | 'text';
  /** Belongs to the part that analytics read, which small fixtures hold alone. */
  readonly core: boolean;
}

type Id = readonly [number, number, number];
const { count: COUNT, byte: BYTE, kbyte: KBYTE, mbyte: MBYTE, millisecond: MSEC, none: NONE } = UNITS;

function counter(name: string, id: Id, domain: Domain, hi: number, units: number = BYTE, core = true): Definition {
  return {
    name,
    pmid: pmid(...id),
    type: 'u64',
    domain,
    semantics: 'counter',
    units,
    lo: 0,
    hi,
    model: 'counter',
    core,
  };
}

function gauge(
  name: string,
  id: Id,
  domain: Domain,
  lo: number,
  hi: number,
  units: number = NONE,
  core = true,
  type: TypeName = 'u64',
): Definition {
  return { name, pmid: pmid(...id), type, domain, semantics: 'instant', units, lo, hi, model: 'gauge', core };
}

const busy = (d: Definition): Definition => ({ ...d, model: 'busy' });
const constant = (d: Definition): Definition => ({ ...d, semantics: 'discrete', model: 'const' });
const text = (name: string, id: Id, domain: Domain): Definition => ({
  ...gauge(name, id, domain, 0, 0, NONE, true, 'string'),
  model: 'text',
});
const cpu = (state: string, item: number): Definition => ({
  ...counter(`kernel.percpu.cpu.${state}`, [60, 0, item], 'cpu', 1000, MSEC),
  model: 'cpu',
});

/** `n` more metrics of one kind, as PMDAs have them by the dozen. */
const more = (n: number, make: (i: number) => Definition): Definition[] => Array.from({ length: n }, (_, i) => make(i));

const CORE: readonly Definition[] = [
  ...(
    [
      ['user', 0],
      ['nice', 1],
      ['sys', 2],
      ['idle', 3],
      ['wait.total', 30],
      ['intr', 31],
      ['irq.soft', 56],
      ['irq.hard', 57],
    ] as const
  ).map(([state, item]) => cpu(state, item)),
  constant(gauge('hinv.ncpu', [60, 0, 32], null, 0, 0, NONE, true, 'u32')),
  constant(gauge('mem.physmem', [60, 1, 0], null, 0, 65_842_120, KBYTE)),
  constant(gauge('hinv.physmem', [60, 1, 9], null, 0, 64_299, MBYTE, true, 'u32')),
  gauge('kernel.all.load', [60, 2, 0], 'load', 0, 32, NONE, true, 'float'),
  gauge('mem.freemem', [60, 1, 10], null, 1e6, 5e7, KBYTE),
  gauge('mem.util.free', [60, 1, 2], null, 1e6, 5e7, KBYTE),
  gauge('mem.util.cached', [60, 1, 13], null, 2e5, 8e6, KBYTE),
  busy(gauge('mem.numa.util.used', [60, 36, 2], 'numa', 4e6, 3e7, KBYTE)),
  gauge('mem.numa.util.filePages', [60, 36, 9], 'numa', 1e6, 2e6, KBYTE),
  gauge('mem.numa.util.slab', [60, 36, 20], 'numa', 1e5, 9e5, KBYTE),
  counter('disk.dev.read', [60, 0, 4], 'disk', 300, COUNT),
  counter('disk.dev.read_bytes', [60, 0, 38], 'disk', 40_000, KBYTE),
  counter('disk.dev.write', [60, 0, 5], 'disk', 300, COUNT),
  counter('disk.dev.write_bytes', [60, 0, 39], 'disk', 40_000, KBYTE),
  counter('network.interface.in.bytes', [60, 3, 0], 'net', 9e6),
  counter('network.interface.out.bytes', [60, 3, 8], 'net', 9e6),
  counter('network.interface.in.packets', [60, 3, 1], 'net', 9e3, COUNT),
  counter('network.interface.out.packets', [60, 3, 9], 'net', 9e3, COUNT),
  ...['read.normal', 'read.direct', 'read.server', 'write.normal', 'write.direct', 'write.server'].map((n, i) =>
    counter(`nfsclient.bytes.${n}`, [62, 7, 1 + i], 'nfs', 9e5),
  ),
  counter('infiniband.port.switch.in.bytes', [91, 2, 0], 'ib', 3e9),
  counter('infiniband.port.switch.in.packets', [91, 2, 1], 'ib', 1e6, COUNT),
  counter('infiniband.port.switch.out.bytes', [91, 2, 4], 'ib', 3e9),
  counter('infiniband.port.switch.out.packets', [91, 2, 5], 'ib', 1e6, COUNT),
  counter('lustre.llite.read_bytes.total', [134, 0, 3], 'lustre', 1e8),
  counter('lustre.llite.write_bytes.total', [134, 0, 7], 'lustre', 1e8),
  busy(gauge('nvidia.gpuactive', [120, 0, 5], 'gpu', 0, 100, NONE, true, 'u32')),
  busy(gauge('nvidia.memused', [120, 0, 8], 'gpu', 1e6, 16e9, BYTE)),
  busy(gauge('nvidia.memactive', [120, 0, 6], 'gpu', 0, 100, NONE, true, 'u32')),
  busy(gauge('nvidia.powerused', [120, 0, 12], 'gpu', 25_000, 300_000, NONE, true, 'u32')),
  busy(gauge('ipmi.dcmi.power', [307, 0, 0], null, 90, 450, NONE, true, 'u32')),
  text('cgroup.cpuset.cpus', [3, 30, 1], 'cgroup'),
  text('hotproc.psinfo.cpusallowed', [3, 54, 1], 'process'),
  text('hotproc.id.uid_nm', [3, 54, 2], 'process'),
  text('hotproc.psinfo.cgroups', [3, 54, 3], 'process'),
];

/** What is recorded besides and no analytic of this version reads: the bulk of a real node-day. */
const BULK: readonly Definition[] = [
  ...more(12, (i) => counter(`kernel.percpu.interrupts.line${i}`, [60, 4, i], 'cpu', 400, COUNT, false)),
  ...more(16, (i) => counter(`perfevent.hwcounters.EVENT_${i}.value`, [127, 1, 1 + i], 'event', 1e8, COUNT, false)),
  ...more(60, (i) => counter(`mem.vmstat.item${i}`, [60, 28, i], null, 1e4, COUNT, false)),
  ...more(30, (i) => gauge(`mem.util.item${i}`, [60, 1, 20 + i], null, 0, 5e7, KBYTE, false)),
  ...more(24, (i) => gauge(`mem.numa.util.item${i}`, [60, 36, 30 + i], 'numa', 0, 5e7, KBYTE, false)),
  ...more(16, (i) => counter(`network.interface.other${i}`, [60, 3, 20 + i], 'net', 900, COUNT, false)),
  ...more(30, (i) => counter(`nfs.client.reqs.op${i}`, [60, 7, i], null, 40, COUNT, false)),
  ...more(20, (i) => counter(`disk.all.item${i}`, [60, 0, 60 + i], null, 4e4, KBYTE, false)),
  ...more(16, (i) => counter(`infiniband.port.errors.item${i}`, [91, 3, i], 'ib', 1, COUNT, false)),
  ...more(30, (i) => gauge(`network.tcp.item${i}`, [60, 14, i], null, 0, 1e6, COUNT, false, 'u32')),
  ...more(12, (i) => gauge(`hotproc.psinfo.number${i}`, [3, 54, 10 + i], 'process', 0, 4e9, NONE, false, 'u32')),
];

const event = (name: string, item: number, domain: Domain, hi: number): Definition =>
  counter(`perfevent.hwcounters.${name}.value`, [127, 2, item], domain, hi, COUNT);

/** Hardware counters, of every CPU and of the memory controllers, as a Sandy Bridge node has them. */
const PERF: readonly Definition[] = [
  gauge('perfevent.active', [127, 0, 1], null, 15, 16, NONE, true, 'u32'),
  ...[
    'UNHALTED_REFERENCE_CYCLES',
    'INSTRUCTIONS_RETIRED',
    'MEM_LOAD_UOPS_RETIRED_L1_HIT',
    'SIMD_FP_256_PACKED_DOUBLE',
    'FP_COMP_OPS_EXE_SSE_FP_PACKED_DOUBLE',
    'FP_COMP_OPS_EXE_SSE_SCALAR_DOUBLE',
    'FP_COMP_OPS_EXE_X87',
    'L1D_REPLACEMENT',
  ].map((name, i) => event(name, i, 'cpu', 1e9)),
  ...[0, 1, 2, 3].flatMap((imc) =>
    ['RD', 'WR'].map((way, i) => event(`snbep_unc_imc${imc}__UNC_M_CAS_COUNT_${way}`, 20 + 2 * imc + i, 'numa', 1e8)),
  ),
];

/** Some 330 metrics; `core` only: what analytics read. `perf`: hardware counters besides. */
export function definitions(core: boolean, perf = false): readonly Definition[] {
  return [...CORE, ...(perf ? PERF : []), ...(core ? [] : BULK)];
}

export const indomOf = (domain: Domain): number => (domain === null ? NO_INDOM : INDOMS[domain]);
