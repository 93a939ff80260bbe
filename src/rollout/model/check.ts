import type { Unclassified } from '../../evidence/probe/connection-outcome.ts'
import type { Latency } from '../../evidence/probe/latency.ts'
import type { Diagnosis } from '../../split/diagnosis/diagnosis.ts'
import type { ConnectionsPlan } from '../../split/plan/plan-connections.ts'
import type { ObservedReplies } from '../check/observed-replies.ts'

/**
 * One set of weights that a run confirms, or fails to: a snapshot, which never changes. Shares sum to 1, in the order
 * of `names`.
 */
export type Check = Readonly<{
  names: readonly string[]
  target: readonly number[]
  /** Shares before the write; undefined without one. */
  old: readonly number[] | undefined
  tolerance: readonly number[]
  plan: ConnectionsPlan
  /** The most connections that its first try may use. */
  limit: number
  /** The first ones and the last ones. */
  attempts: readonly Attempt[]
  /** How many there were between them. */
  attemptsLeftOut: number
  /** Connections between the write and the first try, by destination. */
  beforeAttempts: readonly number[]
  /** What the connections of those met. */
  leftOut: ObservedReplies
  /** Connections after the decision, which only the diagnosis rests on. */
  further: ObservedReplies
  /** undefined: too alike to tell, or never seen. */
  propagationMs: number | undefined
  /** undefined while it runs, or where it was cut short. */
  ended: CheckEnd | undefined
  /** Why it did not pass; undefined while it runs, or where it passed. */
  diagnosis: Diagnosis | undefined
}>

export type CheckEnd =
  | 'pass'
  | 'off-target'
  | 'not-propagated'
  | 'no-reply'
  | 'limit-reached'
  | 'dependent'

/** A try as it stands or ended. */
export type Attempt = {
  number: number
  place: 'only' | 'early' | 'last'
  /** Milliseconds since the write was answered, or since the check began without one. */
  startedMs: number
  tookMs: number
  samples: number
  unclassified: number
  counts: readonly number[]
  /** What the unclassified connections met. */
  outcomes: Partial<Record<Unclassified, number>>
  /** An example of each, as the server or the system said it. */
  examples: Partial<Record<Unclassified, string>>
  /** Connections that the client itself could not open: no draws. */
  clientLimits: number
  /** Valid at any stopping time. */
  intervals: readonly (readonly [low: number, high: number])[]
  closeness: number
  /** How it came to stand so; only the latest tries of a check have it. */
  evidence: readonly EvidencePoint[]
  /** How long its connections took, by destination, and last of those that could not be told. */
  latencies: readonly Latency[]
  dependent: boolean
  decision: 'pass' | 'off-target' | 'no-reply' | undefined
}

/** How a try stood at one of its draws. */
export type EvidencePoint = {
  /** Milliseconds since the try began. */
  atMs: number
  /** By destination, in the order of the check's names. */
  counts: readonly number[]
  /** Draws that could not be told; with the counts they are all draws so far. */
  unclassified: number
}
