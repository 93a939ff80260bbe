export type JudgeRules = {
  /** Target shares, sum 1, at least one. */
  target: readonly number[]
  /** Shares > 0, one for each destination: a true share this far off must not pass. */
  tolerance: readonly number[]
  /** Shares before the write, where a write happened and they are known. */
  old?: readonly number[]
  /** Whether the samples of this attempt may begin with the previous weights: margin tests that `old` concerns are guarded. */
  guardCrossing: boolean
  /** 1 - confidence of the whole run: the chance that the exact weights fail. */
  alpha: number
  /** This attempt's own share of 1 - confidence: the chance that a share out of its band passes. */
  beta: number
  /** Number of weights that the run tests, at least 1; alpha is divided by it. */
  hypotheses: number
  /** Whether errors are tested beside the split, which then has a smaller part of alpha. */
  testsHealth?: boolean
  /** Whether the split is watched after the attempt, which then has half of that part. */
  isWatched?: boolean
  /** This attempt's own share of 0.08 alpha / hypotheses. */
  noReplyAlpha: number
  /**
   * 0.02 alpha / hypotheses for the test that a small destination does not answer. Only an attempt without previous weights has
   * it: under those a destination may get nothing.
   */
  unansweredAlpha?: number
}

/** The part that decides how many samples an attempt needs where all get a reply. */
export type PlanRules = Omit<JudgeRules, 'noReplyAlpha' | 'unansweredAlpha'>
