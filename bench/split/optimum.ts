/**
 * How few connections any test at all could take, as a yardstick for ours.
 *
 * Wanted is the least mean number of samples, where the true share is the target, of all stopping rules that
 * pass with a chance of at most `error` at either margin of the band and fail with at most `error` at the
 * target. Its Lagrangian dual puts a price on each of the three errors; for fixed prices the best rule is
 * an optimal stopping problem on the lattice (samples, hits), solved backwards (Chow, Robbins and Siegmund,
 * Great Expectations, 1971; Lorden 1980 for constraints of this kind). By weak duality each set of prices
 * gives a lower bound, whether it is the best or not, and everything that is cut off below counts as free,
 * so what comes out is a bound too and never too high.
 *
 * The bound may fail without any evidence: it gives up the samples that would have taken longest, up to the
 * chance of a wrong fail that is allowed. Without that freedom (`mayGiveUp: false`: the rule can only
 * pass) it says how far a rule can come that fails on evidence alone.
 */
export type Wanted = {
  /** Share asked for and true, strictly between 0 and 1. */
  target: number
  /** Half the width of the band, a share. */
  tolerance: number
  /** Chance of each error, between 0 and 1. */
  error: number
  mayGiveUp?: boolean
}

type Prices = { low: number; high: number; giveUp: number }
type Priced = { bound: number; passAtLow: number; passAtHigh: number }

/** Deviation, in standard deviations and samples, beyond which the lattice is cut off. */
const REACH = { deviations: 7.5, samples: 12 }
const PRICE_ROUNDS = 8
const GIVE_UP_ROUNDS = 12
const GOLDEN = (Math.sqrt(5) - 1) / 2

/** A lower bound of the mean number of samples, within about .1% of the largest that this dual gives. */
export function leastMean(wanted: Wanted): number {
  const { target, tolerance, error, mayGiveUp = true } = wanted
  // The cost of going on where it hurts most: prices scale with the samples that are at weight.
  const scale = (target * (1 - target)) / tolerance ** 2
  let prices: Prices = { low: scale / error, high: scale / error, giveUp: Number.POSITIVE_INFINITY }
  const bestAt = (giveUp: number, rounds: number) => {
    let best = Number.NEGATIVE_INFINITY
    for (let round = 0; round < rounds; round++) {
      const priced = solve(wanted, { ...prices, giveUp })
      best = Math.max(best, priced.bound)
      prices = {
        low: prices.low * adjusted(priced.passAtLow / error),
        high: prices.high * adjusted(priced.passAtHigh / error),
        giveUp,
      }
    }
    return best
  }
  const withoutGivingUp = bestAt(Number.POSITIVE_INFINITY, PRICE_ROUNDS)
  if (!mayGiveUp) return withoutGivingUp
  const released = prices
  const valueAt = (logPrice: number) => {
    prices = released
    return bestAt(Math.exp(logPrice), 4)
  }
  return greatest(valueAt, Math.log(scale * 5), Math.log(scale * 500))
}

function adjusted(excess: number): number {
  return Math.min(2, Math.max(0.5, excess))
}

/** The greatest value of a concave function, by golden sections. */
function greatest(value: (at: number) => number, from: number, to: number): number {
  let [low, high] = [from, to]
  let left = high - GOLDEN * (high - low)
  let right = low + GOLDEN * (high - low)
  let [atLeft, atRight] = [value(left), value(right)]
  let best = Math.max(atLeft, atRight)
  for (let round = 0; round < GIVE_UP_ROUNDS; round++) {
    if (atLeft > atRight) {
      ;[high, right, atRight] = [right, left, atLeft]
      left = high - GOLDEN * (high - low)
      atLeft = value(left)
    } else {
      ;[low, left, atLeft] = [left, right, atRight]
      right = low + GOLDEN * (high - low)
      atRight = value(right)
    }
    best = Math.max(best, atLeft, atRight)
  }
  return best
}

/** One row of the lattice; a free cell is kept on either side of the span, for what was cut off. */
type Layer = {
  first: number
  last: number
  cost: Float64Array
  low: Float64Array
  high: Float64Array
}

