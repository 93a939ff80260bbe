import type { JobPod } from '../../../evidence/jobs/pod-streams.ts'
import type { ApiServer } from '../../../kube/api-server.ts'
import { type JsonObject, textAt } from '../../../kube/json.ts'
import { pause } from '../../../kube/pause.ts'
import { coreResource, grantingRule, readList, readObject } from '../../../kube/resources.ts'
import { type Problem, problem } from '../../../problem/problem.ts'
import {
  logLost,
  type NamedJob,
  notProbing,
  podsLate,
  podsRefused,
  sidecarNotReady,
} from '../job-problems.ts'
import { LABELS } from '../manifest/job-labels.ts'
import { readFailedCreate } from './failed-create.ts'
import type { FollowedLogs, FollowedPod } from './followed-logs.ts'
import { type PodState, podState } from './pod-state.ts'
import { type JobProgress, progressOf } from './waiting-text.ts'

const LOOK_EVERY_MS = 250
/** Pods are created within seconds, unless something refuses them. */
const CREATED_WITHIN_MS = 5000
const INDEX = 'batch.kubernetes.io/job-completion-index'

export type PodsWait = NamedJob & {
  /** How many Pods there are to be. */
  pods: number
  logs: FollowedLogs
  patienceMs: number
  nowMs: () => number
  onProgress: (progress: JobProgress) => void
}

type SeenPod = { index: number; name: string; node: string; state: PodState }

/** Waits until every Pod of a Job reports samples. Resolves to what prevents it; undefined: all do. */
export async function awaitPods(wait: PodsWait, signal: AbortSignal): Promise<Problem | undefined> {
  const startedMs = wait.nowMs()
  const troubles = startTroubles(wait)
  let progress: JobProgress | undefined
  while (!signal.aborted) {
    const read = await readPods(wait, signal).catch((error: unknown) => {
      if (signal.aborted) return undefined
      throw error
    })
    // A list that was not awaited does not show that there are no Pods.
    if (read === undefined) break
    if ('code' in read) return read
    for (const pod of read)
      if (pod.state.kind === 'running' || pod.state.kind === 'ended') wait.logs.follow(pod)
    const followed = wait.logs.pods()
    progress = progressOf(wait, read, followed)
    wait.onProgress(progress)
    if (progress.probing === wait.pods) return undefined
    const found =
      troubles(read, followed) ?? (await notAllCreated(wait, read.length, startedMs, signal))
    if (found !== undefined) return found
    await pause(LOOK_EVERY_MS, signal)
  }
  return podsLate(wait, progress)
}

/** Why there are too few Pods; undefined: there are enough, or there may soon be. */
async function notAllCreated(
  wait: PodsWait,
  created: number,
  startedMs: number,
  signal: AbortSignal,
): Promise<Problem | undefined> {
  const waitedMs = wait.nowMs() - startedMs
  if (created >= wait.pods || waitedMs < Math.min(CREATED_WITHIN_MS, wait.patienceMs))
    return undefined
  const why = await readFailedCreate(wait.workloads, wait, signal)
  if (signal.aborted) return undefined
  if (why.kind === 'refused') return podsRefused(wait, why.message)
  if (waitedMs < wait.patienceMs) return undefined
  return podsRefused(wait, why.kind === 'denied' ? undefined : NO_WORD)
}

const NO_WORD = 'the job controller does not say why. It may not be running'

async function readPods(
  { workloads, namespace, name }: NamedJob,
  signal: AbortSignal,
): Promise<SeenPod[] | Problem> {
  const resource = { ...coreResource('pods', namespace), labels: { [LABELS.job]: name } }
  const read = await readList(workloads, resource, signal)
  if (read.kind === 'denied') return mayNotRead({ namespace }, 'pods', 'list')
  const pods = read.kind === 'found' ? read.value : []
  return pods.flatMap((pod) => seenPod(pod) ?? [])
}

/** Without it, nothing that the Pods see comes back. */
function mayNotRead(
  { namespace }: Pick<NamedJob, 'namespace'>,
  plural: 'pods' | 'pods/log',
  verb: 'list' | 'get',
): Problem {
  const doing = plural === 'pods' ? 'Listing the Pods' : 'Reading the logs of the Pods'
  return problem(
    'ITS-FORBIDDEN',
    `${doing} of the Job is not allowed in namespace ${namespace}, and connect: job needs it.`,
    grantingRule(coreResource(plural, namespace), verb),
  )
}

function seenPod(pod: JsonObject): SeenPod | undefined {
  const index = Number(
    textAt(pod, 'metadata', 'annotations', INDEX) ?? textAt(pod, 'metadata', 'labels', INDEX),
  )
  if (!Number.isInteger(index)) return undefined
  return {
    index,
    name: textAt(pod, 'metadata', 'name') ?? '',
    node: textAt(pod, 'spec', 'nodeName') ?? '',
    state: podState(pod),
  }
}

/** Finds the first trouble that has lasted, or that cannot pass. */
function startTroubles(wait: PodsWait) {
  const since = new Map<string, number>()
  const { nowMs, patienceMs } = wait
  return (pods: readonly SeenPod[], followed: readonly FollowedPod[]): Problem | undefined => {
    for (const { index, name, state } of pods) {
      const log = followed.find((one) => one.index === index)
      if (log?.isProbing) continue
      const found = log?.ended ? endedProblem(wait, log, state) : notProbing(wait, name, state)
      if (found === undefined) {
        since.delete(name)
        continue
      }
      const sinceMs = since.get(name) ?? nowMs()
      since.set(name, sinceMs)
      if (log?.ended || nowMs() - sinceMs >= patienceMs) return found
    }
    return undefined
  }
}

/** A Pod whose log ended before it had probed. */
function endedProblem(
  wait: PodsWait,
  { name, ended }: FollowedPod,
  state: PodState,
): Problem | undefined {
  if (ended?.kind === 'ended' && ended.why === 'sidecar-not-ready')
    return sidecarNotReady(wait, name, ended.message)
  if (ended?.kind === 'lost' && ended.status === 403) return mayNotRead(wait, 'pods/log', 'get')
  const said = ended?.kind === 'ended' ? ended.message : undefined
  if (state.kind === 'ended')
    return notProbing(wait, name, said === undefined ? state : { ...state, why: said })
  const other = notProbing(wait, name, state)
  return other ?? logLost(wait, name, ended?.kind === 'lost' ? ended.why : (said ?? 'it ended'))
}

/** The Pods with their zones, where Nodes may be read. */
export async function withZones(
  workloads: ApiServer,
  followed: readonly FollowedPod[],
  signal: AbortSignal,
): Promise<JobPod[]> {
  const nodes = [...new Set(followed.map(({ node }) => node))].filter((node) => node !== '')
  const zones = new Map<string, string | undefined>()
  // One that is refused shows that the others are, too.
  for (const node of nodes) {
    const read = await readObject(workloads, coreResource('nodes', undefined, node), signal).catch(
      () => undefined,
    )
    if (read?.kind !== 'found') break
    zones.set(node, textAt(read.value, 'metadata', 'labels', 'topology.kubernetes.io/zone'))
  }
  return followed.map(({ index, name, node }) => ({ index, name, node, zone: zones.get(node) }))
}
