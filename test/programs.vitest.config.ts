import { defineConfig } from 'vitest/config'
import sources from '../vitest.config.ts'

/** What starts programs of this project, apart from the other tests: starting them takes a third of the time of all tests. */
export default defineConfig({
  test: { ...sources.test, include: ['test/**/*.program.ts'] },
})
