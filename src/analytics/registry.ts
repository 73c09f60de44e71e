// Owns the list of analytics and preprocessors. To add one: its file, and its line here.

import type { Analytic, Preprocessor } from './analytic.ts';
import { catastrophe, taccCatastrophe } from './shipped/catastrophe.ts';
import { cgroupMemory, cgroupMemSeries } from './shipped/cgroup.ts';
import { cgroupCpu } from './shipped/cgroup-cpu.ts';
import { cpuCategories } from './shipped/cpu-categories.ts';
import { cpuUserSeries } from './shipped/cpu-series.ts';
import { cpuUsage } from './shipped/cpu-usage.ts';
import { block, gpfs, infiniband, lnet, lustre, network, nfs } from './shipped/device.ts';
import { gpuEnergy, gpuPower, gpuUsage } from './shipped/gpu.ts';
import { hardwareInventory } from './shipped/inventory.ts';
import { ipmiPower } from './shipped/ipmi.ts';
import { loadAvg } from './shipped/load.ts';
import { memoryUsage, nodeMemoryUsage } from './shipped/memory.ts';
import { gpfsPatterns } from './shipped/patterns.ts';
import { cpuPerfCounters, taccPerfCounters, taccUncoreCounters, uncoreCounters } from './shipped/perf-counters.ts';
import { perfEvent } from './shipped/perf-event.ts';
import { armPowerSeries, memBandwidthSeries, simdSeries, sveSeries } from './shipped/perf-series.ts';
import { powerSeries } from './shipped/power-series.ts';
import { proc } from './shipped/proc.ts';
import {
  blockSeries,
  gpfsSeries,
  gpuSeries,
  infinibandSeries,
  lustreSeries,
  memUsageSeries,
  nfsSeries,
  totalMemSeries,
} from './shipped/series.ts';

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
