import type { SingleSample } from '../sample.ts'
import { passEvent } from './events.ts'
import type { HealthFailure, HealthState } from './health.ts'
import { type HealthRules, isLimit, type LimitQuestion } from './health-rules.ts'
import { type LimitPass, limitPass } from './limit-pass.ts'
import { spread } from './spread.ts'

/** The limits that an attempt has to pass, of all growing destinations. */
export type PassTests = {
  /** Takes a sample; undefined: of no known destination. */
  observe(destination: number | undefined, sample: SingleSample): void
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
        else if (destination === limit.destination)
          limit.test.observe(passEvent(limit.question, sample), false, launchedMs)
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
