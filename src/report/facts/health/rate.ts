import { countText, shareText } from '../../../rollout/model/percents.ts'
import type { SampleUnit } from '../../../rollout/model/sample-unit.ts'
import { shareInterval } from '../../../split/numeric/interval.ts'
import { outward } from '../../figures.ts'

/** Events among samples, such as errors among replies. */
export type Rate = { events: number; samples: number }

/** Where intervals of rates near 0 are narrow for tens of samples and for thousands alike. */
const PLANNED = 100

/**
 * The interval of a rate in percent, valid at every moment at once.
 *
 * @param alpha 1 - confidence, 0 < alpha < 1
 */
export function rateInterval({ events, samples }: Rate, alpha: number): readonly [number, number] {
  return outward(shareInterval(events, samples, alpha, PLANNED))
}

/** `8 of 178`. */
export function ofText({ events, samples }: Rate): string {
  return `${countText(events)} of ${countText(samples)}`
}

/** `4.5% (0.78 to 13%)`, and without events `0% (at most 1.3%)`; empty without a sample. */
export function rateText(rate: Rate, alpha: number): string {
  if (rate.samples === 0) return ''
  return `${shareText(rate.events / rate.samples, rate.samples)} (${intervalText(rateInterval(rate, alpha))})`
}

/** `0.78 to 13%`, rounded outward. */
export function intervalText([low, high]: readonly [number, number]): string {
  if (low === 0) return `at most ${rounded(high, Math.ceil)}%`
  if (high >= 100) return `at least ${rounded(low, Math.floor)}%`
  return `${rounded(low, Math.floor)} to ${rounded(high, Math.ceil)}%`
}

/** Two digits are enough. */
function rounded(percent: number, to: (value: number) => number): number {
  const factor = percent < 1 ? 100 : percent < 10 ? 10 : 1
  // Rounding outward must not move what is round already.
  return to(Number((percent * factor).toFixed(6))) / factor
}

/** What is judged by its status or its end: `1 reply`, `178 replies`, `20 connections`. */
export function judgedText(count: number, unit: SampleUnit): string {
  return `${countText(count)} ${judgedWord(unit, count)}`
}

export function judgedWord(unit: SampleUnit, count = 2): string {
  if (unit === 'request') return count === 1 ? 'reply' : 'replies'
  return count === 1 ? 'connection' : 'connections'
}
