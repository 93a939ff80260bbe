import type { Latency } from '../../evidence/probe/latency.ts'
import type { PlaceQuestion } from '../../split/places/places-test.ts'

/** One of several places that samples of a run came from. It decides nothing: the check is about all samples together. */
export type PlaceSeen = {
  kind: 'zone' | 'node'
  name: string
  /** How many Pods took samples there. */
  pods: number
  samples: number
  unclassified: number
  /** By destination. */
  counts: readonly number[]
  /** Errors by destination; absent where they cannot be seen. */
  errors?: readonly number[]
  /** Of the samples with a destination. */
  latency: Latency
  /** In what it is shown to differ from most of the others. */
  differs: readonly PlaceQuestion[]
}
