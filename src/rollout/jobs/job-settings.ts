import type { PlannedTarget } from '../../evidence/jobs/probe-plan.ts'
import type { JobOwner } from './manifest/job-labels.ts'
import type { Injection } from './manifest/job-template.ts'
import type { PlannedSamples } from './manifest/probe-plan-of.ts'

/** What all Jobs of a run have in common. */
export type JobSettings = {
  namespace: string
  /** The name of the route object. */
  object: string
  owner: JobOwner
  injection: Injection
  target: PlannedTarget
  samples: PlannedSamples
  /** When the run, with its rollback, is over at the latest. Milliseconds of the run's clock. */
  endsMs: number
  /** How long a state that prevents a Pod from probing may last before the write. */
  patienceMs: number
}

/** What one Job of a run is to do. */
export type JobPace = {
  /** Of all Pods together; undefined: as fast as `concurrency` allows. */
  ratePerSecond?: number
  /** Of each Pod; undefined: until the run ends. */
  most?: number
  /** Undefined: a new one. */
  name?: string
}
