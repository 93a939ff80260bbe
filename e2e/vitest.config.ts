import { defineConfig } from 'vitest/config'

/** The suite on the real mesh, which `npm run e2e` starts. */
export default defineConfig({
  test: {
    include: ['e2e/**/*.test.ts'],
    // There is one mesh, which one test uses at a time.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['verbose'],
  },
})
