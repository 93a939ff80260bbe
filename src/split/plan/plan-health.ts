import { belowLimit } from '../health/below-limit.ts'
import { type HealthRules, isLimit, type LimitQuestion } from '../health/health-rules.ts'
import { afterSamples, type EventChances } from '../numeric/binomial-steps.ts'
import { firstAtMost } from '../numeric/first-at-most.ts'

/** How many samples of a destination the pass of a limit takes. */
export type LimitPlan = {
  /** The mean where its true rate is 0, and a tenth, a quarter, half of the limit. */
  mean: { none: number; tenth: number; quarter: number; half: number }
  /** What 99.9% need at most where it is a quarter of the limit. */
  p999: number
}

/** Which part of the tests passes after so many samples; in order. */
type Passes = { samples: number; part: number }[]

/** Part of the tests at which the computation stops. */
const UNTIL = 1e-7

const known = new Map<string, LimitPlan>()

/**
 * How many samples the pass of a limit takes, exactly but for the last of ten million. With so many events, a pass needs so
 * many samples. Between two such numbers events are binomial, so a step of the computation is an event and not a sample: it
 * takes milliseconds, however small the limit.
 *
 * @param limit more than 0, less than 1
 * @param error the chance that a rate at the limit passes
 */
export function planLimit(limit: number, error: number): LimitPlan {
  const needed = neededSamples(limit, error)
  const quarter = passesOf(needed, limit / 4)
  return {
    mean: {
      none: needed(0),
      tenth: meanOf(passesOf(needed, limit / 10)),
      quarter: meanOf(quarter),
      half: meanOf(passesOf(needed, limit / 2)),
    },
    p999: mostOf(quarter, 0.999),
  }
}

/** The plan of these rules, computed once per process. */
export function knownLimitPlan(limit: number, error: number): LimitPlan {
  const key = `${limit} ${error}`
  const plan = known.get(key) ?? planLimit(limit, error)
  known.set(key, plan)
  return plan
}

/** The chance that a limit passes within so many samples of a destination with a true rate. */
export function passChance(
  limit: number,
  error: number,
  { rate, samples }: { rate: number; samples: number },
): number {
  return passesOf(neededSamples(limit, error), rate, samples).reduce(
    (sum, { samples: after, part }) => (after <= samples ? sum + part : sum),
    0,
  )
}

/** How many samples a pass needs with so many events among them. */
function neededSamples(limit: number, error: number): (events: number) => number {
  const { logEvidence } = belowLimit(limit)
  const level = Math.log(1 / error)
  const found: number[] = []
  const reaches = (samples: number, events: number) => logEvidence(samples, events) >= level
  return (events) => {
    for (let k = found.length; k <= events; k++) {
      const from = Math.max(k, found[k - 1] ?? 1)
      let most = 2 * from
      while (!reaches(most, k)) most *= 2
      found.push(firstAtMost((samples) => (reaches(samples, k) ? 0 : 1), 0, most))
    }
    return found[events] ?? 0
  }
}

function passesOf(
  needed: (events: number) => number,
  rate: number,
  mostSamples = Number.POSITIVE_INFINITY,
): Passes {
  const passes: Passes = []
  let open: EventChances = { first: 0, chances: [1] }
  let left = 1
  let samples = 0
  for (let events = 0; left > UNTIL && samples <= mostSamples; events++) {
    open = afterSamples(open, needed(events) - samples, rate)
    samples = needed(events)
    // Those with fewer events have passed before.
    if (open.first > events) continue
    const [part = 0, ...others] = open.chances
    open = { first: events + 1, chances: others.length > 0 ? others : [0] }
    left -= part
    passes.push({ samples, part })
  }
  return passes
}

function meanOf(passes: Passes): number {
  const all = passes.reduce((sum, { part }) => sum + part, 0)
  return passes.reduce((sum, { samples, part }) => sum + samples * part, 0) / all
}

/** The fewest samples within which this part of the tests passes. */
function mostOf(passes: Passes, within: number): number {
  let passed = 0
  for (const { samples, part } of passes) {
    passed += part
    if (passed >= within) return samples
  }
  return passes.at(-1)?.samples ?? 0
}

/** What one limit takes for one growing destination. */
export type LimitCost = {
  question: LimitQuestion
  destination: number
  /** Samples of the destination. */
  own: LimitPlan
  /** All samples until these are among them, on average. */
  total: LimitPlan
}

/**
 * What the limits of a check take, each for each growing destination.
 *
 * @param error the part of 1 - confidence that the attempt may spend
 */
export function limitCosts(
  { target, growing, questions }: Pick<HealthRules, 'target' | 'growing' | 'questions'>,
  error: number,
): LimitCost[] {
  return questions.filter(isLimit).flatMap((question) =>
    growing.map((destination) => {
      const own = knownLimitPlan(question.limit, error)
      const share = target[destination] ?? 1
      const { none, tenth, quarter, half } = own.mean
      const mean = {
        none: none / share,
        tenth: tenth / share,
        quarter: quarter / share,
        half: half / share,
      }
      return { question, destination, own, total: { mean, p999: Math.ceil(own.p999 / share) } }
    }),
  )
}

/**
 * The least time between launches that count towards a pass, so that samples enough for a rate of a quarter of each limit
 * are spread evenly over the span; 0 without a span or a limit.
 */
export function gapMsOf(spanMs: number, costs: readonly LimitCost[]): number {
  return costs.length === 0 ? 0 : spanMs / Math.max(...costs.map(({ total }) => total.mean.quarter))
}
