import type { ProbeSample } from '../../../evidence/probe/probe-sample.ts'
import type { Options } from '../../../options/options.ts'
import type { Check } from '../../model/check.ts'
import { costOf } from '../../model/cost.ts'
import { deadlines } from '../../time-limits.ts'
import { FALSE_STOP, MOST_CONNECTIONS } from '../preflight-sampling.ts'

/** How fast connections can be made, in connections a second. */
export type Rate = {
  /** No run is faster. */
  bound: number
  /** What a run will about reach. */
  likely: number
  /** What the fastest of the connections before the write took. */
  fastestMs: number
}

type Limits = Pick<
  Options,
  'mode' | 'connections' | 'concurrency' | 'ratePerSecond' | 'stepIntervalMs' | 'timeoutMs'
>

/** Below so many connections a second it is the input `rate` that decides. */
const LOW_RATE = 500

/** More connections a second than one process opens on any machine. */
export const FASTEST_PROCESS = 30_000

/** Of so many answers the fastest comes from a process that has loaded its code. */
const MEASURED = MOST_CONNECTIONS / 2
/** A process that has run for a while is faster than its first connections, but not by more than this. */
const WARM_UP = 2
/** What this process itself may add to each of its first connections, on a machine that is busy. */
const OWN_MS = 10
/** The same of fewer answers, which may all come while this process is still loading. */
const LOADING_MS = 300

/** Milliseconds that a run has for its checks, the pauses between them not included. */
export function timeForChecks(checks: readonly Check[], options: Limits): number {
  // A plan is of a shift, whatever it may take itself.
  const mode = options.mode === 'plan' ? 'shift' : options.mode
  const { workMs } = deadlines(0, options.timeoutMs, mode)
  return workMs - costOf(checks, options).pausesMs
}

/** Whether checks take so much of the time that connections have to show how long they take. */
export function needsMeasuring(checks: readonly Check[], options: Limits): boolean {
  // A low rate is known, and would make the measurement itself last.
  if ((options.ratePerSecond ?? Number.POSITIVE_INFINITY) < LOW_RATE) return false
  // A limit that does not fit is refused by the usual time, which a single slow connection does not show.
  if (checks.some(({ limits }) => limits !== undefined)) return true
  return costOf(checks, options).connectingMs > timeForChecks(checks, options) / 8
}

/**
 * The rate that connections before the write lead to; undefined where none was answered. With so many in
 * flight the rate is their number over the mean time that one takes (Little's law). The mean is at least the least
 * time of the sample multiplied by the chance of taking so long, and of n connections all take a time that fewer
 * than FALSE_STOP^(1/n) of them take with a chance of at most FALSE_STOP. The process gains by running, but under
 * load connections get slower, not faster. So twice their number over that mean, less what this process may have
 * added, is more than any run reaches. To a gateway nearby that bounds nothing, since most of so short a time may
 * be this process's own.
 */
export function rateOf(
  samples: readonly ProbeSample[],
  { concurrency, ratePerSecond = Number.POSITIVE_INFINITY }: Limits,
): Rate | undefined {
  const took = samples.flatMap(({ classified, tookMs }) =>
    classified.kind === 'destination' ? [tookMs] : [],
  )
  if (took.length === 0) return undefined
  // The first ones also load code and find the way.
  const warm = took.slice(Math.floor(took.length / 2)).toSorted((a, b) => a - b)
  const fastestMs = Math.min(...took)
  const usualMs = warm[Math.floor(warm.length / 2)] ?? fastestMs
  const most = Math.min(ratePerSecond, FASTEST_PROCESS)
  const waitMs = Math.max(0, fastestMs - (took.length < MEASURED ? LOADING_MS : OWN_MS))
  const meanMs = waitMs * FALSE_STOP ** (1 / took.length)
  return {
    bound: Math.min(most, (WARM_UP * concurrency * 1000) / meanMs),
    likely: Math.min(most, (concurrency * 1000) / usualMs),
    fastestMs,
  }
}

/** Connections that checks with the right split take: on average, and fewer than which hardly any passes with. */
export function connectionsNeeded(checks: readonly Check[]): { mean: number; least: number } {
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
  return {
    mean: sum(checks.map(({ plan }) => plan.mean)),
    least: sum(checks.map((check) => check.plan.mean * leastPart(check))),
  }
}

/**
 * The part of the mean that fewer than 1 in 1,000 tries pass with, measured over tries of weights and
 * confidences. Where a band ends at 0 or 1 there is one edge less to refute, and tries vary more.
 */
function leastPart({ target, tolerance, plan }: Check): number {
  const twoMargins = target.every((share, index) => {
    const points = tolerance[index] ?? 0
    return share === 0 || share === 1 || (share - points > 1e-9 && share + points < 1 - 1e-9)
  })
  return twoMargins && plan.mean > 500 ? 0.5 : 0.25
}
