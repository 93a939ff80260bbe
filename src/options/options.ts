import type { ClusterOptions } from './groups/clusters.ts'
import type { EvidenceOptions } from './groups/evidence.ts'
import type { HealthOptions } from './groups/health.ts'
import type { JobOptions } from './groups/job.ts'
import type { LimitOptions } from './groups/limits.ts'
import type { MetricsOptions } from './groups/metrics.ts'
import type { ObjectOptions } from './groups/object.ts'
import type { OutputOptions } from './groups/output.ts'
import type { ProbeOptions } from './groups/probe.ts'
import type { WeightOptions } from './groups/weights.ts'
import type { Mode } from './values.ts'

export type * from './values.ts'

/** What a run is asked to do, parsed and checked: everything outside of `options/` relies on it. */
export type Options = { mode: Mode } & ObjectOptions &
  WeightOptions &
  ProbeOptions &
  JobOptions &
  EvidenceOptions &
  HealthOptions &
  MetricsOptions &
  LimitOptions &
  ClusterOptions &
  OutputOptions
