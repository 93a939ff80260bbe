import type { Classified } from '../probe/classify.ts'

/** What a Pod of a Job writes to its log. Times are milliseconds of the Pod's clock, in steps of 0.01. */
export type PodEvent =
  | { kind: 'hello'; atMs: number }
  | { kind: 'waiting'; for: 'sidecar' }
  | OutcomeEvent
  | SamplesEvent
  | { kind: 'ended'; why: PodEnd; message?: string }

/** A way in which samples can end, which `samples` refers to from now on. */
export type OutcomeEvent = {
  kind: 'outcome'
  id: number
  /** With a stamp header in the plan, a reply with a head is `previous`, or `unclassified` if the gateway made it itself. */
  classified: Classified
  /** With a stamp header in the plan: its value in the reply, null if the reply has none. Absent: there was no reply. */
  stamp?: string | null
}

/** Launches and results since the line before. The k-th result of a Pod belongs to its k-th launch. */
export type SamplesEvent = {
  kind: 'samples'
  /** When the line was written. */
  emittedMs: number
  /** In their order, none later than `emittedMs`. */
  launchesMs: readonly number[]
  results: readonly PodResult[]
}

/** `outcome` is the id of an outcome that is in the log before. */
export type PodResult = { outcome: number; tookMs: number }

export const POD_ENDS = ['done', 'stopped', 'sidecar-not-ready', 'failed'] as const
/** `stopped`: by a signal, or because its time was over. */
export type PodEnd = (typeof POD_ENDS)[number]

/** Ids of outcomes are below this. Later ones lose their details. */
export const MOST_OUTCOMES = 256
