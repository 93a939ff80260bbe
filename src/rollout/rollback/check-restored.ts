import type { RunError } from '../../problem/run-error.ts'
import { percentsFrom } from '../../routes/weights/weights.ts'
import { repliesIn } from '../check/replies-in.ts'
import { runCheck } from '../check/run-check.ts'
import { endsWithRollback } from '../check/unanswered-destination.ts'
import { type RestoredWeights, restoredSentence, restoredText } from '../diagnosis/restored-text.ts'
import type { Check } from '../model/check.ts'
import type { Context } from '../model/context.ts'
import { errorChance, planChecks } from '../plan/plan-checks.ts'
import type { WrittenState } from '../run-state.ts'
import { awaitProxies } from './await-proxies.ts'
import { awaitUnstamped, ENOUGH_IN_A_ROW, type Unstamped } from './await-unstamped.ts'
import { restoreTarget } from './restore-target.ts'

/** `other`: what makes samples void. `wasThere`: the weights were in force already. */
type Restore = { other: RunError | undefined; wasThere: boolean }

/** Whether the gateway uses the restored weights, in sentences. Samples that hit another rule do not show it. */
export async function checkRestored(
  context: Context,
  state: WrittenState,
  signal: AbortSignal,
  { other, wasThere }: Restore,
): Promise<string> {
  const { step, text } = restoreTarget(state)
  const restored = { weights: text, isStep: step !== undefined }
  if (wasThere && step && state.stamps === undefined)
    return `The weights of the last confirmed step stay (${text}).`
  // After a step that was confirmed, the gateway has used weights of this run.
  const only =
    state.checks.length === (state.confirmedSteps ?? 0) + 1 ? state.checks.at(-1) : undefined
  if (other || state.reach?.broken() !== undefined)
    return restoredText(restored, undefined, errorChance(context.options))
  try {
    if (state.stamps !== undefined) return await unstampedText(restored, state, context, signal)
    const check = signal.aborted ? undefined : await restoreCheck(context, state, signal)
    return restoredText(restored, check, errorChance(context.options), only)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return `${restoredSentence(restored)}. Whether the gateway uses them could not be checked: ${why}.`
  }
}

/** Without its stamps the previous weights are in force: they came and went in the same writes. */
async function unstampedText(
  restored: RestoredWeights,
  { gateway }: WrittenState,
  { options, emit }: Context,
  signal: AbortSignal,
): Promise<string> {
  const unstamped = await awaitUnstamped(gateway, options.propagationTimeoutMs, signal)
  emit({ kind: 'restore-unstamped', ...unstamped })
  return `${restoredSentence(restored)}. ${stampsText(unstamped)}`
}

function stampsText({ seen, inARow }: Unstamped): string {
  switch (seen) {
    case 'gone':
      return `The last ${ENOUGH_IN_A_ROW} replies had no stamp of this run, so the gateway uses them.`
    case 'there':
      return 'The gateway still sends replies with stamps of this run, so a part of it may still use the weights of this run.'
    case 'too-few':
      return `Whether the whole gateway uses them is not known: the last ${inARow} replies had no stamp of this run, and that is too few.`
    case 'unanswered':
      return 'Whether the gateway uses them could not be checked, because requests get no recognized reply.'
    case 'no-samples':
      return 'Whether the gateway uses them was not checked.'
  }
}

/** A check of the restored weights; undefined if the run has no check to compare it with. */
async function restoreCheck(
  context: Context,
  state: WrittenState,
  signal: AbortSignal,
): Promise<Check | undefined> {
  const { shiftPlan, gateway, checks, counting, proxies } = state
  const last = checks.at(-1)
  if (!last) return undefined
  const { options, nowMs } = context
  const { step, shares: before } = restoreTarget(state)
  const { names } = shiftPlan.edit
  const { unit } = shiftPlan
  const targets = [percentsFrom(before)]
  const { counted } = last
  const course = { names, unit, counted, presentShares: last.target, targets, writes: true }
  const replyCounts = step ? repliesIn(step) : state.replyCounts
  const [check] = planChecks(course, options)
  if (!check) return undefined
  if (counting && proxies) return awaitProxies(context, { check, proxies }, signal)
  const restored = await runCheck({
    check,
    source: gateway,
    writtenMs: nowMs(),
    propagationTimeoutMs: options.propagationTimeoutMs,
    alpha: errorChance(options),
    hypotheses: 1,
    before: { replyCounts, shares: before },
    connections: options.connections,
    mayRecover: endsWithRollback(replyCounts, last, before),
    emit: context.emit,
    nowMs,
    signal,
  })
  context.emit({ kind: 'restore-checked', check: restored })
  return restored
}
