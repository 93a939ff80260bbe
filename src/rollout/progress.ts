import type { RouteObject } from '../mesh/route-object.ts'
import type { Answered } from '../split/who-is-silent.ts'
import type { Check } from './check.ts'
import type { LatestReplies } from './latest-replies.ts'
import type { Percents } from './outcome.ts'
import type { Gateway } from './proof-order.ts'
import type { PlannedScene } from './scene.ts'
import type { Written } from './written.ts'

/** What a run has done so far. */
export type Progress = {
  /** The object as it was read last, before there is a plan. */
  read: RouteObject | undefined
  scene: PlannedScene | undefined
  gateway: Gateway | undefined
  /** What the connections before the first write met. */
  heard: Answered | undefined
  /** Checks that began. */
  checks: Check[]
  /** undefined until the first write is sent. */
  written: Written | undefined
  firstWriteMs: number | undefined
  /** When each destination answered last. */
  replies: LatestReplies
  inForce: Percents | undefined
}
