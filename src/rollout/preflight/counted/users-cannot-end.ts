import { type Problem, problem, warning } from '../../../problem/problem.ts'
import type { Context } from '../../model/context.ts'
import { countText, samplesText } from '../../model/percents.ts'
import type { ShiftPlan } from '../../plan/shift-plan.ts'
import { RESERVE_MS } from '../../time-limits.ts'
import { connectionsNeeded, timeForChecks } from '../time/time-needed.ts'
import { type UsersTraffic, usersRate } from './users-rate.ts'

/**
 * An error if users most certainly do too little for the checks to end within `timeout`, so that weights would be written for
 * nothing; a warning if it is likely. With `connections` a check ends by itself, and verify writes nothing: there it is
 * never an error.
 */
export function findTooFewUsers(
  { options }: Pick<Context, 'options'>,
  { checks, unit }: Pick<ShiftPlan, 'checks' | 'unit'>,
  seen: UsersTraffic,
): Problem[] {
  const { mean, least } = connectionsNeeded(checks)
  const given = options.connections === 'auto' ? Number.POSITIVE_INFINITY : options.connections
  const leftMs = Math.max(0, timeForChecks(checks, options))
  const { likely, bound } = usersRate(seen)
  const fits = (samples: number, perSecond: number) => samples <= (perSecond * leftMs) / 1000
  if (fits(Math.min(mean, given * checks.length), likely)) return []
  const refused = options.mode === 'shift' && options.connections === 'auto' && !fits(least, bound)
  const counted = `The proxies counted ${seen.samples === 0 ? `no ${unit}` : samplesText(seen.samples, unit)} of users in ${secondsText(seen.ms)} before the write.`
  const needs = `The ${checks.length > 1 ? 'checks need' : 'check needs'} about ${countText(Math.round(mean))}, and timeout leaves ${secondsText(leftMs)}.`
  const what = refused
    ? `Users make too few ${unit}s for a check to end within timeout.`
    : `Users most likely make too few ${unit}s for a check to end within timeout.`
  return [
    (refused ? problem : warning)(
      'ITS-TOO-LITTLE-TRAFFIC',
      `${what} ${counted} ${needs}`,
      remedyFor(options, mean, likely),
    ),
  ]
}

/** A longer timeout than this is hardly what is meant. */
const LONGEST_ADVISED_MS = 24 * 3_600_000

function remedyFor(
  options: Pick<Context['options'], 'stepIntervalMs' | 'steps'>,
  mean: number,
  likely: number,
): string {
  const pausesMs = options.stepIntervalMs * options.steps.length
  const neededMs = likely === 0 ? Infinity : ((1.5 * mean) / likely) * 1000 + pausesMs + RESERVE_MS
  const ways = [
    ...(neededMs <= LONGEST_ADVISED_MS ? [`timeout: ${Math.ceil(neededMs / 60_000)}m`] : []),
    'traffic: own, so that this run opens connections of its own',
    'a wider tolerance',
  ]
  return `Set ${ways.join(', or ')}.`
}

function secondsText(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${countText(Math.round(ms / 1000))} s`
}
