import type { JobFault } from '../faults/job-fault.ts'
import { type JsonObject, listAt, numberAt, objectAt, textAt } from '../objects/json.ts'
import { type KubeObject, namespaceOf } from '../objects/kube-object.ts'
import type { ObjectStore } from '../objects/object-store.ts'
import { wholeSeconds } from '../objects/whole-seconds.ts'
import type { Sidecar } from '../proxies/sidecars.ts'
import { createPodLog, type PodLog } from './pod-log.ts'
import type { NetworkPlace } from './pod-network.ts'
import { indexOf } from './pod-of-job.ts'
import { type PodProcess, startPodProcess } from './pod-process.ts'
import {
  conditionsOf,
  NO_NODE,
  pullMessage,
  SCHEDULED,
  statusesOf,
  unscheduled,
} from './pod-status.ts'
import { startSidecarHealth } from './sidecar-health.ts'

type Parts = {
  objects: ObjectStore
  now: () => Date
  faults: () => readonly JobFault[]
  nodes: readonly string[]
  /** Starts the sidecar of a Pod, which has its configuration then. */
  startSidecar: (pod: KubeObject) => { sidecar: Sidecar; stop: () => void }
  /** What the network of a Pod with that sidecar, or without one, leads to. */
  network: (sidecar: Sidecar | undefined) => Promise<readonly NetworkPlace[]>
}

/** Runs the Pods of Jobs as processes of this machine, which are not isolated from it. */
export type Kubelet = {
  /** A Pod, or a Secret that one waits for, was created, or a fault was cleared. */
  look(): void
  /** Ends a Pod's process and removes the Pod, with its grace period. */
  end(pod: KubeObject): void
  /** The Pod's phase is Failed for a reason outside of its container. */
  fail(pod: KubeObject, reason: string, message: string): void
  /** Ends a Pod's process as the kernel does. */
  kill(name: string): void
  log(name: string): PodLog | undefined
  /** How many processes there are. */
  running(): number
  stop(): Promise<void>
}

type Ran = { process?: PodProcess; stopSidecar: () => void; failed?: true }

const PODS = { group: '', resource: 'pods' }
const SECRETS = { group: '', resource: 'secrets' }

