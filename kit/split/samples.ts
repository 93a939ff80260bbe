import type { Decision } from '../../src/split/judge/judge.ts'
import { judgeAttempt } from '../../src/split/judge/judge-attempt.ts'
import type { JudgeRules } from '../../src/split/judge/judge-rules.ts'

/** Seeded uniform numbers in [0, 1) (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** One destination, drawn with these shares. */
export function sampleFrom(shares: readonly number[], random: () => number): number {
  let left = random()
  for (const [destination, share] of shares.entries()) {
    left -= share
    if (left < 0) return destination
  }
  return shares.findLastIndex((share) => share > 0)
}

/** Rules of a check without a write: all of the error for one attempt. */
export function verifyRules(
  target: readonly number[],
  tolerance: number,
  error: number,
  more: Partial<JudgeRules> = {},
): JudgeRules {
  return {
    target,
    tolerance: target.map(() => tolerance),
    guardCrossing: false,
    alpha: error,
    beta: error,
    hypotheses: 1,
    noReplyAlpha: error / 10,
    ...more,
  }
}

export type Outcome = { decision: Decision | undefined; samples: number }

/** Judges samples until there is a decision or `most` samples were made. */
export function judgeSamples(
  rules: JudgeRules,
  next: (sample: number) => number,
  most = 1_000_000,
): Outcome {
  const judge = judgeAttempt(rules)
  for (let sample = 0; sample < most; sample++) {
    const decision = judge.observe(next(sample))
    if (decision !== undefined) return { decision, samples: sample + 1 }
  }
  return { decision: undefined, samples: most }
}

/** Many attempts with one seeded generator. */
export function simulateAttempts(
  attempts: number,
  seed: number,
  rules: JudgeRules,
  truth: readonly number[],
): Outcome[] {
  const random = seededRandom(seed)
  return Array.from({ length: attempts }, () =>
    judgeSamples(rules, () => sampleFrom(truth, random)),
  )
}

export function partOf(outcomes: readonly Outcome[], decision: Decision): number {
  return outcomes.filter((outcome) => outcome.decision === decision).length / outcomes.length
}

export function meanSamples(outcomes: readonly Outcome[]): number {
  return outcomes.reduce((sum, { samples }) => sum + samples, 0) / outcomes.length
}
