import type { Unclassified } from '../../evidence/probe/connection-outcome.ts'
import type { OwnReplyCause } from '../../evidence/probe/http/own-reply-cause.ts'
import type { Latency } from '../../evidence/probe/latency.ts'
import type { MetricResult } from '../../evidence/prometheus/metric.ts'
import type { ProxyRole } from '../../gateways/proxies/found-proxies.ts'
import type { CheckEnd } from '../../split/check/check-end.ts'
import type { Diagnosis } from '../../split/diagnosis/diagnosis.ts'
import type { Tally } from '../../split/health/compare.ts'
import type { Health } from '../../split/health/health.ts'
import type { Place } from '../../split/judge/error-spending.ts'
import type { Decision } from '../../split/judge/judge.ts'
import type { ReplyCounts } from '../../split/judge/unanswered-destinations.ts'
import type { ConnectionsPlan } from '../../split/plan/plan-connections.ts'
import type { OwnCounts } from '../../split/sample.ts'
import type { PlaceSeen } from './place-seen.ts'
import type { SampleUnit } from './sample-unit.ts'
import type { Splitter } from './splitter.ts'

/**
 * One set of weights that a run confirms, or fails to: a snapshot, which never changes. Shares sum to 1, in the order
 * of `names`.
 */
export type Check = Readonly<{
  names: readonly string[]
  /** What its samples are called. */
  unit: SampleUnit
  /** What splits them; absent: a gateway. */
  splitter?: Splitter | undefined
  /** Its samples are what proxies count: `own` connections with those of users, or those of `users` alone; absent: replies. */
  counted?: 'own' | 'users' | undefined
  target: readonly number[]
  /** Shares before the write; undefined without one. */
  old: readonly number[] | undefined
  tolerance: readonly number[]
  plan: ConnectionsPlan
  /** What its limits of errors and latency take beside the split; undefined where it has none. */
  limits?: LimitCost | undefined
  /** The most samples that its first attempt may take. */
  limit: number
  /** The first ones and the last ones. */
  attempts: readonly Attempt[]
  /** How many there were between them. */
  attemptsLeftOut: number
  /** Samples between the write and the first attempt, by destination. */
  beforeAttempts: readonly number[]
  /** Their samples added up. */
  leftOut: ObservedReplies
  /** Samples after the decision, which only the diagnosis rests on. */
  further: ObservedReplies
  /** Undefined: the old and the new weights are too alike to tell, or the switch was not seen. */
  propagationMs: number | undefined
  /** What its samples show of errors; undefined where errors are not tested. */
  health?: Health | undefined
  /** Samples after the split was confirmed, until each limit is decided; undefined where none were needed. */
  settle?: Watch | undefined
  /** The watch of `step-interval` after the check passed; undefined without one. */
  watch?: Watch | undefined
  /** What the queries of `metrics` gave, in the order in which they were asked; absent without the input. */
  metrics?: readonly MetricResult[]
  /** How the errors grew from the write on, over attempts, settle and watch; undefined where errors are not tested. */
  healthCourse?: readonly HealthPoint[]
  /** How long samples took from the write on, by destination, and last those of the unclassified ones. */
  latencies?: readonly Latency[]
  /** By destination, an example of its errors. */
  errorExamples: readonly (string | undefined)[]
  /** By destination, the errors that the gateway made itself in its place. */
  ownErrors?: readonly OwnReplies[]
  /** What the proxies that hold the rule have of its weights; absent where none is read. */
  proxies?: ProxiesSeen | undefined
  /** By place, the samples of the latest attempt and of what followed it; absent where samples come from one place. */
  places?: readonly PlaceSeen[]
  /** Undefined while it runs, or where it was cut short. */
  ended: CheckEnd | undefined
  /** Why it did not pass; undefined while it runs, and where it passed. */
  diagnosis: Diagnosis | undefined
}>

/**
 * Samples of all destinations that the limits of a check take, where the rate of each growing destination is no more than a
 * part of its limit.
 */
export type LimitCost = {
  none: number
  tenth: number
  quarter: number
  /** What 99.9% of checks with a quarter of the limit need at most. */
  most: number
  /** Samples are spread over at least this long. */
  spanMs: number
}

