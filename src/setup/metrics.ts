// Owns which metrics a compute node should record: those that analytics read, and no others. What a node does not have is simply absent.

/** A group of metrics that share an interval. A name may be a subtree. */
export interface MetricGroup {
  readonly about: string;
  readonly metrics: readonly string[];
}

const each = (prefix: string, leaves: string): string[] => leaves.split(' ').map((leaf) => `${prefix}.${leaf}`);

/** Facts that do not change while a node is up. */
export const STATIC: readonly MetricGroup[] = [
  { about: 'hardware', metrics: ['hinv.ncpu', 'hinv.physmem', 'mem.physmem'] },
];

/** What jobs are summarised from. */
export const STANDARD: readonly MetricGroup[] = [
  {
    about: 'CPU',
    metrics: [
      ...each('kernel.all.cpu', 'user sys wait.total idle nice'),
      ...['kernel.all.load'],
      ...each('kernel.percpu.cpu', 'user sys irq.soft irq.hard intr wait.total idle nice'),
    ],
  },
  { about: 'whether the node was started again, with all counters', metrics: ['kernel.all.uptime'] },
  { about: 'block devices', metrics: each('disk.dev', 'read read_bytes write write_bytes') },
  {
    about: 'memory',
    metrics: ['mem.freemem', ...each('mem.util', 'free cached'), ...each('mem.numa.util', 'used filePages slab')],
  },
  {
    about: 'network',
    metrics: ['in', 'out'].flatMap((way) => each(`network.interface.${way}`, 'bytes packets')),
  },
  {
    about: 'NFS, by mount',
    metrics: ['read', 'write'].flatMap((way) => each(`nfsclient.bytes.${way}`, 'server direct normal')),
  },
  {
    about: 'Lustre',
    metrics: [
      ...each('lustre.llite', 'read_bytes.total write_bytes.total'),
      ...['lustre.lnet', 'lustrecomm.stats'].flatMap((agent) =>
        ['length', 'count'].flatMap((what) => each(agent, `drop_${what} recv_${what} send_${what}`)),
      ),
    ],
  },
  { about: 'GPFS', metrics: each('gpfs.fsios', 'read_bytes write_bytes reads writes') },
  {
    about: 'InfiniBand',
    metrics: ['port.switch', 'port'].flatMap((of) =>
      ['in', 'out'].flatMap((way) => each(`infiniband.${of}.${way}`, 'bytes packets')),
    ),
  },
  {
    about: 'processes of users, and those that burn CPU (see hotproc.conf)',
    metrics: ['hotproc.id.uid_nm', ...each('hotproc.psinfo', 'cgroups cpusallowed')],
  },
  {
    about: 'control groups of version 1 and 2',
    metrics: [
      ...each('cgroup', 'cpuset.cpus cpuacct.usage cpu.stat.usage memory.usage memory.limit memory.current'),
      // Where both versions are mounted some agents have no cpuacct.usage.
      ...['cpuacct.stat', 'cpu.stat'].flatMap((of) => each(`cgroup.${of}`, 'user system')),
    ],
  },
  { about: 'GPUs', metrics: each('nvidia', 'gpuactive memactive memused powerused power energy') },
  { about: 'GPUs of AMD', metrics: each('amdgpu', 'gpu.load memory.used gpu.average_power') },
  {
    about: 'power of nodes, or of processors and memory',
    metrics: ['ipmi.dcmi.power', ...each('denki.rapl', 'sysfs msr raw rate')],
  },
  {
    about: 'hardware counters: those that perfevent.conf names',
    metrics: ['perfevent.active', 'perfevent.hwcounters', 'taccstats_perfevent.hwcounters'],
  },
];
