import { shareInterval } from '../numeric/interval.ts'
import type { CountsSample, Sample, SingleSample } from '../sample.ts'
import type { Tally } from './compare.ts'
import { type FailTest, failTests } from './fail-tests.ts'
import type { Health, HealthFailure, HealthState } from './health.ts'
import { type HealthRules, isLimit } from './health-rules.ts'
import { type PassTests, passTests } from './pass-tests.ts'
import { type Successes, successesOf } from './successes.ts'

/** Watches the health of destinations from the write on, over all attempts. */
export type HealthMonitor = {
  /** Takes a sample, in the order of launch. Returns whether a test has failed. */
  observe(sample: Sample): boolean
  /**
   * From now on an attempt has to see what it passes by. What fails stays.
   *
   * @param share its share of the error that a pass may spend over all attempts
   */
  beginAttempt(share: number): void
  /** Whether the latest attempt has passed every limit. */
  passesLimits(): boolean
  /** Samples that the latest attempt chose to count towards its limits. */
  chosen(): number
  /** Whether its open limits lack nothing but samples over a longer time. */
  lacksOnlySpan(): boolean
  /** Whether each destination with weight had a success in the latest attempt. */
  successes(): Successes
  /** The weights are confirmed, and watched until then. */
  watch(nowMs: number, untilMs: number): void
  health(): Health
}

/** An interval is narrowest where about so many events are expected at the limit. */
const EVENTS_OF_INTERVAL = 10

/** And that of a comparison after so many samples. */
const SAMPLES_OF_INTERVAL = 1000

export function startHealth(rules: HealthRules): HealthMonitor {
  const { target, questions, growing, beta } = rules
  const tallies = target.map((): Tally => ({ ok: 0, errors: 0 }))
  const all: Tally = { ok: 0, errors: 0 }
  const fails = failTests(rules, { byDestination: tallies, all })
  let attempt = target.map((): Tally => ({ ok: 0, errors: 0 }))
  let passes: PassTests | undefined
  let failed: HealthFailure | undefined
  let unattributedErrors = 0
  let unattributed = 0
  let seesErrors = questions.some(({ kind }) => kind !== 'max-latency')

  function count(destination: number, field: keyof Tally, samples = 1): void {
    seesErrors = true
    const own = tallies[destination]
    const since = attempt[destination]
    if (own !== undefined) own[field] += samples
    if (since !== undefined) since[field] += samples
    all[field] += samples
  }

  function countAll({ fromMs, toMs, errors, successes, own }: CountsSample): void {
    for (const reply of own?.replies ?? []) countOne(reply)
    if (successes === undefined) return
    fails.beforeSample(fromMs)
    const ended = target.map((_, index) => ({
      ok: successes[index] ?? 0,
      errors: errors[index] ?? 0,
    }))
    for (const [index, { ok, errors }] of ended.entries()) {
      count(index, 'ok', ok)
      count(index, 'errors', errors)
    }
    passes?.observeCounts(ended, toMs)
    for (const [index, tally] of ended.entries()) failed = fails.observeCounts(index, tally)
  }

  function countOne(sample: SingleSample): void {
    const { destination, error, launchedMs } = sample
    fails.beforeSample(launchedMs)
    if (destination === undefined) countUnattributed(error)
    else if (error !== undefined) count(destination, error ? 'errors' : 'ok')
    passes?.observe(destination, sample)
    if (destination !== undefined) failed = fails.observe(destination, sample)
  }

  function countUnattributed(error: boolean | undefined): void {
    unattributed += 1
    if (error !== true) return
    unattributedErrors += 1
    all.errors += 1
  }

  function stateOf(test: FailTest): HealthState {
    const { question, destination, samples, events } = test
    const { pass, heldBackBy, hasPassed } = passes?.stateOf(test) ?? NO_ATTEMPT
    const hasFailed = failed?.question === question && failed.destination === destination
    const planned = isLimit(question) ? EVENTS_OF_INTERVAL / question.limit : SAMPLES_OF_INTERVAL
    return {
      question,
      destination,
      samples,
      events,
      status: hasFailed ? 'failed' : hasPassed ? 'passed' : 'open',
      pass,
      heldBackBy,
      interval: shareInterval(events, samples, beta, planned),
    }
  }

  return {
    observe(sample) {
      if (sample.kind === 'counts') countAll(sample)
      else countOne(sample)
      return failed !== undefined
    },
    beginAttempt(share) {
      attempt = target.map(() => ({ ok: 0, errors: 0 }))
      passes = passTests(rules, share)
    },
    passesLimits: () => passes?.havePassed() ?? false,
    chosen: () => passes?.chosen() ?? 0,
    lacksOnlySpan: () => passes?.lackOnlySpan() ?? false,
    // Where samples show no errors, the split itself asks for replies.
    successes: () => (seesErrors ? successesOf(attempt, target) : 'all'),
    watch: fails.lastUntil,
    health: () => ({
      tallies: tallies.map((one) => ({ ...one })),
      unattributedErrors,
      unattributed,
      states: fails.tests.map(stateOf),
      failed,
      nothingToCompare: questions.some((question) => !isLimit(question))
        ? growing.filter((index) => (target[index] ?? 0) >= 1)
        : [],
    }),
  }
}

const NO_ATTEMPT = {
  pass: { samples: 0, events: 0, unattributed: 0, spanMs: 0 },
  heldBackBy: undefined,
  hasPassed: false,
} as const
