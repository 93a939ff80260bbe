import { defineConfig } from 'vitest/config'

/** The suite on the real mesh; `npm run e2e` runs it beside one. */
export default defineConfig({
  test: {
    include: ['e2e/**/*.test.ts'],
    // There is one mesh, and every test has it to itself.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['verbose'],
  },
})
