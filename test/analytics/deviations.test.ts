// Every deviation from the reference that analytics.md recommends (3.3), by its number there: what it does, on records made for it.

import { describe, expect, it } from 'vitest';
import { analyticSet } from '../../src/analytics/index.ts';
import { jobOf, type Sample, STEP, summarize, times } from '../support/nodes.ts';

type Parts = Record<string, Record<string, never>>;
const perf = (name: string): string => `perfevent.hwcounters.${name}.value`;
const tacc = (name: string): string => `taccstats_perfevent.hwcounters.${name}.value`;
const ACTIVE: Sample = { 'perfevent.active': [4] };
const cores = (of: (cpu: number) => number, n = 2): Record<string, number> =>
  Object.fromEntries(times(n, (cpu) => [`cpu${cpu}`, of(cpu)]));

describe('deviations of analytics.md 3.3', () => {
  it('1: packets of network interfaces are collected', () => {
    const records = times(3, (i): Sample => {
      const eth0 = (step: number) => ({ eth0: step * i });
      return {
        'network.interface.in.bytes': eth0(1000),
        'network.interface.out.bytes': eth0(2000),
        'network.interface.in.packets': eth0(10),
        'network.interface.out.packets': eth0(20),
      };
    });
    const { summary } = summarize(jobOf(1, 60), [records]);
    expect(summary.network).toEqual({
      eth0: {
        'in-bytes': { avg: 2000, cnt: 1 },
        'out-bytes': { avg: 4000, cnt: 1 },
        'in-packets': { avg: 20, cnt: 1 },
        'out-packets': { avg: 40, cnt: 1 },
      },
    });
  });

  it('2: SVE instructions are a series', () => {
    const records = times(
      5,
      (i): Sample => ({
        ...ACTIVE,
        [perf('arm_a64fx__SVE_INST_RETIRED')]: cores((cpu) => 300 * i * (cpu + 1)),
      }),
    );
    const { timeseries } = summarize(jobOf(1, 120), [records]);
    expect(timeseries.sveins).toMatchObject({
      hosts: { 0: { all: times(4, () => 30), dev: { 0: times(4, () => 10), 1: times(4, () => 20) } } },
    });
  });

  it('3: catastrophe from the counters of tacc_stats, over their end', () => {
    // 2^48 − 1000 and on: wraps at the eleventh record. A tenth of the work in the second half.
    const done = (i: number): number => 100 * Math.min(i, 10) + 10 * Math.max(0, i - 10);
    const records = times(
      20,
      (i): Sample => ({
        [tacc('L1D_REPLACEMENT')]: cores(() => (2 ** 48 - 1000 + done(i)) % 2 ** 48),
      }),
    );
    const { summary, errors } = summarize(jobOf(1, 570), [records]);
    const { value } = summary.catastrophe as { value: number };
    // From the third record to the border 8 steps of 100, then 8 of 10 to the last but one.
    expect(value).toBeCloseTo(0.1, 12);
    expect(errors).toEqual({});
  });

  it('4: operations of Sandy Bridge are weighed as in cpuperf', () => {
    const step = { SIMD_FP_256_PACKED_DOUBLE: 1000, FP_COMP_OPS_EXE_SSE_SCALAR_DOUBLE: 100 };
    const more = { FP_COMP_OPS_EXE_SSE_FP_PACKED_DOUBLE: 10, FP_COMP_OPS_EXE_X87: 1 };
    const records = times(
      4,
      (i): Sample => ({
        ...ACTIVE,
        ...Object.fromEntries(
          Object.entries({ ...step, ...more }).map(([n, x]) => [perf(n), cores(() => STEP * i * x)]),
        ),
      }),
    );
    const { timeseries } = summarize(jobOf(1, 90), [records]);
    const { hosts } = timeseries.simdins as { hosts: Record<string, { all: number[]; dev: Record<string, number[]> }> };
    expect(hosts[0]!.all[0]).toBe(2 * (4 * 1000 + 100 + 2 * 10 + 1));
    expect(hosts[0]!.dev[0]![0]).toBe(4 * 1000 + 100 + 2 * 10 + 1);
  });

  it("5: devices of the memory bandwidth have their own shares, which sum up to the node's", () => {
    const records = times(
      4,
      (i): Sample => ({
        ...ACTIVE,
        [perf('UNC_LLC_MISS_READ')]: { cpu0: i * 2 ** 26, cpu4: i * 2 ** 25 },
        [perf('UNC_LLC_MISS_WRITE')]: { cpu0: i * 2 ** 24, cpu4: 0 },
      }),
    );
    const { timeseries } = summarize(jobOf(1, 90), [records]);
    const { hosts } = timeseries.membw as { hosts: Record<string, { all: number[]; dev: Record<string, number[]> }> };
    const { all, dev } = hosts[0]!;
    expect(Object.keys(dev)).toEqual(['0', '4']);
    expect(dev[0]![0]).toBeCloseTo(5 / STEP, 12);
    expect(dev[4]![0]).toBeCloseTo(2 / STEP, 12);
    all.forEach((x, k) => {
      expect(dev[0]![k]! + dev[4]![k]!).toBeCloseTo(x, 12);
    });
  });

  it('6: on ARM64 cpiref is cycles per instruction', () => {
    const records = times(
      3,
      (i): Sample => ({
        ...ACTIVE,
        [perf('perf__instructions')]: cores(() => 1000 * i),
        [perf('perf__cycles')]: cores(() => 3000 * i),
      }),
    );
    const { summary } = summarize(jobOf(1, 60), [records]);
    expect(summary.cpuperf).toEqual({
      cpiref: { avg: 3, cnt: 2 },
      cpldref: { error: 1 },
      clk_mhz: { avg: 6000 / 1232896, cnt: 2 },
    });
  });

  describe('7: the document survives', () => {
    const modes = ['user', 'idle', 'nice', 'sys', 'wait.total', 'irq.hard', 'irq.soft'];
    const processes = (cpus: string): Sample => ({
      'proc.psinfo.cpusallowed': { '100 a.out': cpus },
      'proc.id.uid_nm': { '100 a.out': 'auser' },
      'proc.psinfo.cgroups': { '100 a.out': 'cpuset:/slurm/uid_1000/job_4242/step_0' },
    });
    const usage = (i: number, n: number): Sample =>
      Object.fromEntries(modes.map((m, k) => [`kernel.percpu.cpu.${m}`, cores(() => i * 1000 * (k + 1), n)]));

    it('a CPU of the job that the node does not have', () => {
      const of = (cpus: string): Parts => {
        const records = times(4, (i): Sample => ({ ...usage(i, 2), ...processes(cpus) }));
        return summarize(jobOf(1, 90), [records]).summary as Parts;
      };
      expect(of('0-1').cpu!.jobcpus).toMatchObject({ all: { cnt: 2 } });
      expect(of('0-7').cpu).toMatchObject({
        nodecpus: { all: { cnt: 2 } },
        jobcpus: { error: 5 },
        effcpus: { error: 5 },
      });
    });

    it('a node whose CPUs never have values', () => {
      const all = [...modes.filter((m) => !m.startsWith('irq')), 'intr', 'irq.soft', 'irq.hard'];
      const empty = Object.fromEntries(all.map((m) => [`kernel.percpu.cpu.${m}`, {}]));
      const { summary } = summarize(jobOf(1, 90), [times(4, () => ({ ...empty, 'kernel.all.load': [1] }))]);
      expect(summary.cpucategories).toEqual({ error: 3 });
      expect(summary.load1).toMatchObject({ mean: { avg: 1 } });
    });
  });

  it('8: records without memory values do not count; installed memory is taken from any record', () => {
    const node = (x: number): Record<string, number> => ({ node0: x });
    const full: Sample = {
      'mem.numa.util.used': node(800),
      'mem.numa.util.filePages': node(100),
      'mem.numa.util.slab': node(100),
      'kernel.percpu.cpu.user': cores(() => 1),
    };
    const bare: Sample = { 'kernel.percpu.cpu.user': cores(() => 1) };
    const records = [full, full, bare, full, bare, full, full];
    const memory = summarize(jobOf(1, 180), [records]);
    expect(memory.summary.memory).toEqual({ used: { avg: 400, cnt: 1 }, used_minus_cache: { avg: 300, cnt: 1 } });
    expect(memory.errors.archive).toEqual(['n0 memory records without memory values do not count']);

    const later = times(4, (): Sample => ({ 'mem.util.free': [300], 'mem.util.cached': [100] }));
    const first: Sample = { 'mem.util.free': [300], 'mem.util.cached': [100], 'hinv.physmem': [1] };
    const { nodememory } = summarize(jobOf(1, 120), [[first, ...later]]).summary as Parts;
    expect(nodememory).toMatchObject({ physmem: { avg: 1024 }, used: { avg: 724 }, used_minus_cache: { avg: 624 } });
  });

  it('9: an analytic that fails costs its own result only', () => {
    const records = times(4, (): Sample => ({ 'kernel.all.load': [1], 'ipmi.dcmi.power': [100] }));
    const set = analyticSet();
    const analytics = set.analytics.map((a) =>
      a.cls !== 'LoadAvg'
        ? a
        : {
            ...a,
            finish: () => {
              throw new Error('boom');
            },
          },
    );
    const { summary, errors } = summarize(jobOf(1, 90), [records], { ...set, analytics });
    expect(summary.ipmi).toMatchObject({ power: { mean: { avg: 100 } } });
    expect(summary).not.toHaveProperty('load1');
    expect(errors.archive).toEqual(['load1 boom']);
  });

  it('10: an error never takes the place of a result under the same key', () => {
    const records = times(
      5,
      (i): Sample => ({
        'gpfs.fsios.read_bytes': { fs0: i * 2 ** 20 * STEP },
        'gpfs.fsios.write_bytes': { fs0: 0 },
        // Two records of Lustre: too few for its series, which is of the same key and comes later.
        ...(i < 2
          ? { 'lustre.llite.read_bytes.total': { scratch: i }, 'lustre.llite.write_bytes.total': { scratch: i } }
          : {}),
      }),
    );
    const { timeseries } = summarize(jobOf(1, 120), [records]);
    expect(timeseries.lnet).toMatchObject({ hosts: { 0: { all: [1, 1, 1, 1] } } });
  });

  it('11: series of devices go by instance, not by number', () => {
    const gpus = (i: number): Record<string, number> => (i < 6 ? { gpu7: 10 + i, gpu2: 90 } : { gpu2: 90 });
    const records = times(10, (i): Sample => ({ 'nvidia.gpuactive': gpus(i) }));
    const { timeseries, errors } = summarize(jobOf(1, 270), [records]);
    const { hosts } = timeseries.gpu_usage as {
      hosts: Record<string, { all: number[]; dev: Record<string, number[]>; names: object }>;
    };
    expect(hosts[0]!.names).toEqual({ 7: 'gpu7', 2: 'gpu2' });
    expect(hosts[0]!.dev[7]).toEqual([10, 11, 12, 13, 14, 15, NaN, NaN, NaN, NaN]);
    expect(hosts[0]!.dev[2]).toEqual(times(10, () => 90));
    expect(hosts[0]!.all.slice(5)).toEqual([52.5, 90, 90, 90, 90]);
    expect(errors.archive).toEqual(['n0 gpu_usage gpu7 has values in 6 of 10 records']);
  });

  it('12: records in which one metric is empty make no step', () => {
    const records = times(
      6,
      (i): Sample => ({
        'infiniband.port.switch.in.bytes': { 'mlx5_0:1': i * 2 ** 20 * STEP },
        'infiniband.port.switch.out.bytes': i === 3 ? {} : { 'mlx5_0:1': i * 2 ** 20 * STEP },
      }),
    );
    const { timeseries, errors } = summarize(jobOf(1, 150), [records]);
    expect(timeseries.ib_lnet).toMatchObject({ hosts: { 0: { all: [2, 2, 2, 2] } } });
    expect(errors.archive).toEqual(['n0 ib_lnet records in which a metric has no values do not count']);
  });

  it('13: what Proc found is not wiped by the preprocessor of another source', () => {
    expect(analyticSet().preprocessors.map((p) => p.cls)).toEqual([
      'GpuEnergy',
      'HardwareInventory',
      'PerfEvent',
      'Proc',
    ]);
  });

  it('14: a record whose limits end before the job counts as missing', () => {
    const group = '/slurm/uid_1000/job_4242';
    const records = times(
      8,
      (i): Sample => ({
        'cgroup.memory.usage': { '/a0': 1, [`${group}.1`]: 500 },
        'cgroup.memory.limit': i > 1 && i < 5 ? { '/a0': 1 } : { '/a0': 1, [`${group}.1`]: 1000 },
      }),
    );
    const { summary, errors } = summarize(jobOf(1, 210), [records]);
    expect(summary.process_memory).toMatchObject({ usage: { avg: { avg: 500 } }, usageratio: { max: { avg: 0.5 } } });
    expect(errors).toEqual({});
    const mostly = records.map((r, i) => (i > 1 ? { ...r, 'cgroup.memory.limit': { '/a0': 1 } } : r));
    expect(summarize(jobOf(1, 210), [mostly]).summary.process_memory).toEqual({ error: 5 });
  });
});
