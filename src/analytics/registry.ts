// Owns the list of analytics and preprocessors. To add one: its file, and its line here.

import type { Analytic, Preprocessor } from './analytic.ts';
import { cpuUsage } from './cpu-usage.ts';
import { block, gpfs, infiniband, lustre, network, nfs } from './device.ts';
import { gpuPower, gpuUsage } from './gpu.ts';
import { hardwareInventory } from './inventory.ts';
import { ipmiPower } from './ipmi.ts';
import { loadAvg } from './load.ts';
import { memoryUsage, nodeMemoryUsage } from './memory.ts';
import { proc } from './proc.ts';
import { blockSeries, cpuUserSeries, gpuSeries, infinibandSeries, memUsageSeries, totalMemSeries } from './series.ts';

/** In load order, alphabetical by class: a later one sees what earlier ones left. */
export const PREPROCESSORS: readonly Preprocessor[] = [hardwareInventory, proc];

/** `all` before `firstlast`, alphabetical within: of two results under one key the later one counts (§1.5). */
export const ANALYTICS: readonly Analytic[] = [
  blockSeries,
  cpuUserSeries,
  gpuPower,
  gpuUsage,
  gpuSeries,
  infinibandSeries,
  ipmiPower,
  loadAvg,
  memUsageSeries,
  memoryUsage,
  nodeMemoryUsage,
  totalMemSeries,
  block,
  cpuUsage,
  gpfs,
  infiniband,
  lustre,
  network,
  nfs,
];

/** Every metric name that some analytic may ask for. */
export const WANTED_METRICS: readonly string[] = [
  ...new Set([...PREPROCESSORS, ...ANALYTICS].flatMap((a) => [...a.alternatives.flat(), ...(a.optional ?? [])])),
];
