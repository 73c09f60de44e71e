// Owns the list of analytics and preprocessors. To add one: its file, and its line here.

import type { Analytic, Preprocessor } from './analytic.ts';
import { catastrophe, taccCatastrophe } from './catastrophe.ts';
import { cgroupMemory, cgroupMemSeries } from './cgroup.ts';
import { cgroupCpu } from './cgroup-cpu.ts';
import { cpuCategories } from './cpu-categories.ts';
import { cpuUserSeries } from './cpu-series.ts';
import { cpuUsage } from './cpu-usage.ts';
import { block, gpfs, infiniband, lnet, lustre, network, nfs } from './device.ts';
import { gpuEnergy, gpuPower, gpuUsage } from './gpu.ts';
import { hardwareInventory } from './inventory.ts';
import { ipmiPower } from './ipmi.ts';
import { loadAvg } from './load.ts';
import { memoryUsage, nodeMemoryUsage } from './memory.ts';
import { gpfsPatterns } from './patterns.ts';
import { cpuPerfCounters, taccPerfCounters, taccUncoreCounters, uncoreCounters } from './perf-counters.ts';
import { perfEvent } from './perf-event.ts';
import { armPowerSeries, memBandwidthSeries, simdSeries, sveSeries } from './perf-series.ts';
import { powerSeries } from './power-series.ts';
import { proc } from './proc.ts';
import {
  blockSeries,
  gpfsSeries,
  gpuSeries,
  infinibandSeries,
  lustreSeries,
  memUsageSeries,
  nfsSeries,
  totalMemSeries,
} from './series.ts';

/** In load order, alphabetical by class: a later one sees what earlier ones left. The reference's ProcPrometheus reads
 *  another source and would wipe what Proc found in archives (preprocessors.md §5). */
export const PREPROCESSORS: readonly Preprocessor[] = [gpuEnergy, hardwareInventory, perfEvent, proc];

/** `all` before `firstlast`, alphabetical within: of two results under one key the later one counts (§1.5). */
export const ANALYTICS: readonly Analytic[] = [
  armPowerSeries,
  blockSeries,
  catastrophe,
  cgroupCpu,
  cgroupMemSeries,
  cgroupMemory,
  cpuCategories,
  cpuUserSeries,
  gpfsSeries,
  gpuPower,
  gpuUsage,
  gpuSeries,
  infinibandSeries,
  ipmiPower,
  loadAvg,
  lustreSeries,
  memBandwidthSeries,
  memUsageSeries,
  memoryUsage,
  nfsSeries,
  nodeMemoryUsage,
  powerSeries,
  simdSeries,
  sveSeries,
  taccCatastrophe,
  taccPerfCounters,
  taccUncoreCounters,
  gpfsPatterns,
  totalMemSeries,
  block,
  cpuPerfCounters,
  cpuUsage,
  gpfs,
  infiniband,
  lnet,
  lustre,
  network,
  nfs,
  uncoreCounters,
];

/** Every metric name that some analytic may ask for. */
export const WANTED_METRICS: readonly string[] = [
  ...new Set([...PREPROCESSORS, ...ANALYTICS].flatMap((a) => [...a.alternatives.flat(), ...(a.optional ?? [])])),
];
