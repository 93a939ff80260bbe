import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** The workflows that act runs against the embedded mesh, apart from the other tests: those need no other program. */
export default defineConfig({
  test: {
    include: ['e2e/act/**/*.act.ts'],
    globalSetup: ['e2e/act/support/setup.ts', 'kit/run/compile-cache.ts'],
    // Each file waits for act most of the time.
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
