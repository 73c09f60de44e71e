// Owns which metrics a compute node should record, and how often (reference/archive-index.md §6.5, §6.6).

/** A group of metrics that share an interval. Names may be subtrees; what a node does not have is simply absent. */
export interface MetricGroup {
  readonly about: string;
  readonly metrics: readonly string[];
}

const each = (prefix: string, leaves: string): string[] => leaves.split(' ').map((leaf) => `${prefix}.${leaf}`);

const CPU = 'user sys irq.soft irq.hard intr wait.total idle nice';
const DISK =
  'avactive aveq read read_bytes read_merge read_rawactive total write write_bytes write_merge write_rawactive';

/** Facts that do not change while a node is up. */
export const STATIC: readonly MetricGroup[] = [
  {
    about: 'hardware',
    metrics: [
      ...each('hinv', 'physmem pagesize ncpu ndisk nfilesys machine map.scsi map.cpu_num map.cpu_node'),
      ...each('hinv.cpu', 'clock vendor model stepping cache bogomips'),
      ...['kernel.all.uptime', 'mem.physmem', 'perfevent.version'],
    ],
  },
  {
    about: 'InfiniBand adapters',
    metrics: [
      ...each('infiniband.hca', 'type ca_type numports fw_ver hw_ver node_guid system_guid'),
      ...each('infiniband.port', 'guid gid_prefix lid rate capabilities linkspeed linkwidth'),
      ...each('infiniband.control', 'query_timeout hiwat'),
    ],
  },
  { about: 'GPUs', metrics: each('nvidia', 'numcards gpuid cardname busid memtotal') },
];

/** What jobs are summarised from. */
export const STANDARD: readonly MetricGroup[] = [
  {
    about: 'CPU',
    metrics: [...each('kernel.all.cpu', CPU), 'kernel.all.load', ...each('kernel.percpu.cpu', CPU)],
  },
  { about: 'block devices', metrics: [...each('disk.dev', DISK), ...each('disk.all', DISK)] },
  {
    about: 'memory',
    metrics: [
      ...each('swap', 'free pagesin pagesout'),
      'mem.freemem',
      ...each('mem.util', 'used free shared bufmem cached other swapCached active inactive'),
      ...each('mem.numa.alloc', 'foreign hit interleave_hit local_node miss other_node'),
      ...each(
        'mem.numa.util',
        'active active_anon active_file anonpages bounce dirty filePages free hugepagesFree hugepagesTotal inactive inactive_anon inactive_file mapped NFS_Unstable pageTables slab used writeback',
      ),
    ],
  },
  {
    about: 'network',
    metrics: [
      'network.interface.collisions',
      ...each('network.interface.in', 'bytes compressed drops errors fifo frame mcasts packets'),
      ...each('network.interface.out', 'bytes carrier compressed drops errors fifo packets'),
      ...each('network.interface.total', 'bytes drops errors mcasts packets'),
    ],
  },
  {
    about: 'NFS',
    metrics: [
      ...['nfs', 'nfs3', 'nfs4'].flatMap((v) => each(`${v}.client`, 'calls reqs')),
      ...['read', 'write'].flatMap((d) => each(`nfsclient.bytes.${d}`, 'server direct normal')),
    ],
  },
  {
    about: 'processes of users, and those that burn CPU (see hotproc.conf)',
    metrics: [
      ...['hotproc.nprocs', 'hotproc.id.uid_nm', 'hotproc.id.uid', 'hotproc.schedstat.cpu_time'],
      ...each(
        'hotproc.psinfo',
        'utime stime cgroups cpusallowed vsize rss delayacct_blkio_time vctxsw nvctxsw session pgrp ppid cmd pid processor threads psargs',
      ),
      ...each('hotproc.io', 'read_bytes write_bytes'),
      ...each('hotproc.total', 'cpuidle cpuburn cpuother.transient cpuother.not_cpuburn cpuother.total'),
    ],
  },
  {
    about: 'control groups',
    metrics: [
      ...each(
        'cgroup',
        'mounts.count mounts.subsys subsys.count subsys.hierarchy cpuset.cpus memory.usage memory.limit',
      ),
      ...each('cgroup.memory.stat.total', 'rss swap mapped_file cache'),
    ],
  },
  {
    about: 'InfiniBand',
    metrics: [
      ...each('infiniband.port', 'state phystate'),
      ...['in', 'out', 'total'].flatMap((d) => each(`infiniband.port.switch.${d}`, 'bytes packets')),
      ...each('infiniband.port.in.errors', 'drop filter local remote'),
      ...each('infiniband.port.out.errors', 'drop filter'),
      ...each('infiniband.port.total.errors', 'drop filter link recover integrity vl15 overrun symbol'),
    ],
  },
  { about: 'GPUs', metrics: each('nvidia', 'fanspeed gpuactive memactive memused perfstate temp temperature') },
  { about: 'GPUs of AMD', metrics: ['amdgpu.gpu.load', 'amdgpu.memory.used'] },
  {
    about: 'hardware counters',
    metrics: ['perfevent.active', 'perfevent.hwcounters', 'taccstats_perfevent.hwcounters'],
  },
  {
    about: 'other agents, as installed',
    metrics: ['gpfs.fsios', 'mic', 'libvirt', 'logger', 'slurm.node', 'pmcd.agent.status'],
  },
];

/** Read by analytics though not in the template that sites have used so far. */
export const FURTHER: readonly MetricGroup[] = [
  { about: 'Lustre', metrics: ['lustre.llite', 'lustre.lnet'] },
  {
    about: 'power of nodes and GPUs',
    metrics: ['ipmi.dcmi.power', 'nvidia.powerused', 'nvidia.power', 'nvidia.energy'],
  },
  { about: 'control groups', metrics: ['cgroup.cpuacct.usage', 'cgroup.cpu.stat.usage', 'cgroup.memory.current'] },
];

/** The environment of users' processes: large, so once an archive. */
export const ENVIRONMENT: readonly MetricGroup[] = [
  { about: 'environment of processes', metrics: ['hotproc.psinfo.environ'] },
];
