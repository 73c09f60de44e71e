// Owns the two documents of the `schema` collection: what the portal shows beside summaries and series (summary-document.md §9).

import { SUMMARY_VERSION, TIMESERIES_VERSION } from './document.ts';

/** One field's explanation. `type`: instant, ratio or nothing. */
export interface Leaf {
  readonly documentation: string;
  readonly type: '' | 'instant' | 'ratio';
  readonly unit: string;
}

/** Mirrors the summary document; the key `*` stands for every device. */
export interface Definitions {
  readonly [key: string]: Leaf | Definitions;
}

export interface SummaryDefinitions {
  readonly _id: string;
  readonly summary_version: string;
  readonly definitions: Definitions;
}

export interface SeriesDefinition {
  readonly units: string;
  readonly description: string;
  readonly help: string;
}

export interface TimeseriesDefinitions {
  readonly _id: string;
  readonly type: 'timeseries';
  readonly applies_to_version: number;
  readonly metrics: Readonly<Record<string, SeriesDefinition>>;
}

const instant = (documentation: string, unit = ''): Leaf => ({ documentation, type: 'instant', unit });
const ratio = (documentation: string, unit = 'ratio'): Leaf => ({ documentation, type: 'ratio', unit });
const text = (documentation: string): Leaf => ({ documentation, type: '', unit: '' });

const MODES: Readonly<Record<string, string>> = {
  user: 'in user mode',
  idle: 'idle',
  nice: 'in user mode at low priority',
  system: 'in the kernel',
  iowait: 'idle while waiting for input or output',
  irq: 'serving hardware interrupts',
  softirq: 'serving software interrupts',
};

const cpuModes = (which: string): Record<string, Leaf> =>
  Object.fromEntries(
    Object.entries(MODES).map(([mode, doing]) => [mode, ratio(`Share of time ${which} were ${doing}`)]),
  );

const traffic = (what: string, unit: string): Record<string, Leaf> => ({
  [`in-${unit}s`]: instant(`${what} received, each node`, unit === 'byte' ? 'byte' : ''),
  [`out-${unit}s`]: instant(`${what} sent, each node`, unit === 'byte' ? 'byte' : ''),
});

const nfsBytes = (way: 'read' | 'write'): Record<string, Leaf> => {
  const did = way === 'read' ? 'read from' : 'written to';
  return {
    [`${way}-normal`]: instant(`Data ${did} files by ordinary calls, each node`, 'byte'),
    [`${way}-direct`]: instant(`Data ${did} files past the page cache, each node`, 'byte'),
    [`${way}-server`]: instant(`Data ${did} the server, each node`, 'byte'),
  };
};

