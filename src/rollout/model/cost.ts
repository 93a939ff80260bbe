import type { Options } from '../../options/options.ts'
import type { Check } from './check.ts'

/** What the checks of a plan take. */
export type Cost = {
  /** Connections of all checks, where the splits are right: on average, and at most of their first tries. */
  connectionsMean: number
  connectionsMost: number
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
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0)
}
