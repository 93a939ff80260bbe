import type { Health, HealthState } from '../health/health.ts'
import type { LimitQuestion } from '../health/health-rules.ts'
import type { ReplyCounts } from '../judge/unanswered-destinations.ts'
import type { Part } from './previous-part.ts'
import type { Order } from './swapped.ts'

/** Shares by destination, sum 1. */
export type Shares = readonly number[]

/** Everything that a check saw and did, as far as it says why the check did not pass. */
export type Evidence = {
  target: Shares
  /** Confirmed or in force before the write; undefined where this run wrote nothing. */
  old: Shares | undefined
  /** What the object says, where this run wrote nothing. */
  present: Shares | undefined
  /** Connections from before the write, and the shares by which they were split. */
  before: { replyCounts: ReplyCounts; shares: Shares } | undefined
  /**
   * Each reply shows which write it belongs to, and which destination the gateway chose. Then no cause is a former
   * configuration, or a reply that is taken for another's.
   */
  stamped?: boolean
  /** Proxies count which destination they chose, so that no reply is taken for another's. */
  counted?: boolean
  /** All other connections of this run by destination: whatever reached two destinations is not pinned to one. */
  elsewhere: readonly number[]
  /** In the order of time, those that were added up included; the connections that followed the decision last. */
  attempts: readonly ReplyCounts[]
  /** Most of the unanswered ones got a reply, which no expectation matches. */
  mostlyUnknownReplies: boolean
  /** Most of the unanswered ones were refused. A proxy accepts a connection before it looks for a destination. */
  mostlyRefused: boolean
  /** Connections that this machine could not open. */
  clientLimits: number
  /** What the samples show of errors; undefined where errors are not tested. */
  health?: Health | undefined
  /** The split is confirmed, and limits of health are not decided. */
  settling?: boolean
  /** Samples of a former configuration, where samples show by themselves which ones are. */
  former?: number
  /** At least one proxy that holds the rule did not take the new weights in time. */
  staleProxies?: boolean
  ended: Ending
  /** 1 - confidence. */
  alpha: number
}

/** How a check ended that did not pass: `time`: it was cut short; `connections`: it used up all that were allowed. */
export type Ending =
  | 'off-target'
  | 'no-reply'
  | 'dependent'
  | 'connections'
  | 'time'
  | 'unhealthy'
  | 'health-undecided'

/** What a check's evidence shows, and what it rests on. */
export type Diagnosis = {
  ended: Ending
  cause: Cause
  /** Other causes that the same evidence fits. */
  others: readonly Cause[]
  /** The connections since the gateway last changed its split. */
  seen: ReplyCounts
  /** Attempts before these connections, while the gateway split otherwise. */
  attemptsBefore: number
  clientLimits: number
  health?: Health | undefined
}

export type Cause =
  /** Consistent with the target, and not with the previous weights. */
  | { kind: 'target' }
  /** Consistent with both. */
  | { kind: 'target-or-previous' }
  /** Consistent with the previous weights, and not with the target. */
  | { kind: 'previous' }
  /** Consistent with a mixture of both, and with neither alone. */
  | { kind: 'partly-previous'; part: Part }
  /** The gateway, or a part of it, has a former configuration, as samples show by themselves. */
  | { kind: 'former' }
  /** Proxies that hold the rule do not have the weights, as their own configuration shows. */
  | { kind: 'stale-proxies' }
  /** It has a higher error rate than the others. */
  | { kind: 'more-errors'; destination: number }
  /** Its rate of errors, or of slow replies, is above the limit. */
  | { kind: 'above-limit'; destination: number; question: LimitQuestion }
  /** The split is confirmed, and the limit is neither kept nor exceeded for certain. */
  | {
      kind: 'limit-open'
      destination: number
      question: LimitQuestion
      heldBackBy: HealthState['heldBackBy']
    }
  /** It had no success; `few`: and hardly any error. */
  | { kind: 'no-success'; destination: number; few: boolean }
  /** Consistent with the weights that the object has, which are not those to verify. */
  | { kind: 'object' }
  /** Consistent with the target, or the previous weights, if expectations are mixed up. */
  | { kind: 'swapped'; order: Order; of: 'target' | 'previous' }
  /** Everything at one destination, although several have weight. */
  | { kind: 'one-destination'; destination: number }
  /** Consistent with the target if one destination gives another's reply. */
  | { kind: 'same-reply'; destination: number; like: number }
  /** None of these. */
  | { kind: 'other-weights' }
  /** Some attempts refute the target, and all of them together do not. */
  | { kind: 'unclear' }
  /** Each connection depends on the one before it. */
  | { kind: 'not-independent' }
  /** A destination that does not answer; undefined: it is not known which. */
  | { kind: 'unanswered'; destination: number | undefined }
  | { kind: 'unrecognized' }
  /** The gateway itself does not accept connections. */
  | { kind: 'gateway-refuses' }
  /** This machine could not open more connections than it opened. */
  | { kind: 'client-limits' }
  /** No connection has ended. */
  | { kind: 'nothing' }
