// Owns the list of commands: their names, what they are for, and how their modules are loaded.

import type { CommandModule } from 'yargs';

/** A module of a command is loaded when the command is named: to look into an archive needs neither database nor workers. */
export const COMMANDS: Readonly<
  Record<string, { readonly describe: string; readonly load: () => Promise<CommandModule> }>
> = {
  summarize: {
    describe: "Summarize jobs from their nodes' archives into documents",
    load: async () => (await import('./commands/summarize.ts')).summarizeCommand as CommandModule,
  },
  show: {
    describe: 'Report on a job; without one, list the jobs of the store',
    load: async () => (await import('./commands/show.ts')).showCommand as CommandModule,
  },
  list: {
    describe: 'List jobs by what became of them: state, reason, user, node, time',
    load: async () => (await import('./commands/list.ts')).listCommand as CommandModule,
  },
  status: {
    describe: 'How the runs go: backlog, failures by reason, jobs set aside, who is at work',
    load: async () => (await import('./commands/status.ts')).statusCommand as CommandModule,
  },
  explain: {
    describe: 'Every stage of one job, and what to do',
    load: async () => (await import('./commands/explain.ts')).explainCommand as unknown as CommandModule,
  },
  config: {
    describe: 'Check or show the configuration of a site',
    load: async () => (await import('./commands/config.ts')).configCommand,
  },
  schema: {
    describe: 'Print the JSON Schema of the documents',
    load: async () => (await import('./commands/schema.ts')).schemaCommand as CommandModule,
  },
  archive: {
    describe: 'Look into PCP archives, check, extract and convert them',
    load: async () => (await import('./commands/archive.ts')).archiveCommand,
  },
  index: {
    describe: 'Bring the catalogue of archives, and the tables of a warehouse, up to date',
    load: async () => (await import('./commands/index-archives.ts')).indexCommand as CommandModule,
  },
  jobscripts: {
    describe: 'Store saved job scripts in the warehouse',
    load: async () => (await import('./commands/jobscripts.ts')).jobscriptsCommand as CommandModule,
  },
  setup: {
    describe: 'Prepare databases, compute nodes and unattended runs',
    load: async () => (await import('./commands/setup.ts')).setupCommand,
  },
  compare: {
    describe: "Compare a document with the reference's",
    load: async () => (await import('./commands/compare.ts')).compareCommand as CommandModule,
  },
  prune: {
    describe: 'Take old documents out of an embedded store',
    load: async () => (await import('./commands/prune.ts')).pruneCommand as CommandModule,
  },
  demo: {
    describe: 'Summarize the shipped example cluster and show what comes out',
    load: async () => (await import('./commands/demo.ts')).demoCommand as CommandModule,
  },
};
