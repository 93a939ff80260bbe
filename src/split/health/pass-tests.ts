import { seededUniform } from '../numeric/seeded-uniform.ts'
import type { SingleSample } from '../sample.ts'
import type { Tally } from './compare.ts'
import { passEvent } from './events.ts'
import type { HealthFailure, HealthState } from './health.ts'
import { type HealthRules, isLimit, type LimitQuestion } from './health-rules.ts'
import { type LimitPass, limitPass } from './limit-pass.ts'
import { spread } from './spread.ts'

/** The limits that an attempt has to pass, of all growing destinations. */
export type PassTests = {
  /** Takes a sample; undefined: of no known destination. */
  observe(destination: number | undefined, sample: SingleSample): void
  /** Takes samples that ended between two readings of counters, by destination. */
  observeCounts(ended: readonly Tally[], toMs: number): void
  havePassed(): boolean
  /** Of a limit: what its pass rests on. */
  stateOf(test: HealthFailure): PassState
  /** Samples that were chosen to count towards a pass, whatever their destination. */
  chosen(): number
  /** Whether no open limit lacks anything but samples over a longer time. */
  lackOnlySpan(): boolean
}

export type PassState = Pick<HealthState, 'pass' | 'heldBackBy'> & { hasPassed: boolean }

const NOTHING: PassState = {
  pass: { samples: 0, events: 0, unattributed: 0, spanMs: 0 },
  heldBackBy: undefined,
  hasPassed: false,
}

type Limit = { question: LimitQuestion; destination: number; test: LimitPass }

/** @param share the attempt's share of the error that a limit may spend over all attempts */
export function passTests(rules: HealthRules, share: number): PassTests {
  const { questions, growing, beta, spanMs, gapMs } = rules
  const limits = questions.filter(isLimit).flatMap((question): Limit[] =>
    growing.map((destination) => ({
      question,
      destination,
      test: limitPass(question.limit, beta * share, spanMs),
    })),
  )
  const choose = spread(gapMs, spanMs)
  const uniform = seededUniform(1)
  let chosen = 0
  return {
    observe(destination, sample) {
      const { launchedMs } = sample
      if (limits.length === 0 || !choose(launchedMs)) return
      chosen += 1
      for (let i = 0; i < limits.length; i++) {
        const limit = limits[i]
        if (limit === undefined) continue
        if (destination === undefined) limit.test.observe(true, true, launchedMs)
        else if (destination === limit.destination && showsEvent(limit.question, sample))
          limit.test.observe(passEvent(limit.question, sample), false, launchedMs)
      }
    },
    observeCounts(ended, toMs) {
      if (limits.length === 0) return
      // Their order is not known, so those that count are drawn from them, whether they are errors or not.
      const left = ended.map((tally) => ({ ...tally }))
      let samples = left.reduce((sum, { ok, errors }) => sum + ok + errors, 0)
      for (; samples > 0 && choose(toMs); samples--) {
        const { destination, isError } = drawn(left, uniform() * samples)
        chosen += 1
        for (const limit of limits)
          if (limit.destination === destination && limit.question.kind === 'max-errors')
            limit.test.observe(isError, false, toMs)
      }
    },
    havePassed: () => limits.every(({ test }) => test.hasPassed()),
    stateOf({ question, destination }) {
      const limit = limits.find(
        (one) => one.question === question && one.destination === destination,
      )
      return limit ? { ...limit.test.state(), hasPassed: limit.test.hasPassed() } : NOTHING
    },
    chosen: () => chosen,
    lackOnlySpan: () =>
      limits.every(({ test }) => test.hasPassed() || test.state().heldBackBy === 'span'),
  }
}

/** A connection may show how long it took, while the counters of proxies show whether it failed. */
function showsEvent({ kind }: LimitQuestion, { error }: SingleSample): boolean {
  return kind === 'max-latency' || error !== undefined
}

/** Takes one of the samples that are left, the one at this place. */
function drawn(left: Tally[], place: number): { destination: number; isError: boolean } {
  let rest = place
  for (const [destination, tally] of left.entries()) {
    for (const field of ['ok', 'errors'] as const) {
      if (rest < tally[field]) {
        tally[field] -= 1
        return { destination, isError: field === 'errors' }
      }
      rest -= tally[field]
    }
  }
  throw new RangeError('There is no sample at this place.')
}