const SUMMARY: Definitions = {
  cores: instant('CPU cores of each node'),
  cpu: {
    nodecpus: cpuModes('all CPUs of the nodes'),
    jobcpus: cpuModes('the CPUs assigned to the job'),
    effcpus: cpuModes("those of the job's CPUs that were in use"),
    // The name the portal has known since before the key was called effcpus.
    effectivecpus: { user: ratio("Share of time those of the job's CPUs that were in use were in user mode") },
  },
  cpucategories: text('How evenly the CPUs were used: GOOD, PINNED, UNPINNED or LOW, with the busy share of each CPU'),
  cpuperf: {
    cpiref: ratio('Reference clock ticks per instruction, each core'),
    cpldref: ratio('Reference clock ticks per load from the first-level data cache, each core'),
    flops: instant('Floating-point instructions over the job, each core', 'op'),
  },
  uncperf: { membw: instant('Data moved to and from main memory over the job, each node', 'byte') },
  catastrophe: {},
  load1: {
    max: instant('Highest load average over one minute, each node'),
    mean: instant('Mean load average over one minute, each node'),
    maxpercore: instant('Highest load average over one minute, per core'),
    meanpercore: instant('Mean load average over one minute, per core'),
  },
  memory: {
    used: instant('Memory used, page and slab cache included, mean over the job, per core of the node', 'kilobyte'),
    used_minus_cache: instant(
      'Memory used without page and slab cache, mean over the job, per core of the node',
      'kilobyte',
    ),
  },
  nodememory: {
    used: instant('Memory used, mean over the job, each node', 'kilobyte'),
    free: instant('Memory free, mean over the job, each node', 'kilobyte'),
    maxused: instant('Most memory used, each node', 'kilobyte'),
    maxfree: instant('Most memory free, each node', 'kilobyte'),
    physmem: instant('Memory installed, each node', 'kilobyte'),
    used_minus_cache: instant('Memory used without cache, mean over the job, each node', 'kilobyte'),
    maxused_minus_cache: instant('Most memory used without cache, each node', 'kilobyte'),
  },
  process_memory: {
    usage: {
      avg: instant("Memory of the job's cgroup, mean over the job, each node", 'byte'),
      max: instant("Most memory of the job's cgroup, each node", 'byte'),
    },
    limit: instant("Memory limit of the job's cgroup, each node", 'byte'),
    usageratio: {
      avg: ratio("Memory of the job's cgroup as a share of its limit, mean over the job"),
      max: ratio("Most memory of the job's cgroup as a share of its limit"),
    },
  },
  process_cpu: {
    seconds: instant("CPU time of the job's cgroup over the job, each node", 'second'),
    cores: instant("Cores in use by the job's cgroup, mean over the job, each node"),
  },
  gpu: {
    '*': {
      gpuactive: instant('Share of time the GPU was active, mean over the job', '%'),
      gpuactivemax: instant('Highest share of time the GPU was active in one sample', '%'),
      memactive: instant("Share of time the GPU's memory was read or written, mean over the job", '%'),
      memactivemax: instant("Highest share of time the GPU's memory was read or written in one sample", '%'),
      memused: instant('Memory of the GPU used, mean over the job', 'byte'),
      memusedmax: instant('Most memory of the GPU used', 'byte'),
    },
  },
  gpupower: {
    '*': {
      power: {
        mean: instant('Power drawn by the GPU, mean over the job', 'watt'),
        max: instant('Highest power drawn by the GPU', 'watt'),
      },
      energy: instant('Energy used by the GPU over the job', 'joule'),
    },
  },
  ipmi: {
    power: {
      mean: instant('Power drawn, mean over the job, each node (of processors and memory alone without IPMI)', 'watt'),
      max: instant('Highest power drawn, each node', 'watt'),
    },
    energy: instant('Energy used over the job, each node', 'joule'),
  },
  block: {
    '*': {
      read: instant('Reads from the device, each node'),
      write: instant('Writes to the device, each node'),
      read_bytes: instant('Data read from the device, each node', 'kilobyte'),
      write_bytes: instant('Data written to the device, each node', 'kilobyte'),
    },
  },
  gpfs: {
    '*': {
      read: instant('Reads from the file system, each node'),
      write: instant('Writes to the file system, each node'),
      reads: instant('Reads from the file system, each node'),
      writes: instant('Writes to the file system, each node'),
      read_bytes: instant('Data read from the file system, each node', 'byte'),
      write_bytes: instant('Data written to the file system, each node', 'byte'),
    },
  },
  lustre: {
    '*': {
      'read_bytes-total': instant('Data read from the file system, each node', 'byte'),
      'write_bytes-total': instant('Data written to the file system, each node', 'byte'),
    },
  },
  network: { '*': { ...traffic('Data', 'byte'), ...traffic('Packets', 'packet') } },
  nfs: { '*': { ...nfsBytes('read'), ...nfsBytes('write') } },
  infiniband: {
    '*': {
      'switch-in-bytes': instant('Data received by the port, as its switch counts, each node', 'byte'),
      'switch-out-bytes': instant('Data sent by the port, as its switch counts, each node', 'byte'),
      'switch-in-packets': instant('Packets received by the port, as its switch counts, each node'),
      'switch-out-packets': instant('Packets sent by the port, as its switch counts, each node'),
    },
  },
  gemini: {
    totalinput: instant('Data received over the interconnect, each node', 'byte'),
    totaloutput_optA: instant('Data sent over the interconnect, first way of counting, each node', 'byte'),
    totaloutput_optB: instant('Data sent over the interconnect, second way of counting, each node', 'byte'),
  },
  lnet: {},
  simdins: {},
  proc: {},
};

