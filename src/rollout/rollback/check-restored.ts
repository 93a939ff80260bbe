import type { RunError } from '../../problem/run-error.ts'
import { trafficWord } from '../../routes/rule.ts'
import { percentsFrom } from '../../routes/weights/weights.ts'
import { repliesIn } from '../check/replies-in.ts'
import { runCheck } from '../check/run-check.ts'
import { endsWithRollback } from '../check/unanswered-destination.ts'
import { commandsOf } from '../diagnosis/commands.ts'
import { staleProxiesAdvice } from '../diagnosis/proxy-words.ts'
import { type RestoredWeights, restoredSentence, restoredText } from '../diagnosis/restored-text.ts'
import type { Check } from '../model/check.ts'
import type { Context } from '../model/context.ts'
import { type OfSplitter, theSplitter } from '../model/splitter.ts'
import { errorChance, planChecks } from '../plan/plan-checks.ts'
import type { CheckProxies } from '../proxies/check-proxies.ts'
import { followWeights } from '../proxies/follow-weights.ts'
import type { WrittenState } from '../run-state.ts'
import type { TimeLimits } from '../time-limits.ts'
import { awaitProxies } from './await-proxies.ts'
import { awaitUnstamped, ENOUGH_IN_A_ROW, type Unstamped } from './await-unstamped.ts'
import { restoreTarget } from './restore-target.ts'

/** `other`: what makes samples void. `wasThere`: the weights were in force already. */
type Restore = { other: RunError | undefined; wasThere: boolean }

/** Whether restored weights are in use, in sentences, and what to do where they are not. */
export type RestoredSeen = { text: string; remedy?: string }

/**
 * Whether the gateway, and every proxy that is read, uses the restored weights. Samples that hit another rule do not show
 * it. After a cancel, or where the way to the gateway broke, only the proxies are read.
 */
export async function checkRestored(
  context: Context,
  state: WrittenState,
  time: Pick<TimeLimits, 'check' | 'proxies'>,
  { other, wasThere }: Restore,
): Promise<RestoredSeen> {
  const { step, text } = restoreTarget(state)
  const splitter = state.checks.at(-1)?.splitter
  const restored = { weights: text, isStep: step !== undefined, splitter }
  if (wasThere && step && state.stamps === undefined)
    return { text: `The weights of the last confirmed step stay (${text}).` }
  // After a step that was confirmed, the gateway has used weights of this run.
  const only =
    state.checks.length === (state.confirmedSteps ?? 0) + 1 ? state.checks.at(-1) : undefined
  const alpha = errorChance(context.options)
  if (other) return { text: restoredText(restored, undefined, alpha) }
  const takesSamples = !time.check.aborted && state.reach?.broken() === undefined
  try {
    if (takesSamples && state.stamps !== undefined)
      return await checkUnstamped(restored, state, context, time)
    const check = takesSamples
      ? await restoreCheck(context, state, time.check)
      : await readProxies(context, state, time.proxies())
    return { text: restoredText(restored, check, alpha, only), ...remedyFor(context, state, check) }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const text = `${restoredSentence(restored)}. Whether ${theSplitter(restored)} uses them could not be checked: ${why}.`
    return { text }
  }
}

/** What to do about a proxy that did not take over restored weights. Of one that was late before, the check has said it. */
function remedyFor(
  context: Context,
  { checks }: Pick<WrittenState, 'checks'>,
  check: Check | undefined,
): Pick<RestoredSeen, 'remedy'> {
  const isKnown = checks.at(-1)?.proxies?.status === 'stale'
  if (check?.proxies?.status !== 'stale' || isKnown) return {}
  return {
    remedy: staleProxiesAdvice({
      proxies: check.proxies,
      splitter: check.splitter,
      commands: commandsOf(context),
    }),
  }
}

