import { CLUSTER_OPTIONS } from './groups/clusters.ts'
import { EVIDENCE_OPTIONS } from './groups/evidence.ts'
import { HEALTH_OPTIONS } from './groups/health.ts'
import { JOB_OPTIONS } from './groups/job.ts'
import { LIMIT_OPTIONS } from './groups/limits.ts'
import { OBJECT_OPTIONS } from './groups/object.ts'
import { OUTPUT_OPTIONS } from './groups/output.ts'
import { PROBE_OPTIONS } from './groups/probe.ts'
import { WEIGHT_OPTIONS } from './groups/weights.ts'
import type { Option } from './option.ts'

export { type Option, WEIGHING } from './option.ts'

/** The options that a reader looks for in one place. */
export type OptionGroup = { title: string; options: readonly Option[] }

/** Every option, in the order in which people read about them. */
export const GROUPS: readonly OptionGroup[] = [
  OBJECT_OPTIONS,
  WEIGHT_OPTIONS,
  EVIDENCE_OPTIONS,
  PROBE_OPTIONS,
  JOB_OPTIONS,
  HEALTH_OPTIONS,
  LIMIT_OPTIONS,
  CLUSTER_OPTIONS,
  OUTPUT_OPTIONS,
]

export const OPTIONS: readonly Option[] = GROUPS.flatMap(({ options }) => options)

/** The names of an option: its own, and its other one where it has one. */
export function namesOf({ name, alias }: Option): readonly string[] {
  return alias === undefined ? [name] : [name, alias]
}
