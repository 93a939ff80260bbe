import type { Health, HealthFailure } from '../health/health.ts'
import { isLimit } from '../health/health-rules.ts'
import { unansweredDestination } from '../judge/unanswered-destinations.ts'
import type { Cause, Diagnosis, Evidence } from './diagnosis.ts'
import { fits } from './fits.ts'
import { type LatestSplit, latestSplit } from './latest-split.ts'
import { previousPart } from './previous-part.ts'
import { sameReplies } from './same-reply.ts'
import { connectionsToDistinguish, soleDestination } from './sole-destination.ts'
import { inOrder, logInFavour, wrongOrders } from './swapped.ts'
import { unansweredTest } from './unanswered-test.ts'

/** From here on connections from before the write speak for, or against, mixed up expectations. */
const SPEAKS = Math.log(20)

/**
 * What the evidence of a check that did not pass shows. Each cause is tested at `alpha`: the true one is called
 * inconsistent with a chance of at most that. Where several fit, the most specific comes first, the rest is `others`.
 */
export function diagnose(evidence: Evidence): Diagnosis {
  const latest = latestSplit(evidence.attempts, evidence.alpha)
  const [cause = { kind: 'nothing' }, ...others] = causesOf(evidence, latest)
  const { counts, unclassified, attemptsBefore } = latest
  const { ended, clientLimits } = evidence
  return {
    ended,
    cause,
    others,
    seen: { counts, unclassified },
    attemptsBefore,
    clientLimits,
    health: evidence.health,
  }
}

function causesOf(evidence: Evidence, latest: LatestSplit): Cause[] {
  const answered = total(latest.counts)
  const samples = answered + latest.unclassified
  const { ended, settling = false } = evidence
  if (ended === 'unhealthy' || ended === 'health-undecided' || settling)
    return [healthCause(evidence)]
  if (evidence.staleProxies) return [{ kind: 'stale-proxies' }]
  if (evidence.former) return [{ kind: 'former' }]
  if (evidence.ended === 'time' && evidence.clientLimits > samples)
    return [{ kind: 'client-limits' }]
  if (samples === 0) return [{ kind: 'nothing' }]
  if (evidence.ended === 'no-reply' || answered === 0) return [unansweredCause(evidence, latest)]
  const split = [...shownUnanswered(evidence, latest), ...splitCauses(evidence, latest)]
  if (evidence.ended !== 'dependent') return split
  const [first] = split
  const explains = first?.kind === 'one-destination' || first?.kind === 'unanswered'
  return [explains ? first : { kind: 'not-independent' }]
}

/**
 * The silence that missing answers show although the check did not end for it. What the others answer then fits no
 * weights, or the old ones, so this comes before the causes that look at answers alone.
 */
function shownUnanswered(evidence: Evidence, latest: LatestSplit): Cause[] {
  const isShown =
    unansweredTest(evidence.target).logEvidence(latest) >= Math.log(1 / evidence.alpha)
  return isShown ? [unansweredCause(evidence, latest)] : []
}

function unansweredCause(evidence: Evidence, latest: LatestSplit): Cause {
  if (evidence.mostlyUnknownReplies) return { kind: 'unrecognized' }
  if (evidence.mostlyRefused) return { kind: 'gateway-refuses' }
  // Counts show where connections went, and not which of them were answered.
  const destination =
    evidence.counted === true
      ? undefined
      : unansweredDestination(latest, evidence.target, evidence.elsewhere)
  return { kind: 'unanswered', destination }
}

/** What ended a check by the health of destinations, or kept it from passing. */
function healthCause({ health, target, ended }: Evidence): Cause {
  const tallies = health?.tallies ?? []
  const failed = health?.failed
  if (failed !== undefined) return failedCause(failed)
  const open = ended === 'unhealthy' ? undefined : openLimit(health)
  const destination = tallies.findIndex(({ ok }, index) => ok === 0 && (target[index] ?? 0) > 0)
  if (open !== undefined && destination < 0) return open
  return { kind: 'no-success', destination: Math.max(0, destination), few: ended !== 'unhealthy' }
}

function failedCause({ question, destination }: HealthFailure): Cause {
  return isLimit(question)
    ? { kind: 'above-limit', destination, question }
    : { kind: 'more-errors', destination }
}

