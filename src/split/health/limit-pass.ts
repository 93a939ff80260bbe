import { belowLimit } from './below-limit.ts'
import type { HealthState } from './health.ts'

/** The pass of one limit by one destination, in one attempt. */
export type LimitPass = {
  /** Takes a sample that counts towards the pass. One of no known destination counts as an event of each destination. */
  observe(isEvent: boolean, isUnattributed: boolean, launchedMs: number): void
  hasPassed(): boolean
  state(): Pick<HealthState, 'pass' | 'heldBackBy'>
}

/**
 * Passes once the samples span long enough and the evidence is at its level at that moment or later, so that what happened
 * in the meantime counts too.
 *
 * @param limit more than 0, less than 1
 * @param error the chance that a rate at the limit, or above it, passes
 */
export function limitPass(limit: number, error: number, spanMs: number): LimitPass {
  const evidence = belowLimit(limit)
  const level = Math.log(1 / error)
  let samples = 0
  let events = 0
  let unattributed = 0
  let firstMs: number | undefined
  let lastMs = 0
  let nextEvaluation = 0
  let passed = false

  const spannedMs = () => (firstMs === undefined ? 0 : lastMs - firstMs)

  function heldBackBy(): HealthState['heldBackBy'] {
    if (passed) return undefined
    if (evidence.logEvidence(samples, events) >= level) return 'span'
    const without = evidence.logEvidence(samples - unattributed, events - unattributed)
    return without >= level ? 'unattributed' : undefined
  }

  return {
    observe(isEvent, isUnattributed, launchedMs) {
      if (passed) return
      firstMs ??= launchedMs
      lastMs = launchedMs
      samples += 1
      if (isEvent) events += 1
      if (isUnattributed) unattributed += 1
      // One sample adds only so much, and an event adds nothing.
      if (samples < nextEvaluation || launchedMs - firstMs < spanMs) return
      const missing = level - evidence.logEvidence(samples, events)
      passed = missing <= 0
      nextEvaluation = samples + Math.max(1, Math.floor(missing / evidence.largestStep))
    },
    hasPassed: () => passed,
    state: () => ({
      pass: { samples, events, unattributed, spanMs: spannedMs() },
      heldBackBy: heldBackBy(),
    }),
  }
}
