// Owns `jobsum setup`: its commands.

import type { CommandModule } from 'yargs';
import { setupCollectorCommand } from './setup-collector.ts';
import { setupSiteCommand } from './setup-site.ts';
import { setupCronCommand, setupSystemdCommand } from './setup-unattended.ts';

export const setupCommand: CommandModule = {
  command: 'setup',
  builder: (y) =>
    y
      .command(setupSiteCommand as unknown as CommandModule)
      .command(setupCollectorCommand)
      .command(setupSystemdCommand)
      .command(setupCronCommand),
  handler: () => undefined,
};
