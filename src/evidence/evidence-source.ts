import type { CountsSample, Detail, OwnCounts } from '../split/sample.ts'
import type { Classified } from './probe/classify.ts'
import type { ProbeSample } from './probe/probe-sample.ts'

/** A sample with what its source adds for reports. */
export type EvidenceSample = ProbeSample | CountedSample

/** What a proxy counted, with how connections of this run ended beside it. */
export type CountedSample = CountsSample & { own?: OwnEnded }

/** The unanswered ones one by one. */
export type OwnEnded = OwnCounts & {
  replies?: readonly ProbeSample[]
  lost: readonly Extract<Classified, { kind: 'unclassified' }>[]
}

/** Where samples come from. */
export type EvidenceSource<S extends EvidenceSample = EvidenceSample> = {
  /** What its samples show beside the destination. */
  details: ReadonlySet<Detail>
  /** The places that its samples come from; absent, or fewer than two: there is nothing to compare. */
  places?: () => readonly Place[]
  /** Takes samples until it is stopped, and hands over each in the order of launch. */
  start(budget: Budget, take: (sample: S) => void): Sampling
}

/** Where clients of a source are. A sample has the number of its place in the list. */
export type Place = { kind: 'zone' | 'node'; name: string; pods: number }

/** What keeps a source from taking all samples that it could. */
export type Budget = {
  /** The most samples, asked before each of them as it may grow; undefined: until it is stopped. */
  most?: () => number
  /** The most samples in progress, if the source takes more on its own. */
  concurrency?: number
  /** The most samples a second, in addition to the input `rate`. */
  samplesPerSecond?: number
  /**
   * Whether requests may share connections. Only for rules of which Envoy draws the destination for each request (http),
   * and only once every proxy that a connection may reach is confirmed to have the same weights: a connection stays at one
   * proxy. By default each sample has a new connection, as it always has with probes that send no requests.
   */
  keepsConnections?: boolean
  /**
   * The proxies have just been confirmed to have the weights. A source that dates launches with an error leaves out those that may
   * be of the time before.
   */
  isConfirmed?: boolean
}

export type Sampling = {
  stop(): void
  /** Samples begun so far, those that were not handed over yet included. */
  launched(): number
}

/** A kind of source. The registry is sources.ts. */
export type SourceKind<
  S extends { evidence: string } = { evidence: string },
  T extends EvidenceSample = EvidenceSample,
> = {
  /** The value of the input `evidence`. */
  evidence: S['evidence']
  open(settings: S): EvidenceSource<T>
}
