import { pause } from '../../kube/pause.ts'
import { diagnose } from '../../split/diagnosis/diagnose.ts'
import type { Diagnosis } from '../../split/diagnosis/diagnosis.ts'
import { sumOf } from '../../split/diagnosis/latest-split.ts'
import { type ChangePoint, locateChange } from '../../split/judge/change-point.ts'
import { pauseBeforeAttemptMs } from '../../split/judge/error-spending.ts'
import { evidenceOf } from '../diagnosis/evidence-of.ts'
import {
  AFTER_NO_REPLY,
  AFTER_OFF_TARGET,
  type Further,
  sampleFurther,
} from '../diagnosis/sample-further.ts'
import type { Attempt, Check, CheckEnd } from '../model/check.ts'
import { watch } from './await-switch.ts'
import type { CheckTask } from './check-task.ts'
import { withBoundedEvidence } from './evidence.ts'
import { lostOf } from './observed-replies.ts'
import { sampleAttempt } from './sample-attempt.ts'

/** A gateway that does not switch is tried about once a second for as long as `propagation-timeout` says. */
const ATTEMPTS_KEPT = { first: 4, last: 12 }

/**
 * Samples and judges until the check is decided, and returns how it ended. Samples of the old weights, which the
 * gateway serves for a while, can make an attempt fail; so a fail counts only for an attempt that began when the
 * propagation window was over. `ended` stays undefined where the signal came first.
 */
export async function runCheck(order: CheckTask): Promise<Check> {
  let { check } = order
  const { nowMs, writtenMs } = order
  const startMs = writtenMs ?? nowMs()
  const change =
    writtenMs !== undefined && check.old !== undefined
      ? locateChange(check.old, check.target)
      : undefined
  if (writtenMs !== undefined)
    check = { ...check, beforeAttempts: await watch(order, startMs, change) }
  for (let number = 1; !order.signal.aborted && check.ended === undefined; number += 1) {
    if (number > 1) await pause(pauseBeforeAttemptMs(number), order.signal)
    if (order.signal.aborted) break
    const place = placeOf(order, startMs)
    order.emit({ kind: 'attempt-started', check, number, place })
    const attempt = await sampleAttempt({ ...order, check }, { number, place, startMs, change })
    const ended = endAfter(order, attempt)
    const again = ended === undefined && !order.signal.aborted
    const withThis = withAttempt(check, attempt)
    order.emit({ kind: 'attempt-ended', check: withThis, ended: attempt, again })
    check = { ...withThis, ended }
  }
  check = await concluded({ ...order, check }, millisecondsSince(startMs, change))
  order.emit({ kind: 'check-ended', check })
  return check
}

/** The check with why it did not pass, and when the gateway switched, as far as its connections show it. */
async function concluded(order: CheckTask, switchedMs: number | undefined): Promise<Check> {
  const isRefuted = order.check.ended === 'off-target'
  let check = isRefuted ? await withFurther(order, AFTER_OFF_TARGET) : diagnosed(order)
  if (isLossUnexplained(check.diagnosis))
    check = await withFurther({ ...order, check }, AFTER_NO_REPLY)
  check = { ...check, ended: endByCause(check.ended, check.diagnosis) }
  return { ...check, propagationMs: hasSwitched(check) ? switchedMs : undefined }
}

async function withFurther(order: CheckTask, further: Further): Promise<Check> {
  const sampled = { ...order.check, further: await sampleFurther(order, further) }
  return diagnosed({ ...order, check: sampled })
}

function diagnosed(order: CheckTask): Check {
  const { check } = order
  return { ...check, diagnosis: check.ended === 'pass' ? undefined : diagnose(evidenceOf(order)) }
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
 * How a check ended, given the cause that was found: a refuted one may have a narrower reason. Whether a check passes or not is
 * decided before, and does not change.
 */
export function endByCause(
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

/** The check with one more attempt: it keeps the first ones and the last ones. */
export function withAttempt(check: Check, attempt: Attempt): Check {
  const { first, last } = ATTEMPTS_KEPT
  const dropped = check.attempts.length < first + last ? undefined : check.attempts[first]
  const both = dropped && [check.leftOut, dropped]
  return {
    ...check,
    attempts: withBoundedEvidence([...check.attempts.filter((one) => one !== dropped), attempt]),
    attemptsLeftOut: check.attemptsLeftOut + (dropped === undefined ? 0 : 1),
    leftOut: both ? { ...sumOf(both), ...lostOf(both) } : check.leftOut,
  }
}

/** Whether a try that begins now may still meet the old weights. */
export function placeOf(
  order: Pick<CheckTask, 'writtenMs' | 'nowMs' | 'propagationTimeoutMs'>,
  startMs: number,
): Attempt['place'] {
  if (order.writtenMs === undefined) return 'only'
  return order.nowMs() - startMs < order.propagationTimeoutMs ? 'early' : 'last'
}

/** How the check ends after this attempt; undefined: another attempt follows. */
export function endAfter(
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
