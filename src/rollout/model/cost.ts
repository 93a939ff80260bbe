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
  /** Milliseconds that the mean connections take, those that limits spread over a time included. */
  connectingMs: number
  /** Milliseconds of all pauses between steps. */
  pausesMs: number
}

/** What a connection is taken to last, from dial to reply: no connection is made to find out. */
export const ASSUMED_CONNECTION_MS = 20

/**
 * Samples that the limits of a check take beside those that confirm the split. Where samples are spread over a time, hardly
 * any of those that confirm the split counts.
 */
export function settleSamples(
  { plan, limits }: Pick<Check, 'plan' | 'limits'>,
  part: 'none' | 'tenth' | 'quarter' | 'most',
): number {
  if (limits === undefined) return 0
  return limits.spanMs > 0 ? limits[part] : Math.max(0, limits[part] - plan.mean)
}

/** Adds up what the checks take: connections, and the time that they and the pauses between them need. */
export function costOf(
  checks: readonly Check[],
  {
    concurrency,
    ratePerSecond,
    stepIntervalMs,
  }: Pick<Options, 'concurrency' | 'ratePerSecond' | 'stepIntervalMs'>,
): Cost {
  const perSecond = Math.min(
    (concurrency * 1000) / ASSUMED_CONNECTION_MS,
    ratePerSecond ?? Number.POSITIVE_INFINITY,
  )
  const split = sum(checks.map(({ plan }) => plan.mean))
  const settling = checks.map((check) => settleSamples(check, 'quarter'))
  const settlingMs = checks.map(({ limits }, index) =>
    Math.max(limits?.spanMs ?? 0, ((settling[index] ?? 0) / perSecond) * 1000),
  )
  const connectionsMean = split + sum(settling)
  return {
    connectionsMean: Math.round(connectionsMean),
    connectionsMost: sum(checks.map(mostSamples)),
    connectingMs: (split / perSecond) * 1000 + sum(settlingMs),
    pausesMs: Math.max(0, checks.length - 1) * stepIntervalMs,
    ...shortOf(checks),
  }
}

/** The most samples of a first attempt, and of the limits that it decides. A given number is for both. */
export function mostSamples(check: Pick<Check, 'limit' | 'plan' | 'limits'>): number {
  const { limit, plan } = check
  return limit === plan.p999 ? limit + Math.ceil(settleSamples(check, 'most')) : limit
}

/** Whether a check needs more connections on average than one of its attempts may have. */
export function isShort(check: Pick<Check, 'limit' | 'plan' | 'limits'>): boolean {
  const { limit, plan } = check
  // Without a limit of its own, an attempt takes what its limits need.
  const settling = limit === plan.p999 ? 0 : settleSamples(check, 'tenth')
  return limit < plan.mean + settling
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
