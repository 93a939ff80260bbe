import type { Cause } from '../diagnosis/diagnosis.ts'
import type { Successes } from '../health/successes.ts'
import type { Place } from '../judge/error-spending.ts'
import type { Decision } from '../judge/judge.ts'

/** How a check ended. `not-propagated` is what a diagnosis makes of `off-target`, or what samples show by themselves. */
export type CheckEnd =
  | 'pass'
  | 'off-target'
  | 'not-propagated'
  | 'no-reply'
  | 'limit-reached'
  | 'dependent'
  | 'unhealthy'
  | 'health-undecided'

/** How an attempt ended. */
export type AttemptEnd = {
  place: Place
  decision: Decision | undefined
  /** Samples depend so much on each other that a pass was held back. */
  dependent: boolean
  /** It was cut short from outside. */
  stopped: boolean
  /** A sample of a former configuration came, so that the attempt says nothing. */
  superseded: boolean
  /** Whether each destination with weight had a success; `failed`: a test of health has failed. */
  health: Successes | 'failed'
}

/**
 * What the end of an attempt means for its check; undefined: another attempt follows, if there is time. Samples of the
 * previous weights can make an attempt fail, so by shares only an attempt fails that began after the propagation timeout.
 */
export function endAfter(
  { place, decision, dependent, stopped, superseded, health }: AttemptEnd,
  mayRecover: boolean,
): CheckEnd | undefined {
  if (superseded) return place === 'early' ? undefined : 'not-propagated'
  if (health === 'failed') return 'unhealthy'
  if (decision === 'pass') return passAfter(health, place)
  if (decision === 'no-reply') return place === 'early' && mayRecover ? undefined : 'no-reply'
  if (place === 'early') return undefined
  if (decision !== undefined) return decision
  if (dependent) return 'dependent'
  return stopped ? undefined : 'limit-reached'
}

/** What the end of the samples means that followed a confirmed split until its limits were decided. */
export function endOfSettle(
  passes: boolean,
  successes: Successes,
  place: Place,
): CheckEnd | undefined {
  return passes ? passAfter(successes, place) : 'health-undecided'
}

/** A right split of errors is no pass. */
function passAfter(successes: Successes, place: Place): CheckEnd | undefined {
  if (successes === 'all') return 'pass'
  if (successes === 'none') return 'unhealthy'
  return place === 'early' ? undefined : 'health-undecided'
}

/**
 * The end of a check once its diagnosis is known: `off-target` may have a narrower reason. Whether a check passes is
 * decided before, and does not change.
 */
export function endByCause(
  ended: CheckEnd | undefined,
  cause: Cause | undefined,
): CheckEnd | undefined {
  if (ended !== 'off-target') return ended
  switch (cause?.kind) {
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
