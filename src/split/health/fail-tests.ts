import type { SingleSample } from '../sample.ts'
import { rateDetector } from '../watch/rate-detector.ts'
import { CHECK_SECONDS, startStakes } from '../watch/stakes.ts'
import { suspectedAbove } from './above-rate.ts'
import type { Tally } from './compare.ts'
import { compareDetector } from './compare-detector.ts'
import { failEvent } from './events.ts'
import type { HealthFailure } from './health.ts'
import { type HealthRules, isLimit } from './health-rules.ts'

/** The test of one question about one growing destination, which can only fail. */
export type FailTest = HealthFailure & {
  /** What it rests on: samples of the destination, and events among them. */
  samples: number
  events: number
}

/** All tests that can fail, of all questions and growing destinations. */
export type FailTests = {
  tests: readonly FailTest[]
  /** Places the stakes that are due. Comes before the sample is among the tallies. */
  beforeSample(launchedMs: number): void
  /** Takes a sample of a destination. Returns the test that has failed; later samples do not change it. */
  observe(destination: number, sample: SingleSample): HealthFailure | undefined
  /** The same for samples that ended between two readings of counters. Nothing shows how long they took. */
  observeCounts(destination: number, tally: Readonly<Tally>): HealthFailure | undefined
  /** The remaining stakes are placed until then. */
  lastUntil(nowMs: number, untilMs: number): void
}

/** By destination, and of all samples, as they grow. */
export type Tallies = { byDestination: readonly Tally[]; all: Tally }

type Test = FailTest & {
  place(stake: number, nowMs: number): void
  observe(isEvent: boolean): void
  observeMany(events: number, others: number): void
  value(): number
}

/**
 * The mean of all tests fails at 1/alpha: with three growing destinations, each at the full alpha, false alarms were three
 * times as frequent. The largest is the one that is named.
 */
export function failTests(rules: HealthRules, tallies: Tallies): FailTests {
  const { watchSeconds, alpha, target } = rules
  const stakes = startStakes(watchSeconds > 0 ? CHECK_SECONDS + watchSeconds : 0)
  const tests = testsOf(rules, tallies)
  const ofDestination = target.map((_, index) =>
    tests.filter(({ destination }) => destination === index),
  )
  const level = tests.length / alpha
  let failed: HealthFailure | undefined

  function decide(): void {
    let sum = 0
    let largest = 0
    let named: HealthFailure | undefined
    for (let i = 0; i < tests.length; i++) {
      const test = tests[i]
      const value = test?.value() ?? 0
      sum += value
      if (value <= largest) continue
      largest = value
      named = test
    }
    if (sum >= level && named !== undefined)
      failed = { question: named.question, destination: named.destination }
  }

  return {
    tests,
    beforeSample(launchedMs) {
      const stake = stakes.due(launchedMs)
      if (stake === 0) return
      for (const test of tests) test.place(stake, launchedMs)
    },
    observe(destination, sample) {
      const own = ofDestination[destination]
      if (failed !== undefined || own === undefined) return failed
      let hasEvent = false
      for (let i = 0; i < own.length; i++) {
        const test = own[i]
        const isEvent = test && failEvent(test.question, sample)
        if (test === undefined || isEvent === undefined) continue
        test.samples += 1
        if (isEvent) test.events += 1
        test.observe(isEvent)
        hasEvent ||= isEvent
      }
      // Without an event, nothing grows.
      if (hasEvent) decide()
      return failed
    },
    observeCounts(destination, { ok, errors }) {
      const own = ofDestination[destination]?.filter(
        ({ question }) => question.kind !== 'max-latency',
      )
      if (failed !== undefined || own === undefined || ok + errors === 0) return failed
      for (const test of own) {
        test.samples += ok + errors
        test.events += errors
        test.observeMany(errors, ok)
      }
      if (errors > 0) decide()
      return failed
    },
    lastUntil: stakes.lastUntil,
  }
}

function testsOf(rules: HealthRules, { byDestination, all }: Tallies): Test[] {
  const { target, growing, questions, watchSeconds } = rules
  return questions.flatMap((question): Test[] =>
    growing.flatMap((destination): Test[] => {
      const counts = { question, destination, samples: 0, events: 0 }
      if (isLimit(question)) {
        const { limit } = question
        return [{ ...counts, ...rateDetector(limit, suspectedAbove(limit)) }]
      }
      const own = byDestination[destination]
      const share = target[destination] ?? 0
      // At 100% nothing is left to compare with.
      if (own === undefined || share >= 1) return []
      const detector = compareDetector(share, watchSeconds, { own, all })
      return [{ ...counts, ...detector, observe() {}, observeMany() {} }]
    }),
  )
}
