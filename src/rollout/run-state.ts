import type { EvidenceSource } from '../evidence/evidence-source.ts'
import type { Stamps } from '../evidence/probe/stamps.ts'
import type { ReversibleWrite } from '../journal/reversible-write.ts'
import type { ProbeRequest } from '../routes/probe-request.ts'
import type { RouteObject } from '../routes/route-object.ts'
import type { ReplyCounts } from '../split/judge/unanswered-destinations.ts'
import type { Counting } from './counters/counting.ts'
import type { Check } from './model/check.ts'
import type { Drain } from './model/drain.ts'
import type { Percents } from './model/outcome.ts'
import type { Recovered } from './model/recovered.ts'
import type { ShiftPlan } from './plan/shift-plan.ts'
import type { OpenedProxies } from './proxies/opened-proxies.ts'
import type { Reach } from './reach/reach.ts'
import type { LatestReplies } from './rollback/latest-replies.ts'

/** How far a run has come, and what it has by then. A value: each stage makes the next one from it. */
export type RunState = StartedState | ReadState | PlannedState | CheckingState | WrittenState

type StartedState = { stage: 'started' }

/** The object as it was read last, before there is a plan. */
type ReadState = { stage: 'read'; object: RouteObject }

type PlannedState = {
  stage: 'planned'
  shiftPlan: ShiftPlan
  /** The weights in force, as far as the run knows. */
  inForce: Percents | undefined
}

/** Preflight found nothing wrong, and nothing is written yet. */
export type CheckingState = Omit<PlannedState, 'stage'> & {
  stage: 'checking'
  gateway: EvidenceSource
  /** Set where counters of proxies show the split. */
  counting: Counting | undefined
  /** What the connections before the first write met. */
  replyCounts: ReplyCounts
  /** What the replies name their destinations by; undefined where `expect` recognizes them. */
  stamps: Stamps | undefined
  /** What each sample sends, as far as it decides which rule it hits; undefined where that is not known. */
  request: ProbeRequest | undefined
  /** The way to the gateway, where it is not a direct one. */
  reach: Reach | undefined
  /** The proxies that hold the rule; undefined where none is to be read. */
  proxies: OpenedProxies | undefined
  /** Those that began; the last one may be in progress. */
  checks: readonly Check[]
  /** When the last step was written, or its check began without a write; before the first one, when preflight was done. */
  stepMs: number
  /** When each destination answered last. */
  replies: LatestReplies
  /** What the proxies had in progress after the last weights were confirmed. */
  drain?: Drain | undefined
}

/** A write was sent, so that there is something to roll back. */
export type WrittenState = Omit<CheckingState, 'stage'> & {
  stage: 'written'
  write: ReversibleWrite
  /** When the first write was answered. */
  firstWriteMs: number | undefined
  /** With on-failure: last-step, how many steps are confirmed. A rollback restores the last of them. */
  confirmedSteps?: number
}

/** Makes a state the one that a run has come to, and returns it. */
export type Advance = <State extends RunState>(next: State) => State

/** Keeps the state of a run, so that whatever ends it, an error included, finds how far it had come. */
export function startRunState(): {
  now: () => RunState
  advance: Advance
  /** Interrupted runs that this run handled first; more than one where another run was interrupted meanwhile. */
  recovered: Recovered[]
} {
  let state: RunState = { stage: 'started' }
  return {
    recovered: [],
    now: () => state,
    advance(next) {
      state = next
      return next
    },
  }
}

/** The plan of a run that has one. */
export function shiftPlanOf(state: RunState): ShiftPlan | undefined {
  return 'shiftPlan' in state ? state.shiftPlan : undefined
}

/** What the proxies had in progress at the end of a run that passed. */
export function drainOf(state: RunState): Drain | undefined {
  return 'drain' in state ? state.drain : undefined
}

/** The checks that a run has begun. */
export function checksOf(state: RunState): readonly Check[] {
  return 'checks' in state ? state.checks : []
}

/** What aborts when a run can no longer observe the split: the way to the gateway, and the counters of the proxies. */
export function waysOf({
  reach,
  counting,
}: Pick<CheckingState, 'reach' | 'counting'>): AbortSignal[] {
  return [reach?.signal, counting?.lost.signal].filter((one) => one !== undefined)
}
