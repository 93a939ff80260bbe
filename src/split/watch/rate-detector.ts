import { times } from '../numeric/likelihood-ratio.ts'

/** Smaller values are 0: a processor is slow with numbers that are next to the smallest that it has. */
const TINY = 1e-290

/** Larger values are far beyond each level, and would soon be infinite. */
const HUGE = 1e290

/** A test whose stake is placed little by little, so that what came before a change does not hide it. */
export type Detector = {
  /** Places a part of the stake on what follows. */
  place(stake: number): void
  observe(isEvent: boolean): void
  /** Takes several samples at once, whose order does not matter. */
  observeMany(events: number, others: number): void
  /** What the stakes have become. */
  value(): number
}

/**
 * Detects that events become more frequent than a rate. Each stake is spread over the suspected rates, and each sample
 * multiplies it by the likelihood ratio of such a rate against the tolerated one. While the true rate is at or below that,
 * what the stakes have become, and those not placed yet, are together a supermartingale. If all stakes sum to 1, it ever
 * reaches 1/a with a chance of at most a, whenever the stakes are placed.
 *
 * @param tolerated more than 0, less than 1
 * @param suspected higher rates
 */
export function rateDetector(tolerated: number, suspected: readonly number[]): Detector {
  const event = Float64Array.from(suspected, (rate) => rate / tolerated)
  const other = Float64Array.from(suspected, (rate) => (1 - rate) / (1 - tolerated))
  const values = new Float64Array(suspected.length)
  let value = 0
  return {
    place(stake) {
      for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) + stake / values.length
      value += stake
    },
    observe(isEvent) {
      value = multiply(values, isEvent ? event : other)
    },
    observeMany(events, others) {
      value = multiplyBy(
        values,
        { factors: event, times: events },
        { factors: other, times: others },
      )
    },
    value: () => value,
  }
}

/** Multiplies each value by its factor. Returns their sum. */
export function multiply(values: Float64Array, factors: Float64Array): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) {
    const product = (values[i] ?? 0) * (factors[i] ?? 0)
    const next = product < TINY ? 0 : product
    values[i] = next
    sum += next
  }
  return sum
}

type Powers = { factors: Float64Array; times: number }

/** Multiplies each value by its factors, each as often as it counts. Returns their sum. */
export function multiplyBy(values: Float64Array, one: Powers, other: Powers): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0
    const log =
      Math.log(value) +
      times(one.times, Math.log(one.factors[i] ?? 0)) +
      times(other.times, Math.log(other.factors[i] ?? 0))
    const product = Math.min(HUGE, Math.exp(log))
    const next = value === 0 || product < TINY ? 0 : product
    values[i] = next
    sum += next
  }
  return sum
}