/** Without its stamps the previous weights are in force: they came and went in the same writes. */
async function checkUnstamped(
  restored: RestoredWeights,
  state: WrittenState,
  context: Context,
  time: Pick<TimeLimits, 'check' | 'proxies'>,
): Promise<RestoredSeen> {
  const { options, emit } = context
  const check = await readProxies(context, state, time.proxies())
  if (check?.proxies?.status === 'stale')
    return {
      text: restoredText(restored, check, errorChance(options)),
      ...remedyFor(context, state, check),
    }
  const unstamped = await awaitUnstamped(state.gateway, options.propagationTimeoutMs, time.check)
  emit({ kind: 'restore-unstamped', ...unstamped })
  const all = check?.ended === 'pass' ? ', and every proxy of the rule has them' : ''
  return { text: `${restoredSentence(restored)}${all}. ${stampsText(unstamped, restored)}` }
}

function stampsText({ seen, inARow }: Unstamped, rule: OfSplitter): string {
  const the = theSplitter(rule)
  const { splitter = 'gateway' } = rule
  switch (seen) {
    case 'gone':
      return `The last ${ENOUGH_IN_A_ROW} replies had no stamp of this run, so ${the} uses them.`
    case 'there':
      return `Replies still have stamps of this run, so a part of ${the} may still use the weights of this run.`
    case 'too-few':
      return `Whether the whole ${splitter} uses them is not known: the last ${inARow} replies had no stamp of this run, and that is too few.`
    case 'unanswered':
      return `Whether ${the} uses them could not be checked, because requests get no recognized reply.`
    case 'no-samples':
      return `Whether ${the} uses them was not checked.`
  }
}

/** Waits until every proxy has the restored weights, and no stamp of the run; undefined if none is read. */
async function readProxies(
  context: Context,
  state: WrittenState,
  signal: AbortSignal,
): Promise<Check | undefined> {
  const check = signal.aborted ? undefined : plannedCheck(context, state)
  const proxies = check && followRestored(context, state, check, signal)
  return proxies && awaitProxies(context, { check, proxies }, signal)
}

/** A check of the restored weights, by samples if these show the split; undefined if the run has no check to compare it with. */
async function restoreCheck(
  context: Context,
  state: WrittenState,
  signal: AbortSignal,
): Promise<Check | undefined> {
  const { shiftPlan, gateway, checks, counting } = state
  const last = checks.at(-1)
  const check = plannedCheck(context, state)
  if (last === undefined || check === undefined) return undefined
  // Counters would need users for it.
  if (counting) return readProxies(context, state, signal)
  const { options, nowMs, emit } = context
  const { step, shares: before } = restoreTarget(state)
  const replyCounts = step ? repliesIn(step) : state.replyCounts
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
    proxies: followRestored(context, state, check, signal),
    sharesConnections: trafficWord(shiftPlan.rule) === 'request',
    emit,
    nowMs,
    signal,
  })
  emit({ kind: 'restore-checked', check: restored })
  return restored
}

function plannedCheck({ options }: Context, state: WrittenState): Check | undefined {
  const { shiftPlan, checks } = state
  const last = checks.at(-1)
  if (last === undefined) return undefined
  const { names } = shiftPlan.edit
  const { unit } = shiftPlan
  const targets = [percentsFrom(restoreTarget(state).shares)]
  const course = {
    ...{ names, unit, counted: last.counted, splitter: last.splitter },
    ...{ presentShares: last.target, targets, writes: true },
  }
  return planChecks(course, options)[0]
}

/** Follows the proxies until they have the restored weights; undefined where none is read. */
function followRestored(
  context: Context,
  { proxies, stamps }: WrittenState,
  { target: shares }: Check,
  signal: AbortSignal,
): CheckProxies | undefined {
  const wanted = { shares, stamps: stamps && { header: stamps.header, values: [] } }
  const startMs = context.nowMs()
  return followWeights(context, proxies, { wanted, startMs, isWritten: true }, signal)
}
