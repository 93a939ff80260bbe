import type { Band } from '../judge/band.ts'
import { logQuotient } from '../numeric/likelihood-ratio.ts'

/**
 * About how many samples an attempt takes until the slowest margin test rejects: a margin test's ratio drifts by the
 * divergence of the share from the margin.
 *
 * @param bands shares strictly between 0 and 1
 */
export function expectedSampleSize(bands: readonly Band[], toReject: number): number {
  return Math.max(...bands.map((band) => bandSamples(band, toReject)))
}

function bandSamples({ share, low, high }: Band, toReject: number): number {
  const drift = Math.min(divergence(share, low), divergence(share, high))
  return Math.max(toReject / drift, 1 / Math.min(share, 1 - share))
}

/**
 * Samples within which all but a part `left` of the attempts pass. With a mean drift D a ratio has a variance
 * of about 2 D, so with x = D n it is below the level b with a chance of less than exp(-(x - b)^2 / 4x).
 */
export function upperSampleSize(bands: readonly Band[], toReject: number, left: number): number {
  const rare = Math.log(1 / left)
  const byDrift = (Math.sqrt(rare) + Math.sqrt(rare + toReject)) ** 2
  return 50 + Math.ceil(Math.max(...bands.map((band) => longest(band, byDrift, rare))))
}

function longest({ share, low, high }: Band, byDrift: number, rare: number): number {
  const drift = Math.min(divergence(share, low), divergence(share, high))
  return Math.max(byDrift / drift, rare / Math.min(share, 1 - share))
}

function divergence(p: number, q: number): number {
  return p * logQuotient(p, q) + (1 - p) * logQuotient(1 - p, 1 - q)
}
