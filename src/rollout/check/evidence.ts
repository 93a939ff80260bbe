import type { Attempt, EvidencePoint } from '../model/check.ts'

const MOST_POINTS = 200
const MOST_ATTEMPTS = 12

export type Evidence = {
  /** To be called after each sample. */
  observe(): void
  /** In the order of samples, evenly spaced; the latest sample is the last of them. */
  points(): EvidencePoint[]
}

/**
 * Keeps how the evidence of an attempt grew, in at most `most` points however long the attempt is: every sample at
 * first, and whenever the list is full, every second point is dropped.
 *
 * @param stand where the attempt stands at the moment
 */
export function startEvidence(stand: () => EvidencePoint, most = MOST_POINTS): Evidence {
  let kept: EvidencePoint[] = []
  let stride = 1
  let samples = 0
  return {
    observe() {
      samples += 1
      if (samples % stride !== 0) return
      kept.push(stand())
      // One place is for the latest sample, which is seldom on the stride.
      if (kept.length < most - 1) return
      kept = kept.filter((_, index) => index % 2 === 1)
      stride *= 2
    },
    points: () => (samples === kept.length * stride ? [...kept] : [...kept, stand()]),
  }
}

/** A check may take a thousand attempts. Only the latest keep how their evidence grew. */
export function withBoundedEvidence(attempts: readonly Attempt[]): Attempt[] {
  return attempts.map((one, index) =>
    index < attempts.length - MOST_ATTEMPTS && one.evidence.length > 0
      ? { ...one, evidence: [] }
      : one,
  )
}