/**
 * Solves the stopping problem for these prices, from the horizon back. All is measured with the target's
 * chances; a sample's chance at a margin is that times the likelihood ratio.
 */
function solve({ target, tolerance, error }: Wanted, prices: Prices): Priced {
  const low = ratioOf(Math.max(0, target - tolerance), target)
  const high = ratioOf(Math.min(1, target + tolerance), target)
  const variance = target * (1 - target)
  const horizon = Math.ceil((60 * variance) / tolerance ** 2 + 30 / Math.min(target, 1 - target))
  const most = 2 * (REACH.deviations * Math.sqrt(horizon * variance) + REACH.samples) + 5
  let next = emptyLayer(most)
  let here = emptyLayer(most)
  for (let samples = horizon; samples >= 0; samples--) {
    const reach = REACH.deviations * Math.sqrt(samples * variance) + REACH.samples
    here.first = Math.max(0, Math.floor(samples * target - reach))
    here.last = Math.min(samples, Math.ceil(samples * target + reach))
    stepBack(here, next, samples, { target, prices, low, high })
    ;[here, next] = [next, here]
  }
  const paidToGiveUp = Number.isFinite(prices.giveUp) ? error * prices.giveUp : 0
  return {
    bound: (next.cost[1] ?? 0) - error * (prices.low + prices.high) - paidToGiveUp,
    passAtLow: next.low[1] ?? 0,
    passAtHigh: next.high[1] ?? 0,
  }
}

/** What a sample costs and shows. */
type Problem = { target: number; prices: Prices; low: Ratio; high: Ratio }

/** In every cell the cheapest of passing, giving up and taking one more sample. */
function stepBack(
  here: Layer,
  next: Layer,
  samples: number,
  { target, prices, low, high }: Problem,
): void {
  const miss = 1 - target
  let atLow = likelihood(low, here.first, samples)
  let atHigh = likelihood(high, here.first, samples)
  const lowStep = Math.exp(low.hit - low.miss)
  const highStep = Math.exp(high.hit - high.miss)
  const span = next.last - next.first + 2
  for (let hits = here.first; hits <= here.last; hits++) {
    const cell = hits - here.first + 1
    const missed = Math.min(span, Math.max(0, hits - next.first + 1))
    const hit = Math.min(span, Math.max(0, hits - next.first + 2))
    const goOn = 1 + target * (next.cost[hit] ?? 0) + miss * (next.cost[missed] ?? 0)
    const pass = prices.low * atLow + prices.high * atHigh
    if (pass <= goOn && pass <= prices.giveUp) {
      here.cost[cell] = pass
      here.low[cell] = atLow
      here.high[cell] = atHigh
    } else if (prices.giveUp <= goOn) {
      here.cost[cell] = prices.giveUp
      here.low[cell] = 0
      here.high[cell] = 0
    } else {
      here.cost[cell] = goOn
      here.low[cell] = target * (next.low[hit] ?? 0) + miss * (next.low[missed] ?? 0)
      here.high[cell] = target * (next.high[hit] ?? 0) + miss * (next.high[missed] ?? 0)
    }
    atLow *= lowStep
    atHigh *= highStep
  }
  const end = here.last - here.first + 2
  for (const row of [here.cost, here.low, here.high]) {
    row[0] = 0
    row[end] = 0
  }
}

function emptyLayer(most: number): Layer {
  const size = Math.ceil(most)
  const row = () => new Float64Array(size)
  return { first: 0, last: -1, cost: row(), low: row(), high: row() }
}

type Ratio = { hit: number; miss: number }

function likelihood(ratio: Ratio, hits: number, samples: number): number {
  return Math.exp(times(hits, ratio.hit) + times(samples - hits, ratio.miss))
}

function ratioOf(margin: number, target: number): Ratio {
  return { hit: Math.log(margin / target), miss: Math.log((1 - margin) / (1 - target)) }
}

/** 0 times minus infinity is 0 here: what did not happen weighs nothing. */
function times(count: number, log: number): number {
  return count === 0 ? 0 : count * log
}
