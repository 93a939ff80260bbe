import { type ChangePoint, locateChange } from '../split/change-point.ts'
import { looksUnpropagated } from '../split/not-propagated.ts'
import { pauseBeforeTryMs } from '../split/tries.ts'
import type { Check, CheckEnd, Try } from './check.ts'
import { withBoundedEvidence } from './evidence.ts'
import { addKeepingEnds } from './keep-ends.ts'
import { pause } from './pause.ts'
import type { ProofOrder } from './proof-order.ts'
import { sampleTry } from './sample-try.ts'
import { watch } from './watch.ts'

/** A gateway that does not switch is tried about once a second for as long as `propagation-timeout` says. */
const TRIES_KEPT = { first: 4, last: 12 }

/**
 * Samples and judges until the check is decided. Draws of the old weights, which the gateway serves
 * for a while, can make a try fail; so a fail counts only for a try that began when the propagation
 * window was over. Leaves `check.ended` undefined where the signal came first.
 */
export async function prove(order: ProofOrder): Promise<void> {
  const { check, nowMs, writtenMs } = order
  const startMs = writtenMs ?? nowMs()
  const change =
    writtenMs !== undefined && check.old !== undefined
      ? locateChange(check.old, check.target)
      : undefined
  if (writtenMs !== undefined) await watch(order, startMs, change)
  for (let number = 1; !order.signal.aborted; number += 1) {
    if (number > 1) await pause(pauseBeforeTryMs(number), order.signal)
    if (order.signal.aborted) break
    const place = placeOf(order, startMs)
    order.emit({ kind: 'try-started', check, number, place })
    const ended = await sampleTry(order, { number, place, startMs, change })
    keepTry(check, ended)
    const verdict = endOfCheck(order, ended)
    check.propagationMs = tellsSwitch(verdict) ? millisecondsSince(startMs, change) : undefined
    order.emit({
      kind: 'try-ended',
      check,
      ended,
      again: verdict === undefined && !order.signal.aborted,
    })
    if (verdict !== undefined) {
      check.ended = verdict
      break
    }
  }
  order.emit({ kind: 'check-ended', check })
}

/** Adds a try to its check, which keeps the first ones and the last ones. */
export function keepTry(check: Check, ended: Try): void {
  check.triesLeftOut += addKeepingEnds(check.tries, ended, TRIES_KEPT)
  check.tries = withBoundedEvidence(check.tries)
}

/** Whether a try that begins now may still meet the old weights. */
export function placeOf(
  order: Pick<ProofOrder, 'writtenMs' | 'nowMs' | 'propagationTimeoutMs'>,
  startMs: number,
): Try['place'] {
  if (order.writtenMs === undefined) return 'only'
  return order.nowMs() - startMs < order.propagationTimeoutMs ? 'early' : 'last'
}

/** What a try's end means for the check; undefined: another try follows. */
export function endOfCheck(
  order: Pick<ProofOrder, 'check' | 'alpha' | 'mayRecover' | 'signal'>,
  ended: Pick<Try, 'decision' | 'place' | 'counts' | 'dependent'>,
): CheckEnd | undefined {
  if (ended.decision === 'pass') return 'pass'
  if (ended.decision === 'no-reply') {
    return ended.place === 'early' && order.mayRecover ? undefined : 'no-reply'
  }
  if (ended.place === 'early') return undefined
  if (ended.decision === 'off-target') {
    const { old } = order.check
    return old !== undefined && looksUnpropagated(ended.counts, old, order.alpha)
      ? 'not-propagated'
      : 'off-target'
  }
  if (ended.dependent) return 'dependent'
  return order.signal.aborted ? undefined : 'limit-reached'
}

/**
 * The switch is dated by replies that are known. Where those of a destination are missing the others look like other
 * weights, and of a gateway that did not act on the write there is no switch to date.
 */
function tellsSwitch(verdict: CheckEnd | undefined): boolean {
  return verdict !== 'no-reply' && verdict !== 'not-propagated'
}

function millisecondsSince(startMs: number, change: ChangePoint | undefined): number | undefined {
  const atMs = change?.estimateMs()
  return atMs === undefined ? undefined : Math.max(0, Math.round(atMs - startMs))
}
