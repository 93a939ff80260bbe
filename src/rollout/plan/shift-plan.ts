import type { ReversibleWrite } from '../../journal/reversible-write.ts'
import type { Resource } from '../../kube/resources.ts'
import type { Percents } from '../../routes/percents.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Rule } from '../../routes/rule.ts'
import type { WeightEdit } from '../../routes/weights/weight-edit.ts'
import type { Weights } from '../../routes/weights/weights.ts'
import type { NamedDestination } from '../../workloads/ready-endpoints.ts'
import type { Check } from '../model/check.ts'
import type { SampleUnit } from '../model/sample-unit.ts'

/** What the run is about to touch. */
export type PlanInput = {
  object: RouteObject
  rule: Rule
  edit: WeightEdit
  /** The version under which the object was read. */
  apiVersion: string
  /** What samples are called. */
  unit: SampleUnit
  /** undefined if nothing is written. */
  write: ReversibleWrite | undefined
  /** The weights on the object, where a plan starts from those that a shift restores first; absent where it has them. */
  inForce?: Percents | undefined
  /** Destinations that are to get connections at some step. */
  weighted: readonly NamedDestination[]
  /** Milliseconds since the spec was last changed, by the API server's clock; undefined if that is not known. */
  sinceChangeMs: number | undefined
}

/** The plan input with the steps of the run. */
export type ShiftPlan = PlanInput & {
  resource: Resource
  /** The weights of each write, the last included; of one check without a write if nothing is to be written. */
  targets: readonly Weights[]
  checks: readonly Check[]
  /** The index of the destination whose share the run is about; undefined where weights are given for several. */
  shifted: number | undefined
}
