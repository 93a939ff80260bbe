import { followPod } from '../../../evidence/jobs/follow-pod.ts'
import type { PodEvent } from '../../../evidence/jobs/pod-event.ts'
import type { JobPod, PodGone, TakePodEvent } from '../../../evidence/jobs/pod-streams.ts'
import type { ApiServer } from '../../../kube/api-server.ts'
import { PROBER } from '../../../options/parse/pod-template.ts'

/** A Pod whose log is followed. */
export type FollowedPod = {
  index: number
  name: string
  node: string
  /** It reported samples, or all that it was to take. */
  isProbing: boolean
  awaitsSidecar: boolean
  /** How it ended, or was lost, before it reported samples. */
  ended: Extract<PodEvent, { kind: 'ended' }> | PodGone | undefined
}

/** The logs of the Pods of one Job. */
export type FollowedLogs = {
  /** Follows the log of a Pod, if it does not yet. */
  follow(pod: Pick<FollowedPod, 'index' | 'name' | 'node'>): void
  /** In the order of their index. */
  pods(): readonly FollowedPod[]
  /** What the Pods have written so far, and write from now on. */
  listen(pods: readonly JobPod[], take: TakePodEvent): () => void
  close(): void
}

type Heard = { index: number; event: PodEvent | PodGone; arrivedMs: number }

/** Follows logs from their begin. What is heard before somebody listens is kept. */
export function followLogs(
  workloads: ApiServer,
  namespace: string,
  nowMs: () => number,
): FollowedLogs {
  const all = new Map<number, FollowedPod>()
  const over = new AbortController()
  const kept: Heard[] = []
  let listener: ((heard: Heard) => void) | undefined

  function hear(pod: FollowedPod, event: PodEvent | PodGone, arrivedMs: number): void {
    if (over.signal.aborted) return
    note(pod, event)
    const heard = { index: pod.index, event, arrivedMs }
    if (listener) listener(heard)
    else kept.push(heard)
  }

  async function read(pod: FollowedPod): Promise<void> {
    const container = { namespace, pod: pod.name, container: PROBER }
    const take = (event: PodEvent | PodGone, arrivedMs: number) => hear(pod, event, arrivedMs)
    await followPod(workloads, container, { take, nowMs, signal: over.signal })
  }

  return {
    follow({ index, name, node }) {
      if (all.has(index)) return
      const pod = { index, name, node, isProbing: false, awaitsSidecar: false, ended: undefined }
      all.set(index, pod)
      void read(pod)
    },
    pods: () => [...all.values()].sort((a, b) => a.index - b.index),
    listen(pods, take) {
      const places = new Map(pods.map(({ index }, place) => [index, place]))
      let isHeard = true
      const pass = ({ index, event, arrivedMs }: Heard) => {
        const place = places.get(index)
        if (isHeard && place !== undefined) take(place, event, arrivedMs)
      }
      // After the caller has begun to take samples.
      setImmediate(() => {
        listener = pass
        for (const heard of kept.splice(0)) pass(heard)
      })
      return () => {
        isHeard = false
      }
    },
    close: () => over.abort(),
  }
}

function note(pod: FollowedPod, event: PodEvent | PodGone): void {
  const isDone = event.kind === 'ended' && event.why === 'done'
  // A line without a launch only shows that the Pod runs.
  const hasLaunched = event.kind === 'samples' && event.launchesMs.length > 0
  if (event.kind === 'waiting') pod.awaitsSidecar = true
  if (hasLaunched || isDone) pod.isProbing = true
  if ((event.kind === 'ended' || event.kind === 'lost') && !pod.isProbing) pod.ended = event
}
