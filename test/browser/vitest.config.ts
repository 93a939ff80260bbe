import { defineConfig } from 'vitest/config'

/** What needs a browser, apart from the other tests: those run anywhere. */
export default defineConfig({
  test: { include: ['test/browser/**/*.browser.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
})
