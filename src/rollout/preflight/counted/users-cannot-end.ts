import { type Problem, problem, warning } from '../../../problem/problem.ts'
import type { Context } from '../../model/context.ts'
import { countText, samplesText } from '../../model/percents.ts'
import type { ShiftPlan } from '../../plan/shift-plan.ts'
import { RESERVE_MS } from '../../time-limits.ts'
import { connectionsNeeded, timeForChecks } from '../time/time-needed.ts'
import { type UsersTraffic, usersRate } from './users-rate.ts'

/** Users come in waves. What takes so many times the traffic that was counted is not waited for. */
const MOST_GROWTH = 4

type Order = Pick<Context['options'], 'mode' | 'connections' | 'stepIntervalMs' | 'steps'>

/**
 * An error if users do too little for the checks to end within `timeout`, so that weights would be written for nothing: most
 * certainly, or unless they soon do several times as much. A warning if they would have to do somewhat more. With
 * `connections` a check ends earlier, but it waits for them too. Verify writes nothing, so there it is never an error.
 */
export function findTooFewUsers(
  { options }: Pick<Context, 'options'>,
  { checks, unit }: Pick<ShiftPlan, 'checks' | 'unit'>,
  seen: UsersTraffic,
): Problem[] {
  const { mean, least } = usersNeeded(checks, options)
  const leftMs = Math.max(0, timeForChecks(checks, options))
  const { likely, bound } = usersRate(seen)
  const fits = (samples: number, perSecond: number) => samples <= (perSecond * leftMs) / 1000
  if (fits(mean, likely)) return []
  const isExcluded = !fits(least, bound) || !fits(mean, MOST_GROWTH * likely)
  const isRefused = options.mode === 'shift' && isExcluded
  const counted = `The proxies of this rule counted ${seen.samples === 0 ? `no ${unit}` : samplesText(seen.samples, unit)} of users in ${secondsText(seen.ms)}.`
  const needs = `The ${checks.length > 1 ? 'checks need' : 'check needs'} about ${samplesText(Math.round(mean), unit)}, and timeout leaves ${secondsText(leftMs)}.`
  const what = isRefused
    ? `Users make too few ${unit}s for a check to end within timeout.`
    : `Users most likely make too few ${unit}s for a check to end within timeout.`
  return [
    (isRefused ? problem : warning)(
      'ITS-TOO-LITTLE-TRAFFIC',
      `${what} ${counted} ${needs}`,
      remedyFor(options, mean, likely),
    ),
  ]
}

/** How much users have to do: as `connectionsNeeded`, and no more than `connections` allows. */
export function usersNeeded(
  checks: ShiftPlan['checks'],
  { connections }: Pick<Order, 'connections'>,
): { mean: number; least: number } {
  const { mean, least } = connectionsNeeded(checks)
  const most = connections === 'auto' ? Infinity : connections * checks.length
  return { mean: Math.min(mean, most), least: Math.min(least, most) }
}

/** A longer timeout than this is hardly what is meant. */
const LONGEST_ADVISED_MS = 24 * 3_600_000

function remedyFor(options: Order, mean: number, likely: number): string {
  const pausesMs = options.stepIntervalMs * options.steps.length
  const neededMs = likely === 0 ? Infinity : ((1.5 * mean) / likely) * 1000 + pausesMs + RESERVE_MS
  if (neededMs > LONGEST_ADVISED_MS)
    return 'Run it at a time with more traffic, set a longer timeout, or set traffic: own, so that this run opens connections of its own. If there is traffic now, check that it goes through the proxies of this rule, and hits this rule.'
  return `Set timeout: ${Math.ceil(neededMs / 60_000)}m, traffic: own, so that this run opens connections of its own, or a wider tolerance. Or run it at a time with more traffic.`
}

function secondsText(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${countText(Math.round(ms / 1000))} s`
}
