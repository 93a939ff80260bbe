import type { Band } from './band.ts'
import type { JudgeRules } from './judge-rules.ts'
import type { MarginTest } from './margin-tests.ts'
import { type PassTest, passTests } from './pass-tests.ts'

/** Samples of an attempt so far. Its judge adds to it. */
export type Tally = { samples: number; unclassified: number; counts: number[] }

/** What a margin test goes by where the shares from before the write lie beyond the other margin. `S`: what it takes of samples. */
type Guard<S> = { observe(sample: S): void; logRatio(): number }

/** Starts a guard, for the target share and the share from before the write. */
type StartGuard<S> = (test: MarginTest, share: number, oldShare: number) => Guard<S>

/** The margin tests of an attempt that have not rejected yet. */
export type OpenTests<S> = {
  /** To be called after each addition to the tally. `taken`: what the guard of a test takes of it. */
  observe(taken: (test: MarginTest) => S): void
  /** Every margin has rejected, so the shares are within the tolerance. */
  areAllRejected(): boolean
  /** 0 to 1: how far the test has come that has come least; 1 where all have rejected. */
  progress(): number
}

type OpenTest<S> = Pick<PassTest, 'test' | 'rejection'> & { guard: Guard<S> | undefined }

/** Opens the margin tests of an attempt. Samples without a destination count against each of them. */
export function openTests<S>(
  rules: JudgeRules,
  bands: readonly Band[],
  tally: Readonly<Tally>,
  startGuard: StartGuard<S>,
): OpenTests<S> {
  const old = rules.guardCrossing ? rules.old : undefined
  const open = passTests(bands, rules.beta, old).map(
    ({ test, band, rejection, guardedAgainst }): OpenTest<S> => ({
      test,
      rejection,
      guard:
        guardedAgainst === undefined ? undefined : startGuard(test, band.share, guardedAgainst),
    }),
  )

  function logRatio({ test, guard }: OpenTest<S>): number {
    if (guard !== undefined) return guard.logRatio()
    const hits = tally.counts[test.destination] ?? 0
    return test.logRatio(tally.samples, test.side === 'upper' ? hits + tally.unclassified : hits)
  }

  function progressOf(one: OpenTest<S>): number {
    const { from, level } = one.rejection
    return Math.min(tally.samples / from, level > 0 ? logRatio(one) / level : 1)
  }

  return {
    observe(taken) {
      for (let i = open.length - 1; i >= 0; i--) {
        const one = open[i]
        if (one === undefined) continue
        one.guard?.observe(taken(one.test))
        const { from, level } = one.rejection
        if (tally.samples >= from && logRatio(one) >= level) open.splice(i, 1)
      }
    },
    areAllRejected: () => open.length === 0,
    progress: () => Math.min(1, ...open.map(progressOf)),
  }
}
