import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A worker for each file costs more than most files: tests keep their state to themselves.
    isolate: false,
    setupFiles: ['test/support/no-open-handles.ts'],
  },
})
