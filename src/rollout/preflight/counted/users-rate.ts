import { FALSE_STOP } from '../preflight-sampling.ts'

/** What the proxies of a rule counted of users' traffic in a time. */
export type UsersTraffic = { samples: number; ms: number }

/** So many show a rate well enough. */
const ENOUGH = 100
/** Users come in waves, so a rate that fits has to fit so many times. */
const SPARE = 4
const LEAST_MS = 1000

/** Samples a second: what was seen, and the most that is not excluded by it. */
export function usersRate({ samples, ms }: UsersTraffic): { likely: number; bound: number } {
  return { likely: (samples / ms) * 1000, bound: (mostExpected(samples) / ms) * 1000 }
}

/** Whether it was looked for long enough to tell whether so many samples come in so much time. */
export function isUsersRateKnown(
  seen: UsersTraffic,
  { needed, leftMs }: { needed: number; leftMs: number },
): boolean {
  if (seen.samples >= ENOUGH) return true
  return seen.ms >= LEAST_MS && (usersRate(seen).likely * leftMs) / 1000 >= SPARE * needed
}

/** Natural logarithm of the chance that is called excluded. */
const EXCLUDED = Math.log(FALSE_STOP)

/**
 * The least mean of a Poisson distribution with which so few are practically excluded. The chance of at most n, where m are
 * expected, is at most exp(n - m) (m / n)^n (Chernoff).
 */
function mostExpected(n: number): number {
  const logChance = (m: number) => n - m + (n === 0 ? 0 : n * Math.log(m / n))
  let [low, high] = [n, n + 10 + 10 * Math.sqrt(n + 1)]
  for (let round = 0; round < 50; round += 1) {
    const middle = (low + high) / 2
    if (logChance(middle) > EXCLUDED) low = middle
    else high = middle
  }
  return high
}