const series = (units: string, description: string, help: string): SeriesDefinition => ({ units, description, help });

/** Units and descriptions are the portal's own (§7); a key that is not here is not shown by it. */
const METRICS: Readonly<Record<string, SeriesDefinition>> = {
  cpuuser: series(
    'CPU %',
    'CPU User',
    "Average share of time that the job's CPUs were in user mode, over each interval.",
  ),
  membw: series(
    'GB/s',
    'Memory bandwidth',
    'Total rate of data to and from main memory over each interval, from hardware counters of each node.',
  ),
  simdins: series(
    'insts/s',
    'SIMD instructions',
    "Total rate of floating-point SIMD instructions on the job's cores. What is counted depends on the hardware: do not compare nodes of different architectures.",
  ),
  sveins: series(
    'insts/s',
    'SVE instructions',
    'Total rate of SVE instructions. The number of operations that an instruction does varies.',
  ),
  gpu_usage: series('GPU %', 'GPU utilization %', 'Average share of time that a GPU was active.'),
  clktks: series('insts/s', 'Clock Ticks', 'Total rate of clock ticks. What is counted depends on the hardware.'),
  memused_minus_diskcache: series(
    'GB',
    'Node Memory RSS',
    'Physical memory in use without page and slab cache, of all processes on the node and not the job alone; from the figures of each NUMA node.',
  ),
  memused: series(
    'GB',
    'Total Node Memory',
    'Physical memory in use with page and slab cache, of all processes on the node and not the job alone; from the figures of each NUMA node.',
  ),
  process_mem_usage: series('GB', 'Total CGroup Memory', "Memory used in the job's memory cgroup on each node."),
  corepower: series(
    'Watts',
    'CPU Power',
    'Power from counters built into the CPU and its board; peripherals and power supplies are not included.',
  ),
  power: series(
    'Watts',
    'Node Power',
    'Power drawn by the node, from IPMI DCMI, else by its processors and memory, from RAPL; switches, file systems and cooling are not included.',
  ),
  ib_lnet: series(
    'MB/s',
    'Interconnect MPI traffic',
    'Data sent and received over the interconnect by each node in each interval. Traffic of the parallel file system over it is not included.',
  ),
  lnet: series(
    'MB/s',
    'Parallel Filesystem traffic',
    'Data sent to and received from the parallel file system by each node in each interval.',
  ),
  block: series(
    'GB/s',
    'Block Filesystem traffic',
    'Data read from and written to block devices by each node in each interval.',
  ),
  nfs: series('MB/s', 'NFS Filesystem traffic', 'Data read and written over NFS mounts by each node in each interval.'),
};

/** `schema` collection, `_id` "summary-1.0.6". */
export const SUMMARY_DEFINITIONS: SummaryDefinitions = {
  _id: `summary-${SUMMARY_VERSION}`,
  summary_version: `summary-${SUMMARY_VERSION}`,
  definitions: SUMMARY,
};

/** `schema` collection, `_id` "timeseries-4". */
export const TIMESERIES_DEFINITIONS: TimeseriesDefinitions = {
  _id: `timeseries-${TIMESERIES_VERSION}`,
  type: 'timeseries',
  applies_to_version: TIMESERIES_VERSION,
  metrics: METRICS,
};

/** What set-up puts into the `schema` collection of the database `supremm`, each replacing the one of its `_id`. */
export const SCHEMA_DOCUMENTS: readonly (SummaryDefinitions | TimeseriesDefinitions)[] = [
  SUMMARY_DEFINITIONS,
  TIMESERIES_DEFINITIONS,
];
