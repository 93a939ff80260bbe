import type { Classified } from '../../evidence/probe/classify.ts'
import type { ConnectionOutcome, Dial } from '../../evidence/probe/connection-outcome.ts'
import type { Pace } from '../../evidence/probe/pace.ts'
import type { Evidence } from '../../split/diagnosis/diagnosis.ts'
import type { Check } from '../model/check.ts'
import type { RunEvent } from '../model/events.ts'

/** What it takes to open connections and to tell where they went. */
export type Gateway = {
  dial: Dial
  classify: (outcome: ConnectionOutcome) => Classified
  concurrency: number
  /** The input `rate`, kept over all that a run opens. */
  paces: readonly Pace[]
}

export type CheckTask = {
  check: Check
  gateway: Gateway
  /** When the write was answered (milliseconds of `nowMs`); undefined: nothing was written, there is one try. */
  writtenMs: number | undefined
  propagationTimeoutMs: number
  /** 1 - confidence of the run. */
  alpha: number
  /** Weights that the run is to prove, this one included. */
  hypotheses: number
  /** What the object says, where this run wrote nothing. */
  present?: readonly number[] | undefined
  /** Connections from before the write, and the shares by which they were split. */
  before?: Evidence['before']
  /** What the input `connections` says. */
  connections: number | 'auto'
  /** Connections may go unanswered only because the gateway still serves the weights from before. */
  mayRecover: boolean
  emit: (event: RunEvent) => void
  nowMs: () => number
  /** Aborts at the run's deadline and on a cancel. */
  signal: AbortSignal
}
