import type { Classified } from '../../src/evidence/probe/classify.ts'
import type { ProbeSample } from '../../src/evidence/probe/probe-sample.ts'

/** A connection that ended so, after so many milliseconds. */
export function sampleOf(classified: Classified, tookMs = 1): ProbeSample {
  const destination = classified.kind === 'destination' ? classified.index : undefined
  return { kind: 'single', destination, launchedMs: 0, tookMs, classified }
}
