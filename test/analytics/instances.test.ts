// Instances that come and go: what is joined by instance, what is left out, and how the document tells.

import { describe, expect, it } from 'vitest';
import { jobOf, type Sample, summarize, times } from '../support/nodes.ts';

type Stats = { avg: number; cnt: number };
type Gpu = Record<string, Record<string, Stats>>;
interface Series {
  readonly hosts: Record<string, { all: number[]; dev: Record<string, number[]> }>;
}

const only = (names: readonly string[], of: (name: string) => number): Record<string, number> =>
  Object.fromEntries(names.map((name) => [name, of(name)]));

describe('instances that come and go', () => {
  // The same number of GPUs throughout: by position, gpu2 would go on where gpu1 ended.
  const gpus = (i: number): string[] => (i < 4 ? ['gpu0', 'gpu1'] : ['gpu0', 'gpu2']);
  const level: Readonly<Record<string, number>> = { gpu0: 10, gpu1: 50, gpu2: 90 };
  const records = times(8, (i): Sample => {
    const values = only(gpus(i), (name) => level[name]!);
    return { 'nvidia.gpuactive': values, 'nvidia.memused': values, 'nvidia.powerused': only(gpus(i), () => 2000) };
  });

  it('do not mix the values of GPUs', () => {
    const { summary, errors } = summarize(jobOf(1, 210), [records]);
    const gpu = summary.gpu as Gpu;
    for (const [name, avg] of Object.entries(level)) {
      expect(gpu[name]!.gpuactive).toEqual({ avg, cnt: 1 });
      expect(gpu[name]!.memusedmax).toEqual({ avg, cnt: 1 });
    }
    expect(errors.archive).toContain('n0 gpu gpu1 has values in 4 of 8 records');
    expect(errors.archive).toContain('n0 gpu gpu2 has values in 4 of 8 records');
    expect(errors.archive!.join()).not.toContain('gpu0');
  });

  it('take energy for the time that they are there', () => {
    const { summary } = summarize(jobOf(1, 210), [records]);
    const power = summary.gpupower as Record<string, { energy: Stats & { total: number }; power: { mean: Stats } }>;
    expect(power.gpu0!.energy.total).toBeCloseTo(2 * 210, 9);
    expect(power.gpu1!.energy.total).toBeCloseTo(2 * 90, 9);
    expect(power.gpu2!.energy.total).toBeCloseTo(2 * 90, 9);
    expect(power.gpu0!.power.mean.avg).toBeCloseTo(2, 12);
  });

  it('leave the CPUs that stay as they are', () => {
    const modes = ['user', 'nice', 'sys', 'idle', 'wait.total', 'intr', 'irq.soft', 'irq.hard'];
    // Each works a quarter, half, three quarters, all of its time; the last goes offline.
    const busy = (cpu: string): number => (Number(cpu.slice(3)) + 1) / 4;
    const usage = times(14, (i): Sample => {
      const cpus = i < 7 ? ['cpu0', 'cpu1', 'cpu2', 'cpu3'] : ['cpu0', 'cpu1', 'cpu2'];
      return Object.fromEntries(
        modes.map((m) => {
          const share = (cpu: string) => (m === 'user' ? busy(cpu) : m === 'idle' ? 1 - busy(cpu) : 0);
          return [`kernel.percpu.cpu.${m}`, only(cpus, (cpu) => 30_000 * i * share(cpu))];
        }),
      );
    });
    const { summary, timeseries, errors } = summarize(jobOf(1, 390), [usage]);
    expect(summary.cpu).toMatchObject({ nodecpus: { user: { avg: 0.5, max: 0.75, cnt: 3 } } });
    const { dutycycles } = summary.cpucategories as { dutycycles: Record<string, Record<string, number>> };
    expect(dutycycles.n0).toEqual({ cpu0: 0, cpu1: 0, cpu2: 1, cpu3: 1 });
    const { all, dev } = (timeseries.cpuuser as Series).hosts[0]!;
    expect(dev[0]).toEqual(times(13, () => 25));
    expect(dev[3]).toEqual([...times(6, () => 100), ...times(7, () => Number.NaN)]);
    expect(all).toEqual([...times(6, () => 62.5), ...times(7, () => 50)]);
    expect(errors.archive).toEqual([
      'n0 cpucategories cpu3 has values in 7 of 14 records',
      'n0 cpuuser cpu3 has values in 7 of 14 records',
      'n0 cpu not in both the first and the last record, left out: cpu3',
    ]);
  });

  it('make mounts that are there from first to last right, however they are ordered', () => {
    const metrics = ['read', 'write'].flatMap((w) => ['normal', 'direct', 'server'].map((k) => `${w}.${k}`));
    const mounts = (i: number): string[] => (i === 0 ? ['/a1', '/b2'] : ['/c3', '/b2', '/a1']);
    const nfs = times(
      3,
      (i): Sample =>
        Object.fromEntries(
          metrics.map((m) => [`nfsclient.bytes.${m}`, only(mounts(i), (name) => i * Number(name.slice(2)))]),
        ),
    );
    const { summary, errors } = summarize(jobOf(1, 60), [nfs]);
    const found = summary.nfs as Gpu;
    expect(Object.keys(found).sort()).toEqual(['/a1', '/b2']);
    expect(found['/a1']!['read-normal']).toEqual({ avg: 2, cnt: 1 });
    expect(found['/b2']!['write-server']).toEqual({ avg: 4, cnt: 1 });
    expect(errors.archive).toEqual([
      'n0 nfs came or went, counted while there: /c3 (2 of 3 records)',
      'n0 nfs not in both the first and the last record, left out: /c3',
    ]);
  });

  it('are error 7 for block devices where their number changes, and joined where it does not', () => {
    const metrics = ['read', 'read_bytes', 'write', 'write_bytes'];
    const disks = (names: readonly string[], x: number): Sample =>
      Object.fromEntries(metrics.map((m) => [`disk.dev.${m}`, only(names, () => x)]));
    const of = (last: readonly string[]) => summarize(jobOf(1, 30), [[disks(['sd0', 'sd1'], 5), disks(last, 9)]]);
    expect(of(['sd0']).summary.block).toEqual({ error: 7 });
    const swapped = of(['sd2', 'sd1']);
    expect(Object.keys(swapped.summary.block as object)).toEqual(['sd1']);
    expect(swapped.errors.archive).toEqual(['n0 block not in both the first and the last record, left out: sd2, sd0']);
  });

  it('are said once where many nodes have them', () => {
    const { errors } = summarize(
      jobOf(9, 210),
      times(9, () => records),
    );
    expect(errors.archive).toContain('n0,n1,n2,n3 and 5 more nodes gpu gpu1 has values in 4 of 8 records');
  });
});
