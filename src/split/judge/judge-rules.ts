export type JudgeRules = {
  /** Shares wanted, sum 1, at least one. */
  target: readonly number[]
  /** Shares > 0, one a destination: a true share this far off must not pass. */
  tolerance: readonly number[]
  /** Shares before the write, where a write happened and they are known. */
  old?: readonly number[]
  /** Whether the draws of this try may begin with the old weights: flags that `old` concerns are guarded. */
  guardCrossing: boolean
  /** 1 - confidence of the whole run: chance that the exact weights fail. */
  alpha: number
  /** This try's own share of 1 - confidence: chance that a share out of its band passes. */
  beta: number
  /** Number of weights that the run is to prove, at least 1; alpha is divided by it. */
  hypotheses: number
  /** This try's own share of 0.08 alpha / promises. */
  noReplyAlpha: number
  /**
   * 0.02 alpha / promises for the test that a small destination does not answer. Only a try that meets no old weights
   * has it: under these a destination may get nothing.
   */
  unansweredAlpha?: number
}

/** What of it decides how many connections a try needs where all get a reply. */
export type PlanRules = Omit<JudgeRules, 'noReplyAlpha' | 'unansweredAlpha'>
