import { SAME_SHARE } from '../judge/band.ts'
import type { PassTest } from '../judge/pass-tests.ts'
import { type RatioSteps, ratioSteps, times } from '../numeric/likelihood-ratio.ts'
import { overshootHits } from './overshoot.ts'
import type { Population } from './population.ts'

/** Rejects the margin test of those attempts that the guard lets through in the step made last. */
export type SimulatedGuard = (population: Population) => void

/**
 * The margin test turned so that it falls with hits, which for a lower margin test are therefore the samples of all
 * others: the old share lies below the band and the guarded margin above it.
 */
type Turn = { turned: boolean; share: number; margin: number; old: number }

/** @param bit the margin test's among those that are open */
export function simulatedGuard(
  { test, band, rejection, guardedAgainst }: PassTest,
  bit: number,
  population: Population,
  uniform: () => number,
): SimulatedGuard | undefined {
  if (guardedAgainst === undefined) return undefined
  const turned = test.side === 'lower'
  const facing = (share: number) => (turned ? 1 - share : share)
  const old = facing(guardedAgainst) < SAME_SHARE ? 0 : facing(guardedAgainst)
  const turn = { turned, share: facing(band.share), margin: facing(test.margin), old }
  const guarded = { destination: test.destination, toReject: rejection.level, bit }
  return test.margin === 0 || test.margin === 1
    ? guardAtMisses(guarded, turn, uniform)
    : guardWithPeak(guarded, turn, population, uniform)
}

type Guarded = { destination: number; toReject: number; bit: number }

/**
 * The margin is 1, whose likelihood becomes 0 with every miss, so the likeliest story at a miss is that of the
 * previous weights alone: the margin test rejects at the first miss that finds them refuted.
 */
function guardAtMisses(
  { destination, toReject, bit }: Guarded,
  { turned, share, old }: Turn,
  uniform: () => number,
): SimulatedGuard {
  const againstOld = ratioSteps(share, old)
  const perMiss = old > 0 ? againstOld.hit - againstOld.miss : 0
  return ({ alive, samples, step, counts, lately, open }) => {
    const [sums = open, recent = open] = [counts[destination], lately[destination]]
    const level = toReject - overshootHits(share, step) * perMiss
    for (let i = 0; i < alive; i++) {
      const misses = turned ? (sums[i] ?? 0) : samples - (sums[i] ?? 0)
      const recentMisses = turned ? (recent[i] ?? 0) : step - (recent[i] ?? 0)
      if (recentMisses < 0.5) continue
      const since = Math.min(step - recentMisses, beforeFirst(recentMisses, step, uniform))
      const ratio = times(samples - misses - since, againstOld.hit) + misses * againstOld.miss
      if (ratio >= level) open[i] = (open[i] ?? 0) & ~bit
    }
  }
}

/**
 * The likeliest story is the margin's likelihood times the most that "old so far" ever gained on "the margin
 * so far". The logarithm of that most is kept for each attempt; what it gained between two evaluations is made up
 * for.
 */
function guardWithPeak(
  { destination, toReject, bit }: Guarded,
  { turned, share, margin, old }: Turn,
  { most, columns }: Population,
  uniform: () => number,
): SimulatedGuard {
  const peaks = new Float64Array(most)
  columns.push(peaks)
  const plain = ratioSteps(share, margin)
  const gain = ratioSteps(old, margin)

  /** What "old so far" has gained at most since the step before. */
  function gained(samples: number, step: number, hits: number, recentHits: number): number {
    if (old > 0) return sum(gain, hits, samples - hits)
    // It becomes 0 with the first hit.
    if (hits < 0.5) return samples * gain.miss
    if (hits - recentHits >= 0.5) return 0
    return (samples - step + beforeFirst(recentHits, step, uniform)) * gain.miss
  }

  return ({ alive, samples, step, counts, lately, open }) => {
    const [sums = open, recent = open] = [counts[destination], lately[destination]]
    const overlooked = overshootHits(share, step)
    const raise = old > 0 ? overlooked * (gain.miss - gain.hit) : 0
    const level = toReject - overlooked * (plain.miss - plain.hit)
    for (let i = 0; i < alive; i++) {
      const hits = turned ? samples - (sums[i] ?? 0) : (sums[i] ?? 0)
      const recentHits = turned ? step - (recent[i] ?? 0) : (recent[i] ?? 0)
      const peak = Math.max(peaks[i] ?? 0, gained(samples, step, hits, recentHits) + raise)
      peaks[i] = peak
      if (sum(plain, hits, samples - hits) - peak >= level) open[i] = (open[i] ?? 0) & ~bit
    }
  }
}

function sum({ hit, miss }: RatioSteps, hits: number, misses: number): number {
  return hits * hit + misses * miss
}

/** Samples of a step before the first of so many that are spread over it, which are as many as after the last. */
function beforeFirst(these: number, step: number, uniform: () => number): number {
  return step === 1 ? 0 : step * (1 - uniform() ** (1 / these))
}
