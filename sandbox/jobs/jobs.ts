import type { JobFault } from '../faults/job-fault.ts'
import { textAt } from '../objects/json.ts'
import { type KubeObject, namespaceOf } from '../objects/kube-object.ts'
import type { ObjectStore } from '../objects/object-store.ts'
import type { Change, Storage } from '../objects/storage.ts'
import type { Sidecar } from '../proxies/sidecars.ts'
import { createJobController, ownerOf } from './job-controller.ts'
import { createKubelet } from './kubelet.ts'
import type { PodLog } from './pod-log.ts'
import type { NetworkPlace } from './pod-network.ts'

/** The Jobs of a sandbox, whose Pods run as processes. */
export type Jobs = {
  /** Names of the Pods of all Jobs, those that have ended included. */
  pods(): readonly string[]
  /** How many processes there are. */
  processes(): number
  /** Fails a Pod as a node without memory does. */
  evict(pod: string): void
  /** Ends a Pod's process as the kernel does. */
  kill(pod: string): void
  /** Breaks off what follows a Pod's log and, with `keep`, forgets all lines but the latest. */
  cutLog(pod: string, options?: { keep?: number }): void
  /** Lets time pass for `activeDeadlineSeconds` and `ttlSecondsAfterFinished` of all Jobs. */
  pass(ms: number): void
}

type Parts = {
  objects: ObjectStore
  storage: Storage
  now: () => Date
  faults: () => readonly JobFault[]
  /** Where Pods run: the names of nodes. */
  nodes: readonly string[]
  startSidecar: (pod: KubeObject) => { sidecar: Sidecar; stop: () => void }
  network: (sidecar: Sidecar | undefined) => Promise<readonly NetworkPlace[]>
}

const PODS = { group: '', resource: 'pods' }
const SECRETS = { group: '', resource: 'secrets' }
const JOBS = { group: 'batch', resource: 'jobs' }

export function createJobs(parts: Parts): {
  jobs: Jobs
  logOf: (pod: string) => PodLog | undefined
  /** Faults have changed. */
  look(): void
  stop(): Promise<void>
} {
  const { objects, storage } = parts
  const kubelet = createKubelet(parts)
  const ofOwner = (job: KubeObject, resource: string) =>
    objects
      .list({ group: '', resource, namespace: namespaceOf(job) })
      .filter((one) => ownerOf(one)?.uid === job.metadata.uid)
  const controller = createJobController({
    ...parts,
    pods: {
      ofJob: (job) => ofOwner(job, 'pods'),
      delete: kubelet.end,
      remove: (job) =>
        objects.delete({
          ...{ group: 'batch', resource: 'jobs' },
          namespace: namespaceOf(job),
          name: job.metadata.name,
        }),
    },
  })

  /** What a Job owned goes too, unless the request says that it stays. */
  function collect(job: KubeObject, orphans: boolean): void {
    if (orphans) return
    for (const secret of ofOwner(job, 'secrets'))
      objects.delete({
        group: '',
        resource: 'secrets',
        namespace: namespaceOf(secret),
        name: secret.metadata.name,
      })
    for (const pod of ofOwner(job, 'pods')) kubelet.end(pod)
  }

  function jobChanged({ before, after, orphans = false }: Change): void {
    if (before === undefined && after !== undefined) controller.created(after)
    if (before !== undefined && after === undefined) setImmediate(() => collect(before, orphans))
  }

  function podChanged({ before, after }: Change): void {
    const pod = after ?? before
    if (pod === undefined || ownerOf(pod) === undefined) return
    if (before === undefined) setImmediate(kubelet.look)
    else if (phaseOf(after) !== phaseOf(before)) setImmediate(() => controller.changed(pod))
    if (after === undefined) kubelet.kill(pod.metadata.name)
  }

  function onChange(change: Change): void {
    const { kind } = change.resource
    if (kind === 'Job') jobChanged(change)
    if (kind === 'Pod') podChanged(change)
    if (kind === 'Secret' && change.before === undefined) setImmediate(secretCreated, change.after)
  }

  /** A Pod may wait for it. One that comes after its Job is gone goes too, as with the garbage collector of Kubernetes. */
  function secretCreated(secret: KubeObject | undefined): void {
    if (secret === undefined) return
    const [owner, namespace] = [ownerOf(secret), namespaceOf(secret)]
    const job = owner && objects.get({ ...JOBS, namespace, name: owner.name })
    if (owner === undefined || job?.metadata.uid === owner.uid) kubelet.look()
    else objects.delete({ ...SECRETS, namespace, name: secret.metadata.name })
  }

  const unlisten = parts.nodes.length === 0 ? () => {} : storage.onChange(onChange)
  const found = (name: string): KubeObject => {
    const pod = objects.list(PODS).find(({ metadata }) => metadata.name === name)
    if (pod === undefined) throw new Error(`the sandbox has no Pod ${name}`)
    return pod
  }
  return {
    jobs: {
      pods: () =>
        objects
          .list(PODS)
          .filter((pod) => ownerOf(pod) !== undefined)
          .map(({ metadata }) => metadata.name),
      processes: kubelet.running,
      evict: (name) =>
        kubelet.fail(
          found(name),
          'Evicted',
          'The node was low on resource: memory. Threshold quantity: 100Mi, available: 52Mi.',
        ),
      kill: kubelet.kill,
      cutLog: (name, options = {}) => kubelet.log(name)?.cut(options),
      pass: controller.pass,
    },
    logOf: kubelet.log,
    look: kubelet.look,
    async stop() {
      unlisten()
      controller.stop()
      await kubelet.stop()
    },
  }
}

function phaseOf(pod: KubeObject | undefined): string | undefined {
  return textAt(pod, 'status', 'phase')
}
