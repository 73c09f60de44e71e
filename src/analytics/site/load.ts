// Owns a site's own analytics: modules loaded, their declarations checked, and their functions kept from doing harm to others.

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Job } from '../../jobs/index.ts';
import { JobsumError, type Problem } from '../../kernel/index.ts';
import { type Analytic, E, failure, type JobData, type Note, type Share } from '../analytic.ts';
import { energyStats } from '../collect.ts';
import { SHIPPED } from '../set.ts';
import { stats } from '../stats.ts';
import { toPlain } from './plain.ts';

/** What `finish` gets as its fourth argument, so that a module outside of any package needs no import. */
export const KIT = { stats, energyStats, failure, E } as const;
/** … and `note`, which says in the document's errors what a result leaves out. */
export type SiteKit = typeof KIT & { readonly note: Note };

/** As a shipped analytic; `finish` gets the kit besides. */
export interface SiteAnalytic extends Omit<Analytic, 'finish'> {
  finish(shares: readonly Share[], job: Job, data: JobData, kit: SiteKit): unknown;
}

export interface SiteLoad {
  /** Modules of which something can be used. */
  readonly files: readonly string[];
  readonly analytics: readonly Analytic[];
  /** One for each that cannot be used: E_ANALYTIC. */
  readonly problems: readonly Problem[];
}

/** A module that has not been loaded by then waits for something that does not come. */
const LOAD_MS = 10_000;

/** Keys that other parts of the documents have. */
const RESERVED: Readonly<Record<Analytic['section'], readonly string[]>> = {
  summary: [
    ...['_id', 'summarization', 'created', 'acct', 'errors', 'coverage', 'timeseries', 'processed', 'shared', 'lariat'],
    ...['summary_version', 'cores', 'procDump', 'proc'],
  ],
  timeseries: ['_id', 'version', 'hosts', 'errors'],
};

type Checks = typeof import('./schema.ts');

const why = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Loads modules in the order given. Never throws: what is broken is a problem. */
export async function loadAnalyticModules(files: readonly string[], loadMs = LOAD_MS): Promise<SiteLoad> {
  const analytics: Analytic[] = [];
  const problems: Problem[] = [];
  const used: string[] = [];
  if (files.length === 0) return { files: used, analytics, problems };
  // Loaded only where there is something to check: start-up counts.
  const checks = await import('./schema.ts');
  for (const file of files) {
    try {
      for (const declared of await exportsOf(file, loadMs)) {
        analytics.push(guarded(declared, analytics, checks));
        if (!used.includes(file)) used.push(file);
      }
    } catch (error) {
      const what = 'an analytic of the site cannot be used';
      problems.push(new JobsumError('E_ANALYTIC', what, { file, found: why(error) }).toProblem());
    }
  }
  return { files: used, analytics, problems };
}

/** The default export, one analytic or a list of them. */
async function exportsOf(file: string, loadMs: number): Promise<readonly unknown[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not loaded within ${loadMs / 1000} s`)), loadMs);
  });
  try {
    const module = (await Promise.race([import(pathToFileURL(resolve(file)).href), late])) as { default?: unknown };
    if (module.default === undefined) throw new TypeError('the module has no default export');
    return Array.isArray(module.default) ? (module.default as unknown[]) : [module.default];
  } finally {
    clearTimeout(timer);
  }
}

/** The analytic with its results checked. @throws TypeError when its declaration is of no use */
function guarded(value: unknown, earlier: readonly Analytic[], checks: Checks): Analytic {
  if (typeof value !== 'object' || value === null) throw new TypeError('expected an object that declares an analytic');
  const given = value as SiteAnalytic;
  const { cls, key, section, alternatives, optional, units, counts } = checks.checkDeclaration(given);
  for (const name of ['declare', 'finish'] as const)
    if (typeof given[name] !== 'function') throw new TypeError(`${name}: expected a function`);
  const others = [...SHIPPED.preprocessors, ...SHIPPED.analytics, ...earlier];
  if (others.some((a) => a.cls === cls)) throw new TypeError(`the class ${cls} is taken`);
  const taken = [...SHIPPED.analytics, ...earlier].some((a) => a.section === section && a.key === key);
  if (taken || RESERVED[section].includes(key)) throw new TypeError(`the key ${key} is taken`);
  for (const [name, own] of Object.entries(units ?? {})) {
    const taken = others.find((a) => a.units && Object.hasOwn(a.units, name) && a.units[name] !== own);
    if (taken) throw new TypeError(`units of ${name}: ${own}, but ${taken.cls} takes it in ${taken.units![name]}`);
  }
  return {
    ...{ cls, key, section, alternatives },
    ...(optional ? { optional } : {}),
    ...(units ? { units } : {}),
    ...(counts ? { counts } : {}),
    declare(metrics, job, node) {
      return checks.checkSpec(given.declare([...metrics], structuredClone(job), node), metrics.length);
    },
    finish(shares, job, data, note) {
      // Its own copies: what it does to them concerns nobody else.
      const { cores, cpus, perf, gpuEnergy } = data;
      const own = {
        ...{ cores: new Map(cores), cpus: cpus && new Map(cpus), perf: perf && new Map(perf) },
        gpuEnergy: new Map([...gpuEnergy].map(([node, joules]) => [node, new Map(joules)])),
      };
      return toPlain(given.finish([...shares], structuredClone(job), own, { ...KIT, note }));
    },
  };
}
