import type { Options } from '../../options/options.ts'
import { type Problem, warning } from '../../problem/problem.ts'
import type { Check } from '../model/check.ts'
import { ASSUMED_CONNECTION_MS, costOf } from '../model/cost.ts'
import { percentsOf, percentsText } from '../model/percents.ts'
import { deadlines } from '../time-limits.ts'

/**
 * Warnings where what the user allows is less than the proof takes on average: such a run most likely
 * ends inconclusive, after a write that comes to nothing.
 */
export function findTooLittle(
  checks: readonly Check[],
  options: Pick<
    Options,
    'mode' | 'connections' | 'concurrency' | 'ratePerSecond' | 'stepIntervalMs' | 'timeoutMs'
  >,
): Problem[] {
  return [...findTooFewConnections(checks), ...tooSlow(checks, options)]
}

/** The part of these warnings that holds at any rate. */
export function findTooFewConnections(checks: readonly Check[]): Problem[] {
  const short = checks.filter(({ limit, plan }) => limit < plan.mean)
  const [first] = short
  if (first === undefined) return []
  const each = short.map(
    ({ names, target, plan }) =>
      `${percentsText(percentsOf(names, target))} about ${Math.round(plan.mean)}`,
  )
  return [
    warning(
      'ITS-PREFLIGHT',
      `connections allows ${first.limit} a try, fewer than a proof takes on average: ${each.join('; ')}`,
      'Most such runs end inconclusive: leave connections out, or give a wider tolerance.',
    ),
  ]
}

function tooSlow(
  checks: readonly Check[],
  options: Parameters<typeof findTooLittle>[1],
): Problem[] {
  if (options.ratePerSecond === undefined && options.mode !== 'plan') return []
  const { connectionsMean, connectingMs, pausesMs } = costOf(checks, options)
  // A plan is of a shift, whatever it may take itself.
  const mode = options.mode === 'plan' ? 'shift' : options.mode
  const { workMs } = deadlines(0, options.timeoutMs, mode)
  if (connectingMs + pausesMs <= workMs) return []
  const needs = Math.ceil((connectingMs + pausesMs) / 1000)
  if (options.ratePerSecond === undefined)
    return [
      warning(
        'ITS-PREFLIGHT',
        `the ${connectionsMean} connections that a check takes on average, with the pauses, last ${needs} s if each takes ${ASSUMED_CONNECTION_MS} ms with ${options.concurrency} in flight; timeout leaves ${Math.floor(workMs / 1000)} s for them`,
        'A plan opens no connection. Mode shift measures what one takes, and writes nothing where a check cannot end: give more timeout or a wider tolerance.',
      ),
    ]
  return [
    warning(
      'ITS-PREFLIGHT',
      `rate makes the ${connectionsMean} connections that a proof takes on average, with the pauses, last ${needs} s; timeout leaves ${Math.floor(workMs / 1000)} s for them`,
      'Most such runs end inconclusive: raise rate or timeout, or give a wider tolerance.',
    ),
  ]
}
