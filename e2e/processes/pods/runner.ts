import { createPodLog, type PodLog } from '../../../sandbox/jobs/pod-log.ts'
import { type PodProcess, startPodProcess } from '../../../sandbox/jobs/pod-process.ts'
import { conditionsOf, statusesOf } from '../../../sandbox/jobs/pod-status.ts'
import {
  type Json,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  textAt,
} from '../../../sandbox/objects/json.ts'
import { type KubeObject, namespaceOf } from '../../../sandbox/objects/kube-object.ts'
import { wholeSeconds } from '../../../sandbox/objects/whole-seconds.ts'
import { type Api, pathOf } from '../../objects/api.ts'
import { GATEWAY } from '../addresses.ts'
import { networkOf } from './network.ts'

/** The only node of the mesh. */
const NODE = 'node-0'

export type Runner = {
  /** Does what these Pods, which are all that there are, need. */
  look(pods: readonly KubeObject[]): void
  /** By namespace and name. */
  logOf(pod: string): PodLog | undefined
}

type Ran = { process: PodProcess | undefined; log: PodLog; isEnding: boolean }

/** Binds Pods to the node, starts their processes, writes their status, and removes those that are being deleted. */
export function createRunner(api: Api): Runner {
  /** By uid. */
  const ran = new Map<string, Ran>()
  const logs = new Map<string, PodLog>()
  /** Pods on which a step is under way. */
  const busy = new Set<string>()

  async function advance(pod: KubeObject): Promise<void> {
    if (pod.metadata.deletionTimestamp !== undefined) return end(pod)
    if (ran.has(uidOf(pod)) || textAt(pod, 'status', 'phase') !== 'Pending') return
    if (textAt(pod, 'spec', 'nodeName') === undefined) return bind(pod)
    const files = await secretFiles(pod)
    if (files !== undefined) await start(pod, files)
  }

  async function bind(pod: KubeObject): Promise<void> {
    const { name } = pod.metadata
    const target = { apiVersion: 'v1', kind: 'Node', name: NODE }
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target }
    await api.call('POST', `${pathOf(pod)}/binding`, binding)
  }

  /** undefined while a Secret is not there. */
  async function secretFiles(pod: KubeObject): Promise<Record<string, string> | undefined> {
    const files: Record<string, string> = {}
    for (const volume of listAt(pod, 'spec', 'volumes')) {
      const name = textAt(volume, 'secret', 'secretName')
      if (name === undefined) continue
      const path = `/api/v1/namespaces/${namespaceOf(pod)}/secrets/${name}`
      const { status, body } = await api.call('GET', path)
      if (status !== 200) return undefined
      const mounts = listAt(pod, 'spec', 'containers', 0, 'volumeMounts')
      const mount = mounts.find((one) => textAt(one, 'name') === textAt(volume, 'name'))
      for (const [key, value] of Object.entries(objectAt(body, 'data')))
        files[`${textAt(mount, 'mountPath')}/${key}`] = Buffer.from(
          String(value),
          'base64',
        ).toString()
    }
    return files
  }

  async function start(pod: KubeObject, files: Record<string, string>): Promise<void> {
    const log = createPodLog(() => new Date())
    const one: Ran = { process: undefined, log, isEnding: false }
    ran.set(uidOf(pod), one)
    logs.set(keyOf(pod), log)
    const network = await networkOf(api, pod)
    one.process = startPodProcess(pod, { files, network }, log.write)
    const startedAt = wholeSeconds(new Date())
    await writeStatus(pod, {
      phase: 'Running',
      hostIP: GATEWAY.host,
      startTime: startedAt,
      conditions: conditionsOf(pod),
      containerStatuses: statusesOf(pod, { running: { startedAt } }),
    })
    void one.process.ended.then(async ({ code }) => {
      log.end()
      const finishedAt = wholeSeconds(new Date())
      const reason = code === 0 ? 'Completed' : 'Error'
      const terminated = { exitCode: code ?? 137, reason, startedAt, finishedAt }
      await writeStatus(pod, {
        phase: code === 0 ? 'Succeeded' : 'Failed',
        containerStatuses: statusesOf(pod, { terminated }),
      })
    })
  }

  async function writeStatus(pod: KubeObject, status: JsonObject): Promise<void> {
    const change: Json = { status }
    await api.call('PATCH', `${pathOf(pod)}/status`, change, 'application/merge-patch+json')
  }

  async function end(pod: KubeObject): Promise<void> {
    const one = ran.get(uidOf(pod))
    if (one?.isEnding) return
    if (one !== undefined) {
      one.isEnding = true
      one.process?.end(1000 * (numberAt(pod, 'metadata', 'deletionGracePeriodSeconds') ?? 30))
      await one.process?.ended
    }
    const preconditions = { uid: uidOf(pod) }
    const options = {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      gracePeriodSeconds: 0,
      preconditions,
    }
    await api.call('DELETE', pathOf(pod), options)
  }

  /** What is gone at the API server without a grace period ends at once. */
  function endThoseWithout(pods: readonly KubeObject[]): void {
    const there = new Set(pods.map(uidOf))
    for (const [uid, { process }] of ran) {
      if (there.has(uid)) continue
      process?.end(0)
      ran.delete(uid)
    }
  }

  return {
    look(pods) {
      endThoseWithout(pods)
      for (const pod of pods) {
        const uid = uidOf(pod)
        if (busy.has(uid)) continue
        busy.add(uid)
        // What failed is tried again at the next look.
        advance(pod)
          .catch(() => undefined)
          .finally(() => busy.delete(uid))
      }
    },
    logOf: (pod) => logs.get(pod),
  }
}

function uidOf({ metadata }: KubeObject): string {
  return String(metadata.uid)
}

function keyOf(pod: KubeObject): string {
  return `${namespaceOf(pod)}/${pod.metadata.name}`
}
