import { plainList } from '../../../problem/list-text.ts'
import type { FollowedPod } from './followed-logs.ts'
import type { PodState } from './pod-state.ts'

/** How far the Pods of a Job have come. */
export type JobProgress = {
  /** `demo/shift-web-0a1b2c`. */
  job: string
  image: string
  pods: number
  /** Pods that report samples. */
  probing: number
  /** How many of the others are where. */
  waiting: Readonly<Partial<Record<Waiting, number>>>
}

type Waiting = 'uncreated' | 'unscheduled' | 'no-image' | 'starting' | 'sidecar' | 'first-sample'

export function progressOf(
  {
    namespace,
    name,
    image,
    pods,
  }: { namespace: string; name: string; image: string; pods: number },
  seen: readonly { index: number; state: PodState }[],
  followed: readonly FollowedPod[],
): JobProgress {
  const waiting: Partial<Record<Waiting, number>> = {}
  let probing = 0
  const add = (kind: Waiting, count = 1) => {
    if (count > 0) waiting[kind] = (waiting[kind] ?? 0) + count
  }
  add('uncreated', pods - seen.length)
  for (const { index, state } of seen) {
    const log = followed.find((one) => one.index === index)
    if (log?.isProbing) probing += 1
    else add(waitingFor(state, log))
  }
  return { job: `${namespace}/${name}`, image, pods, probing, waiting }
}

function waitingFor({ kind }: PodState, log: FollowedPod | undefined): Waiting {
  if (log?.awaitsSidecar) return 'sidecar'
  if (kind === 'running' || kind === 'ended') return 'first-sample'
  return kind === 'unstartable' ? 'starting' : kind
}

const WHERE: Readonly<Record<Waiting, (image: string) => string>> = {
  uncreated: () => 'not created yet',
  unscheduled: () => 'waiting for a node',
  'no-image': (image) => `unable to pull the image ${image}`,
  starting: (image) => `starting (image ${image})`,
  sidecar: () => 'waiting for the sidecar',
  'first-sample': () => 'about to take samples',
}

/** `Not yet: 2 waiting for a node, 1 starting (image node:24-alpine).`; empty where there are none. */
export function waitingText({ waiting, image }: JobProgress): string {
  const kinds = Object.keys(WHERE) as Waiting[]
  const parts = kinds.flatMap((kind) => {
    const count = waiting[kind]
    return count === undefined ? [] : [`${count} ${WHERE[kind](image)}`]
  })
  return parts.length === 0 ? '' : `Not yet: ${plainList(parts)}.`
}