/** An attempt, in progress or ended. */
export type Attempt = {
  number: number
  place: Place
  /**
   * `confirmed`: every proxy had the new weights. `reserve`: it followed such an attempt that did not count. Absent where
   * no attempt of the check had confirmed proxies.
   */
  part?: 'confirmed' | 'reserve'
  /** Milliseconds since the write was answered, or since the check began without one. */
  startedMs: number
  tookMs: number
  samples: number
  unclassified: number
  counts: readonly number[]
  /** How the unclassified samples ended. */
  outcomes: Partial<Record<Unclassified, number>>
  /** An example of each, as the server or the system said it. */
  examples: Partial<Record<Unclassified, string>>
  /** Why the gateway answered some of them itself. */
  ownReplies?: OwnReplies
  /** Samples of a former configuration. They are not counted as samples of the attempt, and end it. */
  previous: number
  /** Samples of this run beside what proxies counted; absent: the samples are all of this run, or all of users. */
  own?: OwnCounts
  /** Connections that this machine could not open. They are no samples. */
  clientLimits: number
  /** Valid at any stopping time. */
  intervals: readonly (readonly [low: number, high: number])[]
  closeness: number
  /** How the evidence developed. Only the latest attempts of a check have it. */
  evidence: readonly EvidencePoint[]
  /** How long its samples took, by destination, and last those of the unclassified ones. */
  latencies: readonly Latency[]
  dependent: boolean
  decision: Decision | undefined
  /** A health test failed, which ended it. */
  failedHealth?: true
}

/** Samples that are taken after an attempt has confirmed the split, in progress or ended. */
export type Watch = {
  /** Milliseconds since the write was answered, or since the check began without one. */
  startedMs: number
  tookMs: number
  /** How long it is to last; undefined: until each limit is decided. */
  lastsMs: number | undefined
  /** The most samples a second; undefined: as many as can be. */
  samplesPerSecond: number | undefined
  samples: number
  unclassified: number
  counts: readonly number[]
  /** The same in the order of time, so that a diagnosis finds when the gateway changed its split. */
  parts: readonly ObservedReplies[]
  /** When each destination answered last, in milliseconds like `startedMs`. */
  latestMs: readonly (number | undefined)[]
  /** Samples of a former configuration, which are not among the others. */
  previous: number
  /** Connections that this machine could not open. They are no samples. */
  clientLimits: number
  /** By destination; undefined where errors cannot be seen. */
  tallies: readonly Tally[] | undefined
  /** How the unclassified samples ended. */
  outcomes: Attempt['outcomes']
  examples: Attempt['examples']
  ownReplies?: OwnReplies
  /** How long its samples took, by destination, and last those of the unclassified ones. */
  latencies: readonly Latency[]
  /** An alarm ends it early. Undefined while it lasts, and where it was cut short. */
  ended: 'over' | 'alarm' | undefined
}

/** How many replies the gateway made for each cause. */
export type OwnReplies = Partial<Record<OwnReplyCause, number>>

/** How samples without a recognized reply ended, with an example of each kind. */
export type Lost = Pick<Attempt, 'outcomes' | 'examples' | 'ownReplies'>

/** What the proxies that hold a rule have of the weights of a check. */
export type ProxiesSeen = {
  /**
   * `waiting` for the new weights; all `confirmed`; `guarded`: not all can be read, so that samples are judged as without
   * them; `stale`: at least one did not take the new weights in time.
   */
  status: 'waiting' | 'confirmed' | 'guarded' | 'stale'
  /** The shares that they should have, by destination; absent: the target. A run that writes nothing may check others. */
  wanted?: readonly number[]
  /** Why samples are guarded, as a sentence. */
  why?: string
  /** How they were found, as a clause. */
  how: string
  /** What is not among them, a sentence each. */
  notes: readonly string[]
  proxies: readonly ProxySeen[]
}

/** One proxy. */
export type ProxySeen = {
  /** `namespace/name` of its Pod. */
  pod: string
  role: ProxyRole
  /**
   * `mixed`: a part of its configuration is new; `absent`: it does not have the rule; `unread`: the check has not read it,
   * or ended before it had; `gone`: its Pod ended.
   */
  state: 'confirmed' | 'old' | 'mixed' | 'absent' | 'unreadable' | 'unread' | 'gone'
  /** Milliseconds since the write was answered until it was first seen with the new weights. */
  propagationMs?: number
  /** What it has, by destination, sum 1. */
  shares?: readonly number[]
  /** It restarted while samples were taken, so that its counters began again. */
  restarted?: true
  /** Why it cannot be read, or Envoy's words on what it rejects, as a clause. */
  why?: string
}

/** Samples of a check by destination, with how the unclassified ones ended. */
export type ObservedReplies = ReplyCounts & Partial<Lost>

/** Where an attempt stood at one of its samples. */
export type EvidencePoint = {
  /** Milliseconds since the attempt began. */
  atMs: number
  /** By destination, in the order of the check's names. */
  counts: readonly number[]
  /** Unclassified samples; with the counts they are all samples so far. */
  unclassified: number
}

/** The errors of a check at one of its samples. */
export type HealthPoint = {
  /** Milliseconds since the write was answered, or since the check began without one. */
  atMs: number
  /** By destination, with those that are errors. */
  replies: readonly number[]
  errors: readonly number[]
  /** Of no known destination. */
  unattributedErrors: number
}
