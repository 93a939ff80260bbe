import { type Decision, judgeTry } from '../../src/split/judge/judge-try.ts'
import type { TryRules } from '../../src/split/judge/try-rules.ts'

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
export function drawFrom(shares: readonly number[], random: () => number): number {
  let left = random()
  for (const [destination, share] of shares.entries()) {
    left -= share
    if (left < 0) return destination
  }
  return shares.findLastIndex((share) => share > 0)
}

/** Rules of a check without a write: all of the error for one try. */
export function verifyRules(
  target: readonly number[],
  tolerance: number,
  error: number,
  more: Partial<TryRules> = {},
): TryRules {
  return {
    target,
    tolerance: target.map(() => tolerance),
    guardCrossing: false,
    alpha: error,
    beta: error,
    promises: 1,
    noReplyAlpha: error / 10,
    ...more,
  }
}

export type Outcome = { decision: Decision | undefined; draws: number }

/** Judges draws until there is a decision or `most` draws were made. */
export function judgeDraws(
  rules: TryRules,
  next: (draw: number) => number,
  most = 1_000_000,
): Outcome {
  const judge = judgeTry(rules)
  for (let draw = 0; draw < most; draw++) {
    const decision = judge.observe(next(draw))
    if (decision !== undefined) return { decision, draws: draw + 1 }
  }
  return { decision: undefined, draws: most }
}

/** Many tries with one seeded generator. */
export function simulateTries(
  tries: number,
  seed: number,
  rules: TryRules,
  truth: readonly number[],
): Outcome[] {
  const random = seededRandom(seed)
  return Array.from({ length: tries }, () => judgeDraws(rules, () => drawFrom(truth, random)))
}

export function partOf(outcomes: readonly Outcome[], decision: Decision): number {
  return outcomes.filter((outcome) => outcome.decision === decision).length / outcomes.length
}

export function meanDraws(outcomes: readonly Outcome[]): number {
  return outcomes.reduce((sum, { draws }) => sum + draws, 0) / outcomes.length
}
