import type { Written } from '../journal/write/written.ts'
import type { RouteObject } from '../routes/route-object.ts'
import type { ReplyCounts } from '../split/judge/unanswered-destinations.ts'
import type { Gateway } from './check/check-task.ts'
import type { Check } from './model/check.ts'
import type { Percents } from './model/outcome.ts'
import type { ShiftPlan } from './plan/shift-plan.ts'
import type { LatestReplies } from './rollback/latest-replies.ts'

/** What a run has done so far. */
export type Progress = {
  /** The object as it was read last, before there is a plan. */
  read: RouteObject | undefined
  shiftPlan: ShiftPlan | undefined
  gateway: Gateway | undefined
  /** What the connections before the first write met. */
  replyCounts: ReplyCounts | undefined
  /** Checks that began. */
  checks: Check[]
  /** undefined until the first write is sent. */
  written: Written | undefined
  firstWriteMs: number | undefined
  /** When each destination answered last. */
  replies: LatestReplies
  inForce: Percents | undefined
}
