import { logSumExp } from '../numeric/log-sum-exp.ts'
import type { Sample } from '../sample.ts'
import { aboveRate } from './above-rate.ts'
import { logCompareEvidence, type Tally } from './compare.ts'
import type { Health } from './health.ts'
import type { HealthRules } from './health-rules.ts'

/** Watches errors from the write on, over all attempts. */
export type HealthMonitor = {
  /** Takes a sample. Returns whether a destination is shown to err more often than the others. */
  observe(sample: Sample): boolean
  /** From now on an attempt has to see the successes that it passes by. */
  beginAttempt(): void
  /** Whether each destination with weight had a success in the latest attempt. */
  successes(): Successes
  health(): Health
}

/** `none`: a destination has only errors, and enough of them. `too-few`: one has no success, and hardly any error. */
export type Successes = 'all' | 'none' | 'too-few'

/** Errors without a success that are no accident: half of the requests of a version that is hardly alive succeed. */
const ENOUGH_ERRORS = 10

/** A rate of errors for which no run is rolled back, however well the other versions do. */
const HARMLESS_RATE = 0.001

/**
 * The tests of all growing destinations are averaged, and the mean fails at 1/alpha: with three growing destinations, each at
 * the full alpha, false alarms were three times as frequent.
 */
export function startHealth({ target, growing, alpha }: HealthRules): HealthMonitor {
  const tallies: Tally[] = target.map(() => ({ ok: 0, errors: 0 }))
  let attempt: Tally[] = target.map(() => ({ ok: 0, errors: 0 }))
  const all: Tally = { ok: 0, errors: 0 }
  const level = Math.log(1 / alpha)
  const isHarmful = aboveRate(HARMLESS_RATE)
  let unattributedErrors = 0
  let worse: number | undefined

  function logEvidence(index: number): number {
    const own = tallies[index] ?? { ok: 0, errors: 0 }
    if (own.errors === 0) return 0
    const others = { ok: all.ok - own.ok, errors: all.errors - own.errors }
    return Math.min(logCompareEvidence(own, others, target[index] ?? 0), isHarmful(own))
  }

  function decide(): void {
    const logs = growing.map(logEvidence)
    if (logs.length === 0 || logSumExp(logs) - Math.log(logs.length) < level) return
    worse = growing[logs.indexOf(Math.max(...logs))]
  }

  function count(destination: number, error: boolean): void {
    const field = error ? 'errors' : 'ok'
    for (const tally of [all, tallies[destination], attempt[destination]])
      if (tally !== undefined) tally[field] += 1
    // Between errors the evidence grows little, if at all, so it is looked at when one comes.
    if (worse === undefined && error) decide()
  }

  return {
    observe(sample) {
      if (sample.kind === 'counts' || sample.error === undefined) return false
      const { destination, error } = sample
      if (destination !== undefined) count(destination, error)
      else if (error) {
        all.errors += 1
        unattributedErrors += 1
      }
      return worse !== undefined
    },
    beginAttempt() {
      attempt = target.map(() => ({ ok: 0, errors: 0 }))
    },
    successes() {
      const without = attempt.filter(({ ok }, index) => ok === 0 && (target[index] ?? 0) > 0)
      if (without.length === 0) return 'all'
      return without.some(({ errors }) => errors >= ENOUGH_ERRORS) ? 'none' : 'too-few'
    },
    health: () => ({
      tallies: tallies.map((one) => ({ ...one })),
      unattributedErrors,
      unattributed: unattributedErrors,
      states: [],
      failed:
        worse === undefined ? undefined : { question: { kind: 'compare' }, destination: worse },
      nothingToCompare: growing.filter((index) => (target[index] ?? 0) >= 1),
    }),
  }
}
