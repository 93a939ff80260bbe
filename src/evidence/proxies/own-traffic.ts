import type { Budget, EvidenceSource, OwnEnded, Sampling } from '../evidence-source.ts'
import type { ProbeSample } from '../probe/probe-sample.ts'

/** Connections of this run that are made while counters are read. */
export type OwnTraffic = Pick<Sampling, 'stop'> & {
  /** Those that ended since the last call; undefined: none. */
  ended(): OwnEnded | undefined
}

/**
 * Makes connections that the proxies count. Where each went, only the counters show. Whether it was answered, only its own
 * end shows: a connection that the gateway refuses is in no counter.
 *
 * @param showsHealth whether replies show their destination, so that their errors and times say something of it
 * @param onLimit takes those that this machine could not open
 */
export function startOwnTraffic(
  { source, showsHealth }: { source: EvidenceSource; showsHealth: boolean },
  budget: Budget,
  onLimit: (sample: ProbeSample) => void,
): OwnTraffic {
  let answered = 0
  let lost: OwnEnded['lost'][number][] = []
  let replies: ProbeSample[] = []
  const sampling = source.start(budget, (sample) => {
    if (sample.kind !== 'single') return
    if (sample.classified.kind === 'client-limit') return onLimit(sample)
    if (showsHealth) replies.push(sample)
    if (sample.classified.kind === 'unclassified') lost.push(sample.classified)
    else answered += 1
  })
  return {
    ended() {
      if (answered === 0 && lost.length === 0) return undefined
      const ended = { answered, unanswered: lost.length, lost, ...(showsHealth && { replies }) }
      answered = 0
      lost = []
      replies = []
      return ended
    },
    stop: () => sampling.stop(),
  }
}
