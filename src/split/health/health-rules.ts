/** What is asked of each growing destination. */
export type HealthQuestion =
  /** Does it have a higher error rate than the others? */
  | { kind: 'compare' }
  /** Is its error rate below the limit, a share between 0 and 1? */
  | { kind: 'max-errors'; limit: number }
  /** Is the share of its replies that take longer than `overMs` below the limit, 1 - quantile? */
  | { kind: 'max-latency'; limit: number; overMs: number }

/** A question that has a limit, so that it can be answered by a pass. */
export type LimitQuestion = Exclude<HealthQuestion, { kind: 'compare' }>

/** What the health of destinations is tested with. */
export type HealthRules = {
  /** Target shares, sum 1. */
  target: readonly number[]
  /** Destinations whose share grows by the run; where nothing is written, all that have weight. */
  growing: readonly number[]
  questions: readonly HealthQuestion[]
  /** The chance that any test fails although the versions have the same error rate, and every rate is below its limit. */
  alpha: number
  /** The chance that a rate at its limit passes, of each limit and destination, over all attempts. */
  beta: number
  /** A pass rests on samples that are spread evenly over at least this long; 0: no such demand. */
  spanMs: number
  /** Of the samples launched within each stretch of this length, one counts towards a pass; 0: every sample does. */
  gapMs: number
  /** How long the weights are watched after the check, in seconds; 0: they are not. */
  watchSeconds: number
}

/** Part of 1 - confidence that the tests of health may spend, where errors can be seen. The split then has less. */
export const HEALTH_PART = 0.45

export function isLimit(question: HealthQuestion): question is LimitQuestion {
  return question.kind !== 'compare'
}
