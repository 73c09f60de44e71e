// Owns `jobsum setup`: its commands.

import type { CommandModule } from 'yargs';
import { setupCollectorCommand } from './setup-collector.ts';
import { setupCronCommand, setupSystemdCommand } from './setup-unattended.ts';

export const setupCommand: CommandModule = {
  command: 'setup',
  builder: (y) =>
    y
      .command(setupCollectorCommand)
      .command(setupSystemdCommand)
      .command(setupCronCommand)
      .demandCommand(1, 'setup: say collector, systemd or cron'),
  handler: () => undefined,
};
