import type { OwnJobs } from '../../src/rollout/jobs/own-jobs.ts'

/** The Jobs of a run that has none. */
export const NO_JOBS: OwnJobs = {
  endsMs: 0,
  script: () => '',
  create: () => Promise.reject(new Error('a run without Jobs')),
  beforeRemoval: () => undefined,
  remove: async () => undefined,
  removeAll: async () => [],
}
