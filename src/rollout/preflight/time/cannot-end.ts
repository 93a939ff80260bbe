import type { ProbeSample } from '../../../evidence/probe/probe-sample.ts'
import { type Problem, problem, warning } from '../../../problem/problem.ts'
import type { Context } from '../../model/context.ts'
import { countText } from '../../model/percents.ts'
import { planChecks } from '../../plan/plan-checks.ts'
import type { ShiftPlan } from '../../plan/shift-plan.ts'
import { RESERVE_MS } from '../../time-limits.ts'
import {
  connectionsNeeded,
  FASTEST_PROCESS,
  type Rate,
  rateOf,
  timeForChecks,
} from './time-needed.ts'

/**
 * With less time than this, the run only warns: the check would move traffic for hardly longer than the measurement
 * takes that a refusal would rest on.
 */
const SHORT_MS = 3000

/**
 * An error if the checks cannot end within `timeout` even at a rate that no run reaches, so that traffic would be
 * moved for nothing; a warning if most likely they do not. With `connections` a check ends by itself, and verify moves
 * no traffic: there it is never an error.
 */
export function findCannotEnd(
  { options }: Pick<Context, 'options'>,
  shiftPlan: ShiftPlan,
  samples: readonly ProbeSample[],
): Problem[] {
  const { checks } = shiftPlan
  const rate = options.mode === 'plan' ? undefined : rateOf(samples, options)
  if (rate === undefined) return []
  const { mean, least } = connectionsNeeded(checks)
  const given = options.connections === 'auto' ? Number.POSITIVE_INFINITY : options.connections
  const leftMs = Math.max(0, timeForChecks(checks, options))
  const fits = (connections: number, perSecond: number) =>
    (connections / perSecond) * 1000 <= leftMs
  if (fits(Math.min(mean, given * checks.length), rate.likely)) return []
  const refused =
    options.mode === 'shift' &&
    options.connections === 'auto' &&
    leftMs >= SHORT_MS &&
    !fits(least, rate.bound)
  const why = `${figures(shiftPlan, options, rate)} timeout leaves ${secondsText(leftMs)}.`
  // Searching for a tolerance takes time, of which a run that continues has little.
  const tolerance = refused ? fittingTolerance(options, shiftPlan, rate) : undefined
  const remedy = adviceFor(options, shiftPlan, { rate, tolerance })
  return [
    refused
      ? problem('ITS-CHECK-CANNOT-END', `A check cannot end within timeout. ${why}`, remedy)
      : warning(
          'ITS-CHECK-CANNOT-END',
          `A check will most likely not end within timeout. ${why}`,
          remedy,
        ),
  ]
}

/** How many samples the checks need, how fast they can be taken, and how long that takes. */
function figures({ checks, unit }: ShiftPlan, options: Context['options'], rate: Rate): string {
  const { mean, least } = connectionsNeeded(checks)
  const count = (value: number) => countText(Math.round(value))
  // The most that a process can do says nothing about this gateway.
  const isBounded = rate.bound < FASTEST_PROCESS
  const pace = isLimitedByInput(options, rate)
    ? `The input rate allows ${options.ratePerSecond} a second. `
    : `The fastest ${unit} before the write took ${rate.fastestMs.toFixed(1)} ms. With ${options.concurrency} in flight, that is ` +
      `about ${count(rate.likely)} a second${isBounded ? `, and never more than ${count(rate.bound)}` : ''}. `
  return (
    `It needs about ${count(mean)} ${unit}s, and rarely fewer than ${count(least)}. ${pace}` +
    `So the check takes about ${secondsText((mean / rate.likely) * 1000)}${isBounded ? `, and at least ${secondsText((least / rate.bound) * 1000)}` : ''};`
  )
}

/** Whether connections are fast enough for more of them than the input `rate` allows. */
function isLimitedByInput({ ratePerSecond }: Context['options'], { likely }: Rate): boolean {
  return ratePerSecond !== undefined && likely >= ratePerSecond
}

function adviceFor(
  options: Context['options'],
  shiftPlan: ShiftPlan,
  { rate, tolerance }: { rate: Rate; tolerance: number | undefined },
): string {
  const { mean } = connectionsNeeded(shiftPlan.checks)
  const pausesMs = Math.max(0, shiftPlan.checks.length - 1) * options.stepIntervalMs
  const timeoutMs = ((1.5 * mean) / rate.likely) * 1000 + pausesMs + RESERVE_MS
  const wider = tolerance === undefined ? 'a wider tolerance' : `tolerance: ${tolerance}`
  const ways = [
    ...(timeoutMs <= LONGEST_ADVISED_MS ? [`timeout: ${durationText(timeoutMs)}`] : []),
    ...(isLimitedByInput(options, rate) ? ['a higher rate'] : []),
    wider,
  ]
  return `Set ${ways.join(', or ')}. Or set connections to limit a check. It then ends with what these ${shiftPlan.unit}s show.`
}

/** A longer timeout than this is refused as an input, or would hardly be what is meant. */
const LONGEST_ADVISED_MS = 24 * 3_600_000

const MOST_ATTEMPTS = 5

/** A tolerance with which the checks fit into the time; undefined if none of a few does. */
function fittingTolerance(
  options: Context['options'],
  { edit, unit, targets, write, checks }: ShiftPlan,
  { likely }: Rate,
): number | undefined {
  const most = (likely * Math.max(0, timeForChecks(checks, options))) / 1000 / 1.5
  const { mean } = connectionsNeeded(checks)
  const given = 100 * Math.max(...checks.flatMap((check) => check.tolerance))
  // The number of connections falls with the square of the tolerance.
  let points = roundedUp(given * Math.sqrt(mean / most))
  for (let count = 0; count < MOST_ATTEMPTS && points <= 25; count += 1) {
    const wanted = { ...options, tolerancePoints: points }
    const planned = planChecks({ ...edit, unit, targets, writes: write !== undefined }, wanted)
    if (connectionsNeeded(planned).mean <= most) return points
    points = roundedUp(points * 1.2)
  }
  return undefined
}

/** To two digits. */
function roundedUp(value: number): number {
  const digit = 10 ** Math.floor(Math.log10(value) - 1)
  return Number((Math.ceil(value / digit - 1e-9) * digit).toPrecision(2))
}

function secondsText(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${countText(Math.round(ms / 1000))} s`
}

/** A duration as the input takes it, rounded up. */
function durationText(ms: number): string {
  return ms <= 120_000 ? `${Math.ceil(ms / 10_000) * 10}s` : `${Math.ceil(ms / 60_000)}m`
}
