import { attemptsOf } from '../../rollout/diagnosis/evidence-of.ts'
import { seenOf } from '../../rollout/diagnosis/seen-of.ts'
import type { Attempt, Check } from '../../rollout/model/check.ts'
import { percent } from '../figures.ts'

/**
 * The samples of a check that count: those since the gateway last changed its split. An attempt may decide by a few
 * samples, and attempts before it met the weights from before the write, so neither the last attempt nor all of them
 * together is what was observed.
 */
export type Counted = {
  counts: readonly number[]
  unclassified: number
  /** Samples with a recognized reply. */
  recognized: number
  samples: number
  /** Whether an attempt is part of it. Those that are not met another split. */
  includes: (attempt: Attempt) => boolean
}

/** @param alpha 1 - confidence, 0 < alpha < 1 */
export function countedOf(check: Check, alpha: number): Counted {
  const all = attemptsOf(check)
  const { attemptsBefore, ...seen } = seenOf(check, alpha)
  const recognized = seen.counts.reduce((sum, count) => sum + count, 0)
  return {
    ...seen,
    recognized,
    samples: recognized + seen.unclassified,
    includes: (attempt) => all.indexOf(attempt) >= attemptsBefore,
  }
}

/** Percent of the recognized samples; undefined where there is none. */
export function observedPercent(
  { counts, recognized }: Counted,
  index: number,
): number | undefined {
  return recognized === 0 ? undefined : percent((counts[index] ?? 0) / recognized)
}

/** 1 - confidence of a run, or of the default where its inputs are not valid. */
export function alphaOf({
  options,
}: {
  options: { confidencePercent: number } | undefined
}): number {
  return (100 - (options?.confidencePercent ?? 99)) / 100
}
