import { hitsOvershot, type LatticeWalk } from './lattice-walk.ts'
import { logRatio, ratioSteps } from './likelihood-ratio.ts'

/**
 * What a crossing guard asks of its flag beyond the plain ratio, in a form that a lattice can carry.
 * The old share lies below the band and the guarded edge above the target.
 *
 * `levels`: the plain ratio must reach the usual level plus the most that "old so far" ever gained on
 * "the edge so far"; the lattice carries that most, in multiples of `width`.
 * `misses`: the edge is 1, its story dies with every miss, so the flag latches at the first miss after
 * the old weights alone are refuted; `perStep` is the chance that a step has a miss.
 */
export type GuardStory =
  | { kind: 'levels'; width: number; level(draws: number, hits: number): number }
  | { kind: 'misses'; perStep: number; againstOld(draws: number, hits: number): number }

/** Story levels within the flag's own level; at low levels they are no narrower than this. */
const LEVELS = 12
const NARROWEST = 0.2

export function guardStory(
  { old, edge }: { old: number; edge: number },
  toLatch: number,
  walk: LatticeWalk,
): GuardStory {
  const { share, drawsPerStep, kind, spacing } = walk
  if (edge === 1) {
    const againstOld = ratioSteps(share, old)
    return {
      kind: 'misses',
      perStep: 1 - share ** drawsPerStep,
      againstOld: (draws, hits) => logRatio(againstOld, hits, draws - hits),
    }
  }
  const steps = ratioSteps(old, edge)
  const width = Math.max(NARROWEST, toLatch / LEVELS)
  // Seen at the end of each step only, a coarse walk misses its own highest point by half a cell,
  // of which the true walk misses its overshoot.
  const missed =
    kind === 'exact' ? 0 : (steps.miss - steps.hit) * (spacing / 2 - hitsOvershot(share).down)
  const raise = Number.isFinite(missed) ? missed : 0
  return {
    kind: 'levels',
    width,
    level: (draws, hits) =>
      Math.max(0, Math.round((logRatio(steps, hits, draws - hits) + raise) / width)),
  }
}
