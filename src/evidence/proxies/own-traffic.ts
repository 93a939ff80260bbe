import type { EvidenceSample, EvidenceSource, Sampling } from '../evidence-source.ts'
import type { ProbeSample } from '../probe/probe-sample.ts'

/**
 * A source of counts that also takes samples of its own while it counts: proxies count them with what users do. What its
 * samples got in reply decides nothing, so only those that this machine could not open are handed over.
 *
 * @param onOwn each sample of its own that has ended
 */
export function withOwnTraffic(
  counts: EvidenceSource,
  own: EvidenceSource<ProbeSample>,
  onOwn: (sample: ProbeSample) => void = () => {},
): EvidenceSource {
  return {
    details: counts.details,
    start(budget, take): Sampling {
      const handOver = (sample: EvidenceSample) => take(sample)
      const counting = counts.start(budget, handOver)
      const sampling = own.start(budget, (sample) => {
        if (sample.classified.kind === 'client-limit') handOver(sample)
        else onOwn(sample)
      })
      return {
        stop() {
          sampling.stop()
          counting.stop()
        },
        launched: sampling.launched,
      }
    },
  }
}
