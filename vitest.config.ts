import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'threads',
    // By default one fewer than there are cores: one file at a time on two cores, of which tests that start programs leave half idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // For what hangs. A busy machine takes ten times as long as a quiet one, and that is no failure.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
