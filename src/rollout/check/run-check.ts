import { pause } from '../../kube/pause.ts'
import { diagnose } from '../../split/diagnosis/diagnose.ts'
import type { Diagnosis } from '../../split/diagnosis/diagnosis.ts'
import { sumOf } from '../../split/diagnosis/latest-split.ts'
import { type ChangePoint, locateChange } from '../../split/judge/change-point.ts'
import { pauseBeforeAttemptMs } from '../../split/judge/error-spending.ts'
import { evidenceOf } from '../diagnosis/evidence-of.ts'
import { AFTER_NO_REPLY, AFTER_OFF_TARGET, sampleFurther } from '../diagnosis/sample-further.ts'
import type { Attempt, Check, CheckEnd } from '../model/check.ts'
import { addKeepingEnds } from '../model/keep-ends.ts'
import { watch } from './await-switch.ts'
import type { CheckTask } from './check-task.ts'
import { withBoundedEvidence } from './evidence.ts'
import { lostOf } from './observed-replies.ts'
import { sampleAttempt } from './sample-attempt.ts'

/** A gateway that does not switch is tried about once a second for as long as `propagation-timeout` says. */
const ATTEMPTS_KEPT = { first: 4, last: 12 }

/**
 * Samples and judges until the check is decided. Draws of the old weights, which the gateway serves
 * for a while, can make a try fail; so a fail counts only for a try that began when the propagation
 * window was over. Leaves `check.ended` undefined where the signal came first.
 */
export async function runCheck(order: CheckTask): Promise<void> {
  const { check, nowMs, writtenMs } = order
  const startMs = writtenMs ?? nowMs()
  const change =
    writtenMs !== undefined && check.old !== undefined
      ? locateChange(check.old, check.target)
      : undefined
  if (writtenMs !== undefined) check.beforeAttempts = await watch(order, startMs, change)
  for (let number = 1; !order.signal.aborted; number += 1) {
    if (number > 1) await pause(pauseBeforeAttemptMs(number), order.signal)
    if (order.signal.aborted) break
    const place = placeOf(order, startMs)
    order.emit({ kind: 'attempt-started', check, number, place })
    const ended = await sampleAttempt(order, { number, place, startMs, change })
    keepAttempt(check, ended)
    const verdict = endOfCheck(order, ended)
    order.emit({
      kind: 'attempt-ended',
      check,
      ended,
      again: verdict === undefined && !order.signal.aborted,
    })
    if (verdict !== undefined) {
      check.ended = verdict
      break
    }
  }
  await conclude(order, millisecondsSince(startMs, change))
  order.emit({ kind: 'check-ended', check })
}

/** Says why a check did not pass, and when the gateway switched, as far as its connections show it. */
async function conclude(order: CheckTask, switchedMs: number | undefined): Promise<void> {
  const { check } = order
  if (check.ended === 'off-target') check.further = await sampleFurther(order, AFTER_OFF_TARGET)
  check.diagnosis = check.ended === 'pass' ? undefined : diagnose(evidenceOf(order))
  if (isLossUnexplained(check.diagnosis)) {
    check.further = await sampleFurther(order, AFTER_NO_REPLY)
    check.diagnosis = diagnose(evidenceOf(order))
  }
  check.ended = reasonOf(check.ended, check.diagnosis)
  check.propagationMs = hasSwitched(check) ? switchedMs : undefined
}

/** A gateway that stops closes some connections before it refuses the others: the first lost ones do not show that. */
function isLossUnexplained(diagnosis: Diagnosis | undefined): boolean {
  const cause = diagnosis?.cause
  return (
    diagnosis?.ended === 'no-reply' &&
    cause?.kind === 'unanswered' &&
    cause.destination === undefined
  )
}

/**
 * The reason for an end: a fail of which the diagnosis knows more has a narrower one. Whether a check passes or not is
 * decided before, and does not change.
 */
export function reasonOf(
  ended: CheckEnd | undefined,
  diagnosis: Pick<Diagnosis, 'cause'> | undefined,
): CheckEnd | undefined {
  if (ended !== 'off-target') return ended
  switch (diagnosis?.cause.kind) {
    case 'previous':
      return 'not-propagated'
    case 'one-destination':
      return 'dependent'
    case 'unanswered':
    case 'gateway-refuses':
    case 'unrecognized':
      return 'no-reply'
    default:
      return 'off-target'
  }
}

/** A switch is dated only where the gateway is at the new weights as far as its connections tell, and no more at the old ones. */
function hasSwitched({ ended, diagnosis }: Check): boolean {
  return ended === 'pass' || diagnosis?.cause.kind === 'target'
}

/** Adds a try to its check, which keeps the first ones and the last ones. */
export function keepAttempt(check: Check, ended: Attempt): void {
  const { first, last } = ATTEMPTS_KEPT
  const goes = check.attempts.length < first + last ? undefined : check.attempts[first]
  if (goes) {
    const both = [check.leftOut, goes]
    check.leftOut = { ...sumOf(both), ...lostOf(both) }
  }
  check.attemptsLeftOut += addKeepingEnds(check.attempts, ended, ATTEMPTS_KEPT)
  check.attempts = withBoundedEvidence(check.attempts)
}

/** Whether a try that begins now may still meet the old weights. */
export function placeOf(
  order: Pick<CheckTask, 'writtenMs' | 'nowMs' | 'propagationTimeoutMs'>,
  startMs: number,
): Attempt['place'] {
  if (order.writtenMs === undefined) return 'only'
  return order.nowMs() - startMs < order.propagationTimeoutMs ? 'early' : 'last'
}

/** What a try's end means for the check; undefined: another try follows. */
export function endOfCheck(
  order: Pick<CheckTask, 'mayRecover' | 'signal'>,
  ended: Pick<Attempt, 'decision' | 'place' | 'dependent'>,
): CheckEnd | undefined {
  if (ended.decision === 'pass') return 'pass'
  if (ended.decision === 'no-reply') {
    return ended.place === 'early' && order.mayRecover ? undefined : 'no-reply'
  }
  if (ended.place === 'early') return undefined
  if (ended.decision === 'off-target') return 'off-target'
  if (ended.dependent) return 'dependent'
  return order.signal.aborted ? undefined : 'limit-reached'
}

function millisecondsSince(startMs: number, change: ChangePoint | undefined): number | undefined {
  const atMs = change?.hasSeenOld() ? change.estimateMs() : undefined
  return atMs === undefined ? undefined : Math.max(0, Math.round(atMs - startMs))
}
