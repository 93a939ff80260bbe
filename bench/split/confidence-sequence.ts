import { bandsOf } from '../../src/split/judge/band.ts'
import { logMixtureEvidence, mixtureConcentration } from '../../src/split/numeric/interval.ts'
import { type CutOffs, findCutOffs } from './cut-offs.ts'
import type { Cell } from './grid.ts'

/**
 * The other sequential rule that lies at hand: detector the interval that the tool prints anyway (Robbins'
 * beta-binomial confidence sequence), pass when it lies within the band, fail when it leaves the target
 * out. It errs in either way with a chance of at most `error`.
 *
 * @param plannedSamples the number of samples at which the sequence is tuned to be narrowest
 */
export function sequenceCutOffs(
  { target, tolerance, error }: Cell,
  plannedSamples: number,
): CutOffs {
  const [band] = bandsOf([target, 1 - target], [tolerance, tolerance])
  const { low = 0, high = 1 } = band ?? {}
  const concentration = mixtureConcentration(error, plannedSamples)
  const level = Math.log(1 / error)
  const refuted = (share: number) => (samples: number, hits: number) => {
    if (share === 0) return hits > 0
    if (share === 1) return hits < samples
    return logMixtureEvidence(hits, samples, share, concentration) >= level
  }
  const sides = [
    { rises: true, margin: low, exists: target > 0 },
    { rises: false, margin: high, exists: target < 1 },
  ]
  const conditions = sides
    .filter(({ exists }) => exists)
    .map(({ rises, margin }) => ({
      rises,
      holds: (samples: number, hits: number) =>
        (rises ? hits > samples * margin : hits < samples * margin) &&
        refuted(margin)(samples, hits),
    }))
  return findCutOffs('now', conditions, target, refuted(target))
}
