import type { Tally } from './compare.ts'
import type { HealthQuestion } from './health-rules.ts'

/** What the samples since the write show of the health of destinations: a snapshot. */
export type Health = {
  /** Samples with and without an error, by destination. */
  tallies: readonly Tally[]
  /** Errors that are of no known destination. */
  unattributedErrors: number
  /** All samples of no known destination, the unanswered ones included. */
  unattributed: number
  /** Of each question and growing destination. */
  states: readonly HealthState[]
  /** The test that failed; undefined: none has. */
  failed: HealthFailure | undefined
  /** Growing destinations at 100%, whose errors cannot be compared with any others. */
  nothingToCompare: readonly number[]
}

export type HealthFailure = { question: HealthQuestion; destination: number }

/** Of one question and one growing destination. */
export type HealthState = HealthFailure & {
  /** What a fail rests on: samples since the write, and events among them (errors, or replies without an error that were slow). */
  samples: number
  events: number
  /** A comparison has no pass. */
  status: 'open' | 'passed' | 'failed'
  /** What a pass of the limit rests on so far. Unattributed samples are among `samples` and `events`. */
  pass: { samples: number; events: number; unattributed: number; spanMs: number }
  /** What alone keeps a limit from its pass. `unattributed`: it would have passed without these samples. */
  heldBackBy: 'span' | 'unattributed' | undefined
  /** Of the rate of events, valid at any stopping time. */
  interval: readonly [low: number, high: number]
}
