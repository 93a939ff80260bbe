import { judgeCounts } from '../../src/split/counts/judge-counts.ts'
import type { Decision } from '../../src/split/judge/judge.ts'
import type { JudgeRules } from '../../src/split/judge/judge-rules.ts'
import { seededUniform } from '../../src/split/numeric/seeded-uniform.ts'

/** Users' traffic through the proxies of a rule with two destinations. */
export type CountedTraffic = {
  /** The true share of the first destination. */
  share: number
  proxies: number
  /** Mean number of samples between two readings of one proxy. */
  perReading: number
  /** Samples come in groups of so many that all go to one destination. The design effect is as large. */
  group?: number
  /** How many samples users send next, by the counts so far; without it, a number about the mean. */
  next?: (counts: readonly number[]) => number
}

export type CountsOutcome = { decision: Decision | undefined; samples: number; readings: number }

/** One attempt, until it is decided or each proxy was read so many times. */
export function countsAttempt(
  rules: JudgeRules,
  traffic: CountedTraffic,
  uniform: () => number,
  mostReadings = 2000,
): CountsOutcome {
  const judge = judgeCounts(rules)
  const sums = [0, 0]
  for (let reading = 1; reading <= mostReadings; reading++) {
    for (let proxy = 0; proxy < traffic.proxies; proxy++) {
      const counts = readingOf(traffic, sums, uniform)
      counts.forEach((count, index) => {
        sums[index] = (sums[index] ?? 0) + count
      })
      const decision = judge.observe({
        kind: 'counts',
        proxy: `demo/gateway-${proxy}`,
        fromMs: 200 * (reading - 1),
        toMs: 200 * reading,
        counts,
        errors: [0, 0],
      })
      if (decision !== undefined)
        return { decision, samples: judge.standing().samples, readings: reading }
    }
  }
  return { decision: undefined, samples: judge.standing().samples, readings: mostReadings }
}

function readingOf(traffic: CountedTraffic, sums: readonly number[], uniform: () => number) {
  const { share, perReading, group = 1, next } = traffic
  const samples = next?.(sums) ?? numberAbout(perReading / group, uniform)
  let hits = 0
  for (let i = 0; i < samples; i++) if (uniform() < share) hits += 1
  return [hits * group, (samples - hits) * group]
}

/** A number from 0 to twice the mean: users come in waves. */
function numberAbout(mean: number, uniform: () => number): number {
  const exact = 2 * mean * uniform()
  const whole = Math.floor(exact)
  return whole + (uniform() < exact - whole ? 1 : 0)
}

export type CountsRates = Record<Decision | 'undecided', number> & {
  attempts: number
  meanSamples: number
  meanReadings: number
}

/** Many attempts: the part that ended in each way, and the means. */
export function countsRates(
  rules: JudgeRules,
  traffic: CountedTraffic,
  attempts: number,
  seed: number,
): CountsRates {
  const uniform = seededUniform(seed)
  const ends: Record<Decision | 'undecided', number> = {
    pass: 0,
    'off-target': 0,
    'no-reply': 0,
    dependent: 0,
    undecided: 0,
  }
  let samples = 0
  let readings = 0
  for (let i = 0; i < attempts; i++) {
    const outcome = countsAttempt(rules, traffic, uniform)
    ends[outcome.decision ?? 'undecided'] += 1 / attempts
    samples += outcome.samples
    readings += outcome.readings
  }
  return { ...ends, attempts, meanSamples: samples / attempts, meanReadings: readings / attempts }
}
