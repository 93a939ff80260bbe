import type { Options } from '../../options/options.ts'
import type { Check } from './check.ts'
import { countText } from './percents.ts'

/** What the checks of a plan take. */
export type Cost = {
  /** Connections of all checks, where the splits are right: on average, and at most of their first tries. */
  connectionsMean: number
  connectionsMost: number
  /** Of the checks, those that on average need more than the input `connections` allows; absent if there is none. */
  short?: { checks: number; of: number; limit: number }
  /** Milliseconds that the mean connections take. */
  connectingMs: number
  /** Milliseconds of all pauses between steps. */
  pausesMs: number
}

/** What a connection is taken to last, from dial to reply: no connection is made to find out. */
export const ASSUMED_CONNECTION_MS = 20

/** Adds up what the checks take: connections, and the time that they and the pauses between them need. */
export function costOf(
  checks: readonly Check[],
  {
    concurrency,
    ratePerSecond,
    stepIntervalMs,
  }: Pick<Options, 'concurrency' | 'ratePerSecond' | 'stepIntervalMs'>,
): Cost {
  const connectionsMean = sum(checks.map(({ plan }) => plan.mean))
  const perSecond = Math.min(
    (concurrency * 1000) / ASSUMED_CONNECTION_MS,
    ratePerSecond ?? Number.POSITIVE_INFINITY,
  )
  return {
    connectionsMean: Math.round(connectionsMean),
    connectionsMost: sum(checks.map(({ limit }) => limit)),
    connectingMs: (connectionsMean / perSecond) * 1000,
    pausesMs: Math.max(0, checks.length - 1) * stepIntervalMs,
    ...shortOf(checks),
  }
}

/** Whether a check needs more connections on average than one of its attempts may have. */
export function isShort({ limit, plan }: Pick<Check, 'limit' | 'plan'>): boolean {
  return limit < plan.mean
}

/** The checks that `connections` cuts short. */
export function shortOf(checks: readonly Check[]): Pick<Cost, 'short'> {
  const short = checks.filter(isShort)
  const [first] = short
  return first ? { short: { checks: short.length, of: checks.length, limit: first.limit } } : {}
}

/** ` connections allows 20 per attempt, fewer than that, so most such runs end inconclusive.`; empty if it allows enough. */
export function shortText({ short }: Pick<Cost, 'short'>): string {
  if (short === undefined) return ''
  const { checks, of, limit } = short
  const which = of === 1 ? 'fewer than that' : `too few for ${checks} of ${of} steps`
  return ` connections allows ${countText(limit)} per attempt, ${which}, so most such runs end inconclusive.`
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0)
}
