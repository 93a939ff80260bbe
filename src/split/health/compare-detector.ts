import { aboveRate } from './above-rate.ts'
import { comparison, type Tally } from './compare.ts'

/** A rate of errors for which no run is rolled back, however well the other versions do. */
export const HARMLESS_RATE = 0.001

/** Errors are compared from about so many moments on, and from one in so many milliseconds at least: more find hardly more. */
const STARTS = 200
const LONGEST_SPACING_MS = 30_000

/** Detects that a destination has a higher error rate than the others. */
export type CompareDetector = {
  /** Places a part of the stake on what follows. */
  place(stake: number, nowMs: number): void
  /** What the stakes have become, by the tallies of now. */
  value(): number
}

type Start = { stake: number; own: Tally; all: Tally }

/**
 * The evidence of a comparison is no product of factors, as its likeliest share changes with each sample. So the tallies at
 * the moments at which stakes are placed are kept, and each stake is multiplied by the evidence since then. Evidence counts
 * only as far as the own error rate is shown to be above one that does no harm.
 *
 * @param target share of the destination, more than 0, less than 1
 * @param watchSeconds how long the weights are watched after the check, in seconds
 * @param tallies of this destination and of all samples, errors of no known destination included, as they grow
 */
export function compareDetector(
  target: number,
  watchSeconds: number,
  { own, all }: { own: Readonly<Tally>; all: Readonly<Tally> },
): CompareDetector {
  const logEvidence = comparison(target)
  const isHarmful = aboveRate(HARMLESS_RATE)
  const spacingMs = Math.min(LONGEST_SPACING_MS, (1000 * watchSeconds) / STARTS)
  const starts: Start[] = []
  let startedMs = Number.NEGATIVE_INFINITY
  let waiting = 0

  function since(start: Start): number {
    const errors = own.errors - start.own.errors
    // Without an error of its own, the evidence is at most 1.
    if (errors === 0) return 0
    const ok = own.ok - start.own.ok
    const othersOk = all.ok - start.all.ok - ok
    const othersErrors = all.errors - start.all.errors - errors
    const compared = logEvidence(ok, errors, othersOk, othersErrors)
    return start.stake * Math.exp(Math.min(compared, isHarmful(errors, ok)))
  }

  return {
    place(stake, nowMs) {
      waiting += stake
      if (nowMs - startedMs < spacingMs) return
      starts.push({ stake: waiting, own: { ...own }, all: { ...all } })
      startedMs = nowMs
      waiting = 0
    },
    value() {
      let sum = 0
      for (let i = 0; i < starts.length; i++) {
        const start = starts[i]
        if (start !== undefined) sum += since(start)
      }
      return sum
    },
  }
}
