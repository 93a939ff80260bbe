import { hasStatus, type StatusRange } from '../probe/expectation.ts'
import type { RequestSeries } from './request-series.ts'

/** Which requests are errors, and whose they are. */
export type StatusRules = {
  errors: readonly StatusRange[]
  /** Index of the destination that requests were sent to; undefined: of none, or it is not known. */
  destinationOf: (series: Pick<RequestSeries, 'service' | 'revision'>) => number | undefined
}

/** Requests of one proxy that ended, by destination. */
export type EndedRequests = { errors: number[]; successes: number[] }

/** The client went before there was a reply, which says nothing of the destination. */
const CLIENT_LEFT = 'DC'

/**
 * Counts how requests of one proxy end, reading by reading.
 *
 * @param isBaseline whether what ended before the first reading is left out
 */
export function startEndedRequests(
  { errors: ranges, destinationOf }: StatusRules,
  destinations: number,
  isBaseline: boolean,
): (series: readonly RequestSeries[]) => EndedRequests {
  let before: ReadonlyMap<string, number> | undefined = isBaseline ? undefined : new Map()
  return (series) => {
    const ended = {
      errors: Array<number>(destinations).fill(0),
      successes: Array<number>(destinations).fill(0),
    }
    const now = sums(series)
    const then = before
    before = new Map([...now].map(([key, { count }]) => [key, count]))
    if (then === undefined) return ended
    for (const [key, one] of now) {
      const index = destinationOf(one)
      if (index === undefined || (one.status === 0 && one.flags.includes(CLIENT_LEFT))) continue
      const last = then.get(key) ?? 0
      // A proxy that restarts begins at 0.
      const more = one.count - (one.count < last ? 0 : last)
      const counts = isError(one, ranges) ? ended.errors : ended.successes
      counts[index] = (counts[index] ?? 0) + more
    }
    return ended
  }
}

/** Without a reply, whatever the statuses say. */
function isError(
  reply: Pick<RequestSeries, 'status' | 'grpcStatus'>,
  ranges: readonly StatusRange[],
): boolean {
  return reply.status === 0 || hasStatus(reply, ranges)
}

/** Series that differ in nothing that counts are one. */
function sums(series: readonly RequestSeries[]): ReadonlyMap<string, RequestSeries> {
  const found = new Map<string, RequestSeries>()
  for (const { count, ...one } of series) {
    const key = JSON.stringify(one)
    found.set(key, { ...one, count: (found.get(key)?.count ?? 0) + count })
  }
  return found
}
