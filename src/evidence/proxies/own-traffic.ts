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
 * @param onLimit takes those that this machine could not open
 */
export function startOwnTraffic(
  own: EvidenceSource,
  budget: Budget,
  onLimit: (sample: ProbeSample) => void,
): OwnTraffic {
  let answered = 0
  let lost: OwnEnded['lost'][number][] = []
  const sampling = own.start(budget, (sample) => {
    if (sample.kind !== 'single') return
    if (sample.classified.kind === 'client-limit') onLimit(sample)
    else if (sample.classified.kind === 'unclassified') lost.push(sample.classified)
    else answered += 1
  })
  return {
    ended() {
      if (answered === 0 && lost.length === 0) return undefined
      const ended = { answered, unanswered: lost.length, lost }
      answered = 0
      lost = []
      return ended
    },
    stop: () => sampling.stop(),
  }
}
