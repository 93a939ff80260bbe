/** Faults of what runs the Pods of Jobs. They meet Pods that are created from then on; `never-ready` also those that run. */
export type JobFault =
  /** The image of the container cannot be pulled. */
  | { kind: 'image'; message?: string }
  /** No node takes the Pods. */
  | { kind: 'unschedulable'; message?: string }
  /** Pods are refused when they are created, by a quota, Pod Security or a webhook. `from`: from this index on. */
  | { kind: 'refused'; message: string; from?: number }
  /** The sidecar answers that it is not ready. */
  | { kind: 'never-ready' }
  /** The container is created only when the fault is cleared. */
  | { kind: 'slow-start' }
