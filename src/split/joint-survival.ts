import { type Survival, survivalAt } from './survival.ts'

/** One destination's survival and its share. */
export type Part = { share: number; survival: Survival }

/**
 * What part of the tries of several destinations is open after so many draws, from how each destination
 * gets on alone. Destinations of one try hang together, the more the larger the squared correlation r
 * of their counts, w v / ((1 - w) (1 - v)) for shares w and v: 1 for two destinations alone. Starting
 * from the slowest, each destination is taken to go along with the earlier one that it hangs on most, by
 * the part r as far as can be, by the rest not at all. Fails are taken to be independent.
 */
export function jointOpen(parts: readonly Part[]): (draws: number) => number {
  const slowestFirst = [...parts].sort((a, b) => total(b.survival) - total(a.survival))
  const companions = slowestFirst.map((part, i) => closest(part, slowestFirst.slice(0, i)))
  return (draws) => {
    let unfailed = 1
    let passed = 1
    const alone: number[] = []
    for (const [i, part] of slowestFirst.entries()) {
      const { undecided, failed } = survivalAt(part.survival, draws)
      const own = Math.max(0, 1 - undecided - failed)
      const { index, tie } = companions[i] ?? { index: -1, tie: 0 }
      const other = alone[index] ?? 1
      unfailed *= 1 - failed
      passed *= (1 - tie) * own + (tie * Math.min(own, other)) / Math.max(other, Number.MIN_VALUE)
      alone.push(own)
    }
    return Math.max(0, unfailed - passed)
  }
}

/** The most that can be open, however destinations hang together. */
export function mostOpen(parts: readonly Part[]): (draws: number) => number {
  return (draws) =>
    parts.reduce((sum, { survival }) => sum + survivalAt(survival, draws).undecided, 0)
}

function closest(part: Part, earlier: readonly Part[]): { index: number; tie: number } {
  let index = -1
  let tie = 0
  for (const [i, { share }] of earlier.entries()) {
    const squared = (part.share * share) / ((1 - part.share) * (1 - share))
    if (squared > tie) {
      index = i
      tie = Math.min(1, squared)
    }
  }
  return { index, tie }
}

/** Draws that tries take in all, for putting destinations in order. */
function total({ draws, undecided }: Survival): number {
  let sum = 0
  for (let i = 1; i < draws.length; i++)
    sum += (undecided[i] ?? 0) * ((draws[i] ?? 0) - (draws[i - 1] ?? 0))
  return sum
}
