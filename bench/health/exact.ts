/** A test of counts: ln of its evidence after k events among n samples, and where it decides. */
export type Side = { log: (n: number, k: number) => number; level: number }

/** What is tested: a pass by few events, a fail by many. Either may be missing. */
export type Race = { pass?: Side; fail?: Side }

export type Course = {
  pass: number
  fail: number
  /** What is still undecided at the end. */
  open: number
  /** How many samples were followed. */
  samples: number
  /** Mean samples until a decision; what is open counts as the end. */
  mean: number
  /** Samples until a pass in all but one in a thousand, infinite where fewer pass. */
  passed999: number
}

export type Walk = {
  rate: number
  /** Where it begins: good samples before, which blind a test. */
  good?: number
  /** It ends when so little is undecided, or after so many samples. */
  until?: { open: number; samples: number }
}

/** Chances below this are left out, and counted as open. */
const NEGLIGIBLE = 1e-17

/** Chances of the numbers of events, `first` and more, in runs that are undecided. */
type Layer = { first: number; chances: Float64Array }

/**
 * Follows the distribution of the number of events, sample by sample: exact, without simulation. Where a test decides is found on
 * the way: with each sample a pass allows as many events as before or more, and a fail asks for as many or more.
 */
export function exactCourse(race: Race, { rate, good = 0, until }: Walk): Course {
  const { open: enough, samples: most } = until ?? { open: 1e-9, samples: 400_000 }
  const cutOffs = cutOffsOf(race)
  const total = { pass: 0, fail: 0, mean: 0, passed999: Number.POSITIVE_INFINITY }
  let layer: Layer = { first: 0, chances: Float64Array.of(1) }
  let open = 1
  let samples = 0
  while (samples < most && open > enough && layer.chances.length > 0) {
    total.mean += open
    samples += 1
    const { passAt, failAt } = cutOffs(good + samples)
    const next = stepped(layer, rate)
    total.pass += chanceOf(next, next.first, passAt)
    total.fail += chanceOf(next, failAt, Number.POSITIVE_INFINITY)
    layer = between(next, passAt, failAt)
    open = Math.max(0, 1 - total.pass - total.fail)
    if (total.pass >= 0.999) total.passed999 = Math.min(total.passed999, samples)
  }
  return { ...total, open, samples }
}

function stepped({ first, chances }: Layer, rate: number): Layer {
  const next = new Float64Array(chances.length + 1)
  for (let i = 0; i < chances.length; i++) {
    const chance = chances[i] ?? 0
    next[i] = (next[i] ?? 0) + chance * (1 - rate)
    next[i + 1] = chance * rate
  }
  return { first, chances: next }
}

/** The chance of so many events, both ends included. */
function chanceOf({ first, chances }: Layer, from: number, to: number): number {
  let sum = 0
  const last = Math.min(to - first, chances.length - 1)
  for (let i = Math.max(0, from - first); i <= last; i++) sum += chances[i] ?? 0
  return sum
}

/** What is left of a layer between two decisions, without what is as good as impossible at its ends. */
function between({ first, chances }: Layer, passAt: number, failAt: number): Layer {
  let begin = Math.min(chances.length, Math.max(0, passAt + 1 - first))
  let end = Math.max(begin, Math.min(chances.length, failAt - first))
  while (begin < end && (chances[begin] ?? 0) < NEGLIGIBLE) begin += 1
  while (end > begin && (chances[end - 1] ?? 0) < NEGLIGIBLE) end -= 1
  return { first: first + begin, chances: chances.subarray(begin, end) }
}

/** The most events with which a test passes after n samples (-1: none does), and the fewest with which it fails. */
function cutOffsOf({ pass, fail }: Race) {
  let passAt = -1
  let failAt = fail === undefined ? Number.POSITIVE_INFINITY : 0
  return (n: number) => {
    while (pass !== undefined && passAt < n && pass.log(n, passAt + 1) >= pass.level) passAt += 1
    while (fail !== undefined && failAt <= n && fail.log(n, failAt) < fail.level) failAt += 1
    return { passAt, failAt }
  }
}
