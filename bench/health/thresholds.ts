import { binomial } from '../split/binomial.ts'

/** A rule that looks at a share of errors several times, and promotes after enough good looks. */
export type Threshold = {
  name: string
  /** The largest share of errors that a good check has. */
  most: number
  /** Good checks that promote, and bad ones that roll back, whichever comes first. */
  good: number
  bad: number
}

/** Of documented examples; docs/comparison.md has the sources. */
export const THRESHOLDS: readonly Threshold[] = [
  { name: 'Flagger, tutorial for Istio', most: 0.01, good: 5, bad: 5 },
  { name: 'Flagger, default `threshold`', most: 0.01, good: 5, bad: 1 },
  { name: 'Argo Rollouts, `count: 5`', most: 0.05, good: 5, bad: 1 },
  { name: 'one check of 1%', most: 0.01, good: 1, bad: 1 },
]

/** The chance that a version with this error rate is promoted, where each check sees so many of its requests: exact. */
export function promoted({ most, good, bad }: Threshold, rate: number, requests: number): number {
  const isGood = binomial(requests, rate).between(0, Math.floor(most * requests + 1e-9))
  // The last check is good; before it there were good - 1 others, and fewer than `bad` bad ones, in any order.
  let chance = 0
  let orders = 1
  for (let failed = 0; failed < bad; failed++) {
    chance += orders * isGood ** good * (1 - isGood) ** failed
    orders = (orders * (good + failed)) / (failed + 1)
  }
  return chance
}
