import { defineConfig } from 'vitest/config'
import sources from '../vitest.config.ts'

/**
 * Apart from the other tests, so that those stay short: what starts programs of this project or waits for users'
 * traffic, the faults, the interleavings of runs, and the steps and errors of the documents. It takes half of the time.
 */
export default defineConfig({
  test: { ...sources.test, include: ['test/**/*.long.ts'] },
})
