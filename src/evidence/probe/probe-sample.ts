import type { SingleSample } from '../../split/sample.ts'
import type { Classified } from './classify.ts'

/** One connection, and how it ended. */
export type ProbeSample = SingleSample & { classified: Classified }
