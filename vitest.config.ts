import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { WaitingFirst } from './kit/run/waiting-first.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A worker for each file costs more than most files: tests keep their state to themselves.
    isolate: false,
    // Many tests wait, so three workers for each core keep it busy: 155 s on two cores, where one and a half take 212 s.
    maxWorkers: 3 * availableParallelism(),
    sequence: { sequencer: WaitingFirst },
    // Tests wait for events; this only ends those whose event never comes, on a busy machine too.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    globalSetup: ['kit/run/compile-cache.ts', 'kit/run/prober-script.ts'],
    setupFiles: ['kit/run/no-open-handles.ts', 'kit/run/one-seed.ts'],
  },
})
