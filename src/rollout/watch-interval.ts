import { throwIfLost } from './counters/counting.ts'
import { confirmMetrics } from './metrics/confirm-metrics.ts'
import type { Context } from './model/context.ts'
import { throwIfBroken } from './reach/reach.ts'
import { withCheck } from './rollback/latest-replies.ts'
import { type Advance, type CheckingState, type WrittenState, waysOf } from './run-state.ts'
import type { TakenStep } from './take-step.ts'
import { stopIfOver } from './write-step.ts'

/** Watches the weights of a confirmed step for `step-interval`. The last check has another end where there was an alarm. */
export async function watchInterval(
  context: Context,
  { state, watch, startedMs }: TakenStep,
  advance: Advance,
  signal: AbortSignal,
): Promise<CheckingState | WrittenState> {
  const { stepIntervalMs } = context.options
  if (stepIntervalMs === 0) return state
  const confirmed = state.checks.at(-1)
  if (confirmed === undefined) throw new Error('a step without a check')
  const going = AbortSignal.any([signal, ...waysOf(state)])
  const check = await watch(confirmed, stepIntervalMs, going)
  const watched = advance({
    ...state,
    checks: [...state.checks.slice(0, -1), check],
    replies: withCheck(state.replies, check, startedMs),
  })
  if (check.ended !== 'pass') return watched
  throwIfBroken(state, {}, signal)
  throwIfLost(state.counting, {}, signal)
  stopIfOver(context, signal, 'between two steps')
  return confirmMetrics(context, { state: watched, advance }, 'interval', signal)
}
