import { defineConfig } from 'vitest/config'
import sources from '../vitest.config.ts'

/** What starts the built programs, apart from the other tests: starting them takes a third of the time of all tests. */
export default defineConfig({
  test: { ...sources.test, include: ['test/**/*.program.ts'] },
})
