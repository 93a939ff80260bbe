import { countText } from '../../problem/count-text.ts'
import { roundShares } from '../../routes/weights/round-shares.ts'
import type { SampleUnit } from './sample-unit.ts'

export { countText } from '../../problem/count-text.ts'
export { percentsOf, percentsText, weightsText } from '../../routes/percents.ts'

/** A share as a percent with up to two decimals: `12.5%`. */
export function percentText(share: number): string {
  return `${Math.round(share * 1e4) / 100}%`
}

/** The percent of a limit, as it was given: rounding would state another limit. */
export function limitPercent(limit: number): number {
  return Number((limit * 100).toPrecision(8))
}

/** `1 connection`, `2 requests`. */
export function samplesText(count: number, unit: SampleUnit): string {
  return `${countText(count)} ${unit}${count === 1 ? '' : 's'}`
}

/** `775 connections`; where proxies count them, `775 connections of users`, or `775 connections, those of users included`. */
export function countedSamplesText(
  count: number,
  { unit, counted }: { unit: SampleUnit; counted?: 'own' | 'users' | undefined },
): string {
  const samples = samplesText(count, unit)
  if (counted === undefined) return samples
  return counted === 'users' ? `${samples} of users` : `${samples}, those of users included`
}

/** From so many samples on, hundredths of a percent are worth reading. */
const MANY = 10_000

/** A share of so many samples as a percent, with as many decimals as they are good for: `80%`, `4.9%`, `80.08%`. */
export function shareText(share: number, samples: number): string {
  const percent = share * 100
  const decimals = samples >= MANY ? 2 : percent < 10 || percent > 99.5 ? 1 : 0
  const rounded = Number(percent.toFixed(decimals))
  // Only what got none, or all, is said to be at 0% or 100%.
  if (rounded === 0 && share > 0) return `less than ${10 ** -decimals}%`
  if (rounded === 100 && share < 1) return `more than ${100 - 10 ** -decimals}%`
  return `${rounded}%`
}

/** `v1 80%, v2 20% of 500 connections`, of those that got a recognized reply. */
export function observedText(
  names: readonly string[],
  counts: readonly number[],
  unit: SampleUnit,
): string {
  const samples = counts.reduce((sum, count) => sum + count, 0)
  const texts = shareTexts(counts, samples)
  const shares = names.map((name, index) => `${name} ${texts[index] ?? '0%'}`)
  return `${shares.join(', ')} of ${samplesText(samples, unit)}`
}

/** Whole percents sum to 100. */
function shareTexts(counts: readonly number[], samples: number): string[] {
  if (samples === 0) return []
  const texts = counts.map((count) => shareText(count / samples, samples))
  const areWhole = texts.every((text) => /^\d+%$/.test(text))
  return areWhole ? roundShares(counts, 100).map((percent) => `${percent}%`) : texts
}
