/** What the health of destinations is tested with. */
export type HealthRules = {
  /** Target shares, sum 1. */
  target: readonly number[]
  /** Destinations whose share grows by the run; where nothing is written, all that have weight. */
  growing: readonly number[]
  /** The chance that versions that err alike fail. */
  alpha: number
}

/** Part of 1 - confidence that the tests of health may spend, where errors can be seen. The split then has less. */
export const HEALTH_PART = 0.45
