import type { SingleSample } from '../../split/sample.ts'
import type { Classified } from './classify.ts'

/** One connection, and how it ended. */
export type ProbeSample = SingleSample & { classified: Classified }

/** What a classified connection is as a sample. */
export function sampleOf(classified: Classified, launchedMs: number, tookMs: number): ProbeSample {
  const destination = classified.kind === 'destination' ? classified.index : undefined
  const sample: ProbeSample = { kind: 'single', destination, launchedMs, tookMs, classified }
  if (classified.kind === 'previous') sample.previous = true
  if (classified.kind !== 'client-limit' && classified.error !== undefined)
    sample.error = classified.error
  if (classified.kind === 'unclassified' && classified.clientLost) sample.clientLost = true
  return sample
}
