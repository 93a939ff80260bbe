import { unansweredDestination } from '../../split/judge/unanswered-destinations.ts'
import { latestSamples } from '../check/latest-samples.ts'
import type { Check } from '../model/check.ts'
import type { Evidence } from './serving.ts'

/** When each destination of a run answered last, by the run's clock, in the order of its names. */
export type LatestReplies = readonly (number | undefined)[]

/**
 * The latest replies when a check has ended that began at `startedMs`. Where a try keeps no evidence
 * its end counts, which is late by no more than its length.
 */
export function withCheck(known: LatestReplies, check: Check, startedMs: number): LatestReplies {
  // What proxies send to a destination need not have been answered.
  if (check.counted !== undefined) return known
  return check.names.map((_, index) => {
    const times = check.attempts
      .filter(({ counts }) => (counts[index] ?? 0) > 0)
      .map((ended) => {
        const last = ended.evidence.findLastIndex(
          ({ counts }, at) => (counts[index] ?? 0) > (ended.evidence[at - 1]?.counts[index] ?? 0),
        )
        const atMs = ended.evidence[last]?.atMs ?? ended.tookMs
        return startedMs + ended.startedMs + atMs
      })
    const watched = [check.settle, check.watch].map((watch) => {
      const atMs = watch?.latestMs[index]
      return atMs === undefined ? undefined : startedMs + atMs
    })
    const all = [known[index], ...times, ...watched].filter((time) => time !== undefined)
    return all.length === 0 ? undefined : Math.max(...all)
  })
}

/** So many unanswered connections and no answered one show that nothing answers at all. */
const ALL_UNANSWERED = 5

/** What the samples of a run say of its destinations, by name. `toServerMs` turns a time of the run into one of the API server. */
export function evidenceOf(
  replies: LatestReplies,
  names: readonly string[],
  last: Check | undefined,
  toServerMs: (ms: number) => number | undefined,
): (name: string) => Evidence {
  const met = last && latestSamples(last)
  const isAllUnanswered =
    met !== undefined &&
    met.unclassified >= ALL_UNANSWERED &&
    met.counts.every((count) => count === 0)
  const unanswered = met && last && unansweredDestination(met, last.target)
  return (name) => {
    const index = names.indexOf(name)
    const answered = replies[index]
    // A reply counts, even if its time is unknown.
    const answeredMs = answered === undefined ? undefined : (toServerMs(answered) ?? Infinity)
    const isUnanswered = (last?.target[index] ?? 0) > 0 && (isAllUnanswered || unanswered === index)
    return { ...(answeredMs === undefined ? {} : { answeredMs }), unanswered: isUnanswered }
  }
}
