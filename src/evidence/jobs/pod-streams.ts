import type { PodEvent } from './pod-event.ts'

/** A Pod of a Job. */
export type JobPod = {
  /** From 0, as the Job counts them. */
  index: number
  name: string
  node: string
  /** Undefined where nodes may not be read, or have none. */
  zone?: string | undefined
}

/** A Pod that reports nothing more, as its log cannot be read. */
export type PodGone = {
  kind: 'lost'
  why: string
  /** Of the API server, where it refused. */
  status?: number | undefined
}

/** The logs of the Pods of one Job. */
export type PodStreams = {
  pods: readonly JobPod[]
  /** The most samples that each Pod has in flight. */
  inFlight: number
  /**
   * Hands over what the Pods write from now on, each line once and in its order. It is called before the first line is read, as
   * the results of a Pod belong to its launches by their number.
   *
   * @param take gets the place of the Pod in `pods`, and when its line arrived by the run's clock, in milliseconds
   * @returns what ends it
   */
  listen(take: TakePodEvent): () => void
}

export type TakePodEvent = (pod: number, event: PodEvent | PodGone, arrivedMs: number) => void
