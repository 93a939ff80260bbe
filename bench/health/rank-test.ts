import { type Seen, seen } from '../../kit/bench/split/error-bars.ts'
import { seededRandom } from '../../kit/split/samples.ts'

/**
 * A canary analysis of the shape of Kayenta's default judge: a rank test of two series of error rates (Mann and Whitney 1947),
 * one value a minute, with a confidence interval of their shift at 98%. The canary fails where the whole interval is above a
 * quarter of the estimate of the shift.
 */
const NORMAL_99 = 2.3263478740408408
const TOLERANCE = 0.25
const MINUTES = 60

export type Analysis = { canary: number; baseline: number; requestsPerMinute: number }

/** The chance that the canary passes. */
export function passesRankTest(analysis: Analysis, runs: number, seed: number): Seen {
  const random = seededRandom(seed)
  let passes = 0
  for (let run = 0; run < runs; run++) {
    const canary = series(analysis.canary, analysis.requestsPerMinute, random)
    const baseline = series(analysis.baseline, analysis.requestsPerMinute, random)
    if (!isHigh(canary, baseline)) passes += 1
  }
  return seen(passes, runs)
}

function series(rate: number, requests: number, random: () => number): number[] {
  return Array.from({ length: MINUTES }, () => {
    let errors = 0
    for (let i = 0; i < requests; i++) if (random() < rate) errors += 1
    return errors
  })
}

/** Both series in the same unit; whole numbers. */
export function isHigh(canary: readonly number[], baseline: readonly number[]): boolean {
  if (isSame(canary, baseline)) return false
  const shifts = canary.flatMap((a) => baseline.map((b) => a - b)).sort((a, b) => a - b)
  const [m, n] = [canary.length, baseline.length]
  const all = m + n
  const sigma = Math.sqrt(
    ((m * n) / 12) * (all + 1 - (tied(canary) + tied(baseline)) / (all * (all - 1))),
  )
  // Between two shifts next to each other the ranks do not change, so a root lies at a shift.
  const rootAt = (level: number) => {
    let above = shifts.length
    for (let i = 0; i < shifts.length; ) {
      let next = i
      while (next < shifts.length && shifts[next] === shifts[i]) next += 1
      above = shifts.length - next
      const off = above - shifts.length / 2
      if ((off - Math.sign(off) * 0.5) / sigma <= level) return shifts[i] ?? 0
      i = next
    }
    return shifts.at(-1) ?? 0
  }
  return rootAt(NORMAL_99) > TOLERANCE * Math.abs(rootAt(0))
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  const [first, second] = [[...a].sort(), [...b].sort()]
  return first.every((value, i) => value === second[i])
}

/** The correction for values that are the same. */
function tied(values: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts.values()].reduce((sum, count) => sum + count ** 3 - count, 0)
}