/** A limit that is not decided; first one that something other than its samples holds back. */
function openLimit(health: Health | undefined): Cause | undefined {
  const open = (health?.states ?? []).filter(({ status }) => status === 'open')
  const causes = open.flatMap(({ question, destination, heldBackBy }): Cause[] =>
    isLimit(question) ? [{ kind: 'limit-open', destination, question, heldBackBy }] : [],
  )
  return causes.find((cause) => cause.kind === 'limit-open' && cause.heldBackBy) ?? causes[0]
}

function splitCauses(evidence: Evidence, latest: LatestSplit): Cause[] {
  const { target, alpha, ended, stamped = false, counted = false } = evidence
  const showsDestination = stamped || counted
  const { counts } = latest
  // Proxies are counted once all of them have the new weights.
  const old = showsDestination ? undefined : evidence.old
  const fitsTarget = fits(counts, target, alpha)
  const fitsOld = old !== undefined && fits(counts, old, alpha)
  if (fitsTarget && ended !== 'off-target')
    return [{ kind: fitsOld ? 'target-or-previous' : 'target' }]
  const swapped = fitsTarget || showsDestination ? [] : swappedCauses(evidence, counts)
  const shown: (Cause | undefined)[] = [
    ...swapped.filter(({ favour }) => favour >= SPEAKS).map(({ cause }) => cause),
    fitsOld ? { kind: 'previous' } : undefined,
    fitsObject(evidence, counts) ? { kind: 'object' } : undefined,
    oneDestination(evidence, latest),
    ...(showsDestination ? [] : sameReplies(evidence, counts)),
    fitsOld || fitsTarget || stamped ? undefined : partlyPrevious(evidence, counts),
  ]
  const perhaps = swapped
    .filter(({ favour }) => Math.abs(favour) < SPEAKS)
    .map(({ cause }) => cause)
  const found = shown.filter((cause) => cause !== undefined)
  if (found.length > 0) return [...found, ...perhaps]
  // Some attempts refuted the target, all of them together do not.
  if (fitsTarget) return [{ kind: 'unclear' }]
  // A gateway that ignores the write and swapped expectations would be two faults at once.
  return [
    ...perhaps.filter(({ of }) => of === 'target'),
    { kind: 'other-weights' },
    ...perhaps.filter(({ of }) => of === 'previous'),
  ]
}

function oneDestination(
  { target, elsewhere, alpha }: Evidence,
  { counts, attemptsBefore }: LatestSplit,
): Cause | undefined {
  const destination = soleDestination(counts)
  // The bound holds for all connections since the write, not for a stretch that was chosen by what it shows.
  if (destination === undefined || attemptsBefore > 0) return undefined
  if ((target[destination] ?? 0) === 0) return undefined
  if (elsewhere.some((count, index) => index !== destination && count > 0)) return undefined
  return total(counts) >= connectionsToDistinguish(target, destination, alpha)
    ? { kind: 'one-destination', destination }
    : undefined
}

function fitsObject({ present, target, alpha }: Evidence, counts: readonly number[]): boolean {
  if (present === undefined || present.every((share, index) => share === target[index]))
    return false
  return fits(counts, present, alpha)
}

function partlyPrevious(
  { old, target, alpha }: Evidence,
  counts: readonly number[],
): Cause | undefined {
  const part = old && previousPart(counts, { old, target }, alpha)
  return part && { kind: 'partly-previous', part }
}

/** Orders of the expectations that make the connections fit, with how much those from before the write favour them. */
function swappedCauses(
  { target, old, before, alpha }: Evidence,
  counts: readonly number[],
): { cause: Extract<Cause, { kind: 'swapped' }>; favour: number }[] {
  return wrongOrders(target.length).flatMap((order) => {
    const favour = before === undefined ? 0 : logInFavour(order, before.replyCounts, before.shares)
    const of = fits(counts, inOrder(target, order), alpha)
      ? 'target'
      : old !== undefined && fits(counts, inOrder(old, order), alpha)
        ? 'previous'
        : undefined
    return of === undefined ? [] : [{ cause: { kind: 'swapped', order, of } as const, favour }]
  })
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
