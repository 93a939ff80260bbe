import { type JsonObject, numberAt, textAt } from '../objects/json.ts'
import type { KubeObject } from '../objects/kube-object.ts'

type Counts = { running: number; succeeded: number; failed: number }

export function countsOf(pods: readonly KubeObject[]): Counts {
  const inPhase = (phase: string) =>
    pods.filter((pod) => textAt(pod, 'status', 'phase') === phase).length
  const [succeeded, failed] = [inPhase('Succeeded'), inPhase('Failed')]
  return { running: pods.length - succeeded - failed, succeeded, failed }
}

export function statusOf({ running, succeeded, failed }: Counts): JsonObject {
  return {
    ...(running > 0 ? { active: running } : {}),
    ...(succeeded > 0 ? { succeeded } : {}),
    ...(failed > 0 ? { failed } : {}),
    ready: 0,
    uncountedTerminatedPods: {},
  }
}

/** How a Job ends by its Pods; undefined: it goes on. */
export function conditionOf(job: KubeObject, { running, succeeded, failed }: Counts) {
  const completions = numberAt(job, 'spec', 'completions') ?? 1
  const limit = numberAt(job, 'spec', 'backoffLimit') ?? 6
  const perIndex = numberAt(job, 'spec', 'backoffLimitPerIndex') !== undefined
  if (!perIndex && failed > limit)
    return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  if (running === 0 && failed > 0 && succeeded + failed >= completions)
    return failure('FailedIndexes', 'Job has failed indexes')
  if (succeeded < completions) return undefined
  const message = 'Reached expected number of succeeded pods'
  return { type: 'Complete', reason: 'CompletionsReached', message }
}

export function failure(reason: string, message: string): JsonObject {
  return { type: 'Failed', reason, message }
}
