import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'threads',
    // For what hangs. A busy machine takes ten times as long as a quiet one, and that is no failure.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
