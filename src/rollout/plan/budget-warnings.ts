import type { Options } from '../../options/options.ts'
import { type Problem, warning } from '../../problem/problem.ts'
import type { Check } from '../model/check.ts'
import { ASSUMED_CONNECTION_MS, costOf, isShort, settleSamples } from '../model/cost.ts'
import { countText, percentsOf, percentsText, samplesText } from '../model/percents.ts'
import { deadlines } from '../time-limits.ts'

/**
 * Warnings if the user allows less than the checks need on average: such a run most likely ends inconclusive, after
 * a write for nothing.
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
  const short = checks.filter(isShort)
  const [first] = short
  if (first === undefined) return []
  const each = short.map(
    (check) =>
      `${percentsText(percentsOf(check.names, check.target))} needs about ${countText(Math.round(check.plan.mean + settleSamples(check, 'tenth')))}`,
  )
  return [
    warning(
      'ITS-TOO-FEW-CONNECTIONS',
      `connections allows ${countText(first.limit)} per attempt, fewer than a check needs on average: ${each.join('; ')}.`,
      'Most such runs end inconclusive. Leave connections out, or use a wider tolerance.',
    ),
  ]
}

function tooSlow(
  checks: readonly Check[],
  options: Parameters<typeof findTooLittle>[1],
): Problem[] {
  if (options.ratePerSecond === undefined && options.mode !== 'plan') return []
  const { connectionsMean, connectingMs, pausesMs } = costOf(checks, options)
  const samples = samplesText(connectionsMean, checks[0]?.unit ?? 'connection')
  // A plan is of a shift, whatever it may take itself.
  const mode = options.mode === 'plan' ? 'shift' : options.mode
  const { workMs } = deadlines(0, options.timeoutMs, mode)
  if (connectingMs + pausesMs <= workMs) return []
  const needs = Math.ceil((connectingMs + pausesMs) / 1000)
  if (options.ratePerSecond === undefined)
    return [
      warning(
        'ITS-TIMEOUT-TOO-SHORT',
        `The ${samples} that the checks need on average take ${countText(needs)} s with the pauses, if each takes ${ASSUMED_CONNECTION_MS} ms with ${options.concurrency} in flight. timeout leaves ${countText(Math.floor(workMs / 1000))} s.`,
        'Raise timeout, or use a wider tolerance. A plan takes no samples. Mode shift measures how long one takes, and writes nothing if a check cannot end.',
      ),
    ]
  return [
    warning(
      'ITS-TIMEOUT-TOO-SHORT',
      `At this rate, the ${samples} that the checks need on average take ${countText(needs)} s with the pauses. timeout leaves ${countText(Math.floor(workMs / 1000))} s.`,
      'Most such runs end inconclusive. Raise rate or timeout, or use a wider tolerance.',
    ),
  ]
}
