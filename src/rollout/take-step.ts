import { RunError } from '../problem/run-error.ts'
import { trafficWord } from '../routes/rule.ts'
import { asShares } from '../routes/weights/weights.ts'
import { judgesFor } from '../split/judges.ts'
import type { CheckTask } from './check/check-task.ts'
import { repliesIn } from './check/replies-in.ts'
import { type RunCheck, startCheck } from './check/run-check.ts'
import { endsWithWrite } from './check/unanswered-destination.ts'
import { watchAcceptance } from './check/watch-acceptance.ts'
import { throwIfLost } from './counters/counting.ts'
import type { Check } from './model/check.ts'
import type { Context } from './model/context.ts'
import { checkHealth } from './plan/check-health.ts'
import { growthOf } from './plan/growing.ts'
import { errorChance } from './plan/plan-checks.ts'
import { isJustChanged } from './preflight/just-changed.ts'
import type { CheckProxies } from './proxies/check-proxies.ts'
import { followWeights } from './proxies/follow-weights.ts'
import { throwIfBroken } from './reach/reach.ts'
import { withCheck } from './rollback/latest-replies.ts'
import { type Advance, type CheckingState, type WrittenState, waysOf } from './run-state.ts'
import { writeStep } from './write-step.ts'

/** A step whose check has ended, and what watches its weights. */
export type TakenStep = {
  state: CheckingState | WrittenState
  watch: RunCheck['watch']
  /** When the write was answered, or the check began. */
  startedMs: number
}

/** Writes the weights of the next step, where there is something to write, and runs its check. */
export async function takeStep(
  context: Context,
  state: CheckingState | WrittenState,
  advance: Advance,
  signal: AbortSignal,
): Promise<TakenStep> {
  const { nowMs } = context
  const { shiftPlan, checks } = state
  const check = shiftPlan.checks[checks.length]
  if (!check) throw new Error('a step without a check')
  const begun = advance({ ...state, checks: [...checks, check] })
  const at = shiftPlan.write ? await writeStep(context, begun, advance, signal) : begun
  const writtenMs = shiftPlan.write ? nowMs() : changedMs(context, shiftPlan.sinceChangeMs)
  const startedMs = writtenMs ?? nowMs()
  const going = AbortSignal.any([signal, ...waysOf(state)])
  const acceptance = watchAcceptance(context, shiftPlan, going)
  const task = checkTask(context, state, check, acceptance.signal)
  const proxies = followStep(context, at, { startMs: startedMs, signal: acceptance.signal })
  const { check: ended, watch } = await startCheck({ ...task, writtenMs, proxies })
  const rejected = await acceptance.stop()
  const next = advance({
    ...at,
    checks: [...checks, ended],
    stepMs: startedMs,
    replies: withCheck(at.replies, ended, startedMs),
  })
  if (rejected && !signal.aborted) throw rejected
  if (state.counting && !signal.aborted) refuseUnlessConfirmed(ended)
  throwIfBroken(state, ended, signal)
  throwIfLost(state.counting, ended, signal)
  return { state: next, watch, startedMs }
}

/** Counters of proxies whose weights are not known say nothing of others that hold the rule. */
function refuseUnlessConfirmed({ ended, proxies, attempts }: Check): void {
  const fits = ended === 'pass' || attempts.at(-1)?.decision === 'pass'
  if (proxies?.status !== 'guarded' || (ended !== undefined && ended !== 'pass')) return
  throw new RunError(
    'ITS-COUNTERS-LOST',
    `${fits ? 'The counts fit, but they' : 'Counts'} may not show the whole split. ${proxies.why ?? ''}`.trimEnd(),
    'Run it again when the proxies of the rule do not change, or use evidence: replies.',
  )
}

/** Follows the proxies that hold the rule until they have what this step wrote, or what the object has. */
function followStep(
  context: Context,
  { shiftPlan, checks, stamps, proxies }: CheckingState | WrittenState,
  { startMs, signal }: { startMs: number; signal: AbortSignal },
): CheckProxies | undefined {
  const { edit, targets, write } = shiftPlan
  const shares = write ? asShares(targets[checks.length - 1] ?? edit.target) : edit.presentShares
  const wanted = { shares, stamps: stamps && { header: stamps.header, values: stamps.values() } }
  const isWritten = write !== undefined
  return followWeights(context, proxies, { wanted, startMs, isWritten }, signal)
}

/** When the object was last changed, where that is so short a time ago that the gateway may not show it yet. */
function changedMs(
  { options, nowMs }: Context,
  sinceChangeMs: number | undefined,
): number | undefined {
  return isJustChanged(sinceChangeMs, options)
    ? nowMs() - Math.max(0, sinceChangeMs ?? 0)
    : undefined
}

/** What a check takes of its run; `state` is from before it. */
function checkTask(
  { options, emit, nowMs }: Context,
  state: CheckingState | WrittenState,
  check: Check,
  signal: AbortSignal,
): Omit<CheckTask, 'writtenMs'> {
  const { shiftPlan, gateway, checks, replyCounts } = state
  const confirmed = checks.at(-1)
  return {
    check,
    source: gateway,
    judges: judgesFor(gateway.details),
    propagationTimeoutMs: options.propagationTimeoutMs,
    alpha: errorChance(options),
    hypotheses: shiftPlan.checks.length,
    present: shiftPlan.edit.presentShares,
    before: repliesBefore(state, options),
    connections: options.connections,
    showsPrevious: state.stamps !== undefined,
    sharesConnections: trafficWord(shiftPlan.rule) === 'request',
    health: checkHealth(options, growthOf(options, shiftPlan), check, {
      details: gateway.details,
      isLast: checks.length === shiftPlan.checks.length - 1,
    }),
    ratePerSecond: options.ratePerSecond,
    mayRecover: endsWithWrite(check, confirmed ? repliesIn(confirmed) : replyCounts),
    emit,
    nowMs,
    signal,
  }
}

/** Connections from before a step, and the shares by which they were split; undefined where these are not known. */
function repliesBefore(
  { checks, replyCounts, shiftPlan }: CheckingState | WrittenState,
  options: Context['options'],
): CheckTask['before'] {
  const confirmed = checks.at(-1)
  if (confirmed) return { replyCounts: repliesIn(confirmed), shares: confirmed.target }
  return isJustChanged(shiftPlan.sinceChangeMs, options)
    ? undefined
    : { replyCounts, shares: shiftPlan.edit.presentShares }
}