export function createKubelet({ objects, now, faults, nodes, ...parts }: Parts): Kubelet {
  const ran = new Map<string, Ran>()
  const kept = new Map<string, PodLog>()
  const starting = new Set<string>()
  let stopped = false
  const refOf = (pod: KubeObject) => ({
    ...PODS,
    namespace: namespaceOf(pod),
    name: pod.metadata.name,
  })
  const write = (pod: KubeObject, change: JsonObject) => {
    if (objects.get(refOf(pod)) !== undefined) objects.patch(refOf(pod), change, 'kubelet')
  }
  const active = <K extends JobFault['kind']>(kind: K) =>
    faults().find((fault): fault is Extract<JobFault, { kind: K }> => fault.kind === kind)

  /** A Pod that is not yet started goes on as far as it can. */
  async function advance(pod: KubeObject): Promise<void> {
    const { name } = pod.metadata
    if (ran.has(name) || starting.has(name) || stopped) return
    const node = nodeFor(pod)
    const unschedulable = active('unschedulable')
    if (unschedulable || node === undefined)
      return write(pod, {
        status: { conditions: [unscheduled(unschedulable?.message ?? NO_NODE, now())] },
      })
    if (textAt(pod, 'spec', 'nodeName') === undefined)
      write(pod, { spec: { nodeName: node }, status: { conditions: [SCHEDULED] } })
    const image = active('image')
    if (image) return waitWith(pod, 'ErrImagePull', image.message ?? pullMessage(pod))
    if (active('slow-start')) return waitWith(pod, 'ContainerCreating')
    const files = secretFiles(pod)
    // A kubelet tries again until the Secret is there.
    if (files === undefined) return waitWith(pod, 'ContainerCreating')
    starting.add(name)
    try {
      await start(pod, files)
    } finally {
      starting.delete(name)
    }
  }

  function nodeFor(pod: KubeObject): string | undefined {
    const wanted =
      textAt(pod, 'spec', 'nodeName') ??
      textAt(pod, 'spec', 'nodeSelector', 'kubernetes.io/hostname')
    if (wanted !== undefined) return nodes.includes(wanted) ? wanted : undefined
    return nodes[indexOf(pod) % nodes.length]
  }

  function waitWith(pod: KubeObject, reason: string, message?: string): void {
    const waiting = { reason, ...(message === undefined ? {} : { message }) }
    write(pod, { status: { containerStatuses: statusesOf(pod, { waiting }) } })
  }

  function secretFiles(pod: KubeObject): Record<string, string> | undefined {
    const files: Record<string, string> = {}
    for (const volume of listAt(pod, 'spec', 'volumes')) {
      const secretName = textAt(volume, 'secret', 'secretName')
      if (secretName === undefined) continue
      const secret = objects.get({ ...SECRETS, namespace: namespaceOf(pod), name: secretName })
      if (secret === undefined) return undefined
      const mounts = listAt(pod, 'spec', 'containers', 0, 'volumeMounts')
      const mount = mounts.find((one) => textAt(one, 'name') === textAt(volume, 'name'))
      const folder = textAt(mount, 'mountPath') ?? ''
      for (const [key, value] of Object.entries(objectAt(secret, 'data')))
        files[`${folder}/${key}`] = Buffer.from(String(value), 'base64').toString()
      for (const [key, value] of Object.entries(objectAt(secret, 'stringData')))
        files[`${folder}/${key}`] = String(value)
    }
    return files
  }

  async function start(pod: KubeObject, files: Record<string, string>): Promise<void> {
    const { name } = pod.metadata
    const { network, stop: stopSidecar } = await networkFor(pod)
    const still = objects.get(refOf(pod))
    if (stopped || still === undefined || still.metadata.deletionTimestamp !== undefined)
      return stopSidecar()
    const log = createPodLog(now)
    const one: Ran = { stopSidecar }
    ran.set(name, one)
    kept.set(name, log)
    one.process = startPodProcess(pod, { files, network }, log.write)
    const startedAt = wholeSeconds(now())
    write(pod, {
      status: {
        phase: 'Running',
        podIP: `10.244.1.${(indexOf(pod) % 250) + 1}`,
        startTime: startedAt,
        conditions: conditionsOf(pod),
        containerStatuses: statusesOf(pod, { running: { startedAt } }),
      },
    })
    void one.process.ended.then((exit) => {
      log.end()
      stopSidecar()
      ran.delete(name)
      if (one.failed) return
      const phase = exit.code === 0 ? 'Succeeded' : 'Failed'
      const reason =
        exit.signal === 'SIGKILL' ? 'OOMKilled' : exit.code === 0 ? 'Completed' : 'Error'
      const terminated = {
        exitCode: exit.code ?? 137,
        reason,
        startedAt,
        finishedAt: wholeSeconds(now()),
      }
      if (!stopped)
        write(pod, { status: { phase, containerStatuses: statusesOf(pod, { terminated }) } })
    })
  }

  /** The network of a Pod, and its sidecar if it is injected. */
  async function networkFor(pod: KubeObject) {
    if (textAt(pod, 'metadata', 'labels', 'sidecar.istio.io/inject') !== 'true')
      return { network: await parts.network(undefined), stop: () => {} }
    const { sidecar, stop } = parts.startSidecar(objects.get(refOf(pod)) ?? pod)
    const health = await startSidecarHealth(() => active('never-ready') === undefined)
    const ports = [15020, 15021].map(
      (port): NetworkPlace => ['127.0.0.1', port, '127.0.0.1', health.port],
    )
    return {
      network: [...(await parts.network(sidecar)), ...ports],
      stop() {
        stop()
        health.stop()
      },
    }
  }

  return {
    look() {
      for (const pod of objects.list(PODS))
        if (isOfJob(pod) && textAt(pod, 'status', 'phase') === 'Pending') void advance(pod)
    },
    end(pod) {
      const one = ran.get(pod.metadata.name)
      const gone = () => {
        kept.get(pod.metadata.name)?.end()
        kept.delete(pod.metadata.name)
        if (objects.get(refOf(pod))?.metadata.uid === pod.metadata.uid) objects.delete(refOf(pod))
      }
      if (one?.process === undefined) return gone()
      const grace = numberAt(pod, 'spec', 'terminationGracePeriodSeconds') ?? 30
      if (pod.metadata.deletionTimestamp === undefined)
        write(pod, { metadata: { deletionTimestamp: wholeSeconds(now()) } })
      one.process.end(grace * 1000)
      void one.process.ended.then(() => setImmediate(gone))
    },
    fail(pod, reason, message) {
      const one = ran.get(pod.metadata.name)
      if (one) one.failed = true
      write(pod, { status: { phase: 'Failed', reason, message } })
      one?.process?.end(0)
    },
    kill: (name) => ran.get(name)?.process?.end(0),
    log: (name) => kept.get(name),
    running: () => ran.size,
    async stop() {
      stopped = true
      const all = [...ran.values()]
      for (const { process, stopSidecar } of all) {
        process?.end(0)
        stopSidecar()
      }
      await Promise.all(all.map(({ process }) => process?.ended))
    },
  }
}

function isOfJob(pod: KubeObject): boolean {
  return textAt(pod, 'metadata', 'labels', 'batch.kubernetes.io/job-name') !== undefined
}
