import type { Code } from '../../problem/codes.ts'
import type { Problem } from '../../problem/problem.ts'
import { RunError } from '../../problem/run-error.ts'
import type { Reason, Verdict } from '../../problem/verdict.ts'
import type { Percents } from '../../routes/percents.ts'
import type { Check } from './check.ts'
import type { Drain } from './drain.ts'
import type { Recovered } from './recovered.ts'

export type { Percents } from '../../routes/percents.ts'

/** How a run ended: everything that the outputs, the summary and the report say of it. */
export type Outcome = {
  verdict: Verdict
  reason: Reason
  /** Of the problem that decided; undefined where the run ended well. */
  code?: Code | undefined
  /** What is true of production, then what happened, in a few sentences. */
  message: string
  /** What to do next, with the command where one helps; empty where there is nothing to do. */
  remedy: string
  /** Everything that kept the run from ending well, each with its own code. */
  problems?: readonly Problem[]
  previousWeights: Percents | undefined
  /** Of the destinations that the object has. */
  weights: Percents | undefined
  /** The checks in the order of their weights; the last is the one that decided. */
  checks: readonly Check[]
  rolledBack: boolean
  /** With on-failure: last-step, what a rollback restored, or was to restore, in place of `previousWeights`. */
  lastStep?: LastStep | undefined
  /** Interrupted runs that the run handled first. */
  recovered?: readonly Recovered[]
  /** What the proxies had in progress at the end; absent where they were not looked at for it. */
  drain?: Drain | undefined
  /** Whether a write was sent to the cluster, to handle an interrupted run included. */
  wrote?: boolean
  /** Set where the run did not end well and wrote nothing: what it left as it was. */
  untouched?: Untouched
}

/** The last step that a run has confirmed, counted from 1. */
export type LastStep = { number: number; weights: Percents }

/** `object` is `namespace/name`; undefined: the run did not get as far as to one. */
type Untouched = { object: string | undefined }

/** The command line's exit status. Source: the contract's table of verdicts. */
export function exitStatus(outcome: Pick<Outcome, 'verdict' | 'reason'>): number {
  switch (outcome.verdict) {
    case 'pass':
    case 'planned':
    case 'restored':
    case 'idle':
      return 0
    case 'fail':
      return 1
    case 'inconclusive':
      return 3
    case 'in-progress':
      return 5
    case 'error':
      if (outcome.reason === 'input') return 2
      return outcome.reason === 'cancelled' ? 130 : 4
  }
}

/** Whether the action's step fails. That a run is in progress is what `status` was asked for. */
export function failsStep(outcome: Pick<Outcome, 'verdict' | 'reason'>): boolean {
  return outcome.verdict !== 'in-progress' && exitStatus(outcome) !== 0
}

/** Whether a run stopped because somebody else wrote: what it saw of the object is no longer so. */
export function isConflictingWrite(error: unknown): boolean {
  return error instanceof RunError && ['locked', 'changed-by-other'].includes(error.reason)
}
