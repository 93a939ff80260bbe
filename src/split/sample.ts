/** What a source of evidence reports. Times are milliseconds of the run's clock. */
export type Sample = SingleSample | CountsSample

/** One connection or request. */
export type SingleSample = {
  kind: 'single'
  /** Index of the destination that served it; undefined: no recognized reply. */
  destination: number | undefined
  launchedMs: number
  tookMs: number
  /** Whether it counts as an error; undefined where errors cannot be seen. */
  error?: boolean
  /** It shows that the gateway has another configuration than the one that is to be confirmed. */
  previous?: true
  /**
   * The client that took it was lost, so how it ended is not known. It may have gone to any destination, and says nothing of
   * whether they answer.
   */
  clientLost?: true
  /** Which of several clients took it, from 0; absent: there is one. */
  stream?: number
  /** Which of several places that client is in, from 0; absent: there is one. */
  place?: number
}

/** What one proxy counted between two readings of its counters. */
export type CountsSample = {
  kind: 'counts'
  proxy: string
  fromMs: number
  toMs: number
  /** Samples that began between them, by destination. */
  counts: readonly number[]
  /** Further samples that may have gone to any of them, or to none: what was counted may have been a retry. */
  doubtful?: number
  /** Errors that ended between them, by destination. A request counts when it begins, and its error when it ends. */
  errors: readonly number[]
  /** Those that ended without an error, by destination; absent where errors cannot be seen. */
  successes?: readonly number[]
  /**
   * Connections of this run that ended since its last sample. All that proxies served are among the counts, which do not
   * show whether one was answered.
   */
  own?: OwnCounts
}

/** How many samples of this run got a reply, and how many did not. */
export type OwnCounts = {
  answered: number
  unanswered: number
  /**
   * Each of them, in the order of launch, where replies show their destination. Where they also show errors, the counts have
   * none, as these samples are among them.
   */
  replies?: readonly SingleSample[]
}

/** What the samples of a source show beside the destination: their order, the proxy, how long they took, errors. */
export type Detail = 'order' | 'proxy' | 'latency' | 'errors'
