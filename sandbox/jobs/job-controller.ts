import { randomUUID } from 'node:crypto'
import type { JobFault } from '../faults/job-fault.ts'
import {
  isObject,
  type Json,
  type JsonObject,
  numberAt,
  objectAt,
  textAt,
} from '../objects/json.ts'
import { type KubeObject, namespaceOf } from '../objects/kube-object.ts'
import type { ObjectStore } from '../objects/object-store.ts'
import { wholeSeconds } from '../objects/whole-seconds.ts'
import { startLimits } from './job-limits.ts'
import { conditionOf, countsOf, failure, statusOf } from './job-status.ts'
import { podOf } from './pod-of-job.ts'

/** The Pods of a Job, and how they and it are removed. */
type JobPods = {
  ofJob(job: KubeObject): readonly KubeObject[]
  delete(pod: KubeObject): void
  /** Removes the Job with what it owns. */
  remove(job: KubeObject): void
}

type Parts = {
  objects: ObjectStore
  now: () => Date
  faults: () => readonly JobFault[]
  pods: JobPods
}

/** Creates the Pods of Jobs, and writes how they are, as the Job controller of Kubernetes does. */
export type JobController = {
  /** A Job was created. */
  created(job: KubeObject): void
  /** A Pod of a Job has another phase, or is gone. */
  changed(pod: KubeObject): void
  /** The limits of Jobs come this much earlier. */
  pass(ms: number): void
  stop(): void
}

const JOBS = { group: 'batch', resource: 'jobs' }

export function createJobController({ objects, now, faults, pods }: Parts): JobController {
  const limits = startLimits()
  const found = (job: KubeObject): KubeObject | undefined => {
    const current = objects.get(refOf(job))
    return current?.metadata.uid === job.metadata.uid ? current : undefined
  }

  function createPods(job: KubeObject): void {
    const count = numberAt(job, 'spec', 'parallelism') ?? 1
    for (let index = 0; index < count; index += 1) {
      const pod = podOf(job, index)
      const refused = faults().find(
        (fault) => fault.kind === 'refused' && index >= (fault.from ?? 0),
      )
      if (refused?.kind === 'refused') {
        eventOf(job, `Error creating: pods "${pod.metadata.name}" is forbidden: ${refused.message}`)
        continue
      }
      objects.create(pod, 'kube-controller-manager')
    }
    writeStatus(job)
  }

  function eventOf(job: KubeObject, message: string): void {
    const time = wholeSeconds(now())
    objects.create(
      {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: {
          name: `${job.metadata.name}.${randomUUID().slice(0, 16)}`,
          namespace: namespaceOf(job),
        },
        involvedObject: {
          kind: 'Job',
          apiVersion: 'batch/v1',
          name: job.metadata.name,
          namespace: namespaceOf(job),
          uid: job.metadata.uid ?? '',
        },
        type: 'Warning',
        reason: 'FailedCreate',
        message,
        count: 1,
        firstTimestamp: time,
        lastTimestamp: time,
        source: { component: 'job-controller' },
      },
      'kube-controller-manager',
    )
  }

  /** Counts the Pods, and ends the Job where they decide it. */
  function writeStatus(job: KubeObject): void {
    const current = found(job)
    if (current === undefined || isEnded(current)) return
    const startTime = textAt(current, 'status', 'startTime') ?? wholeSeconds(now())
    const counts = countsOf(pods.ofJob(current))
    const status = { ...statusOf(counts), startTime }
    const condition = conditionOf(current, counts)
    if (condition === undefined)
      objects.patch(refOf(current), { status }, 'kube-controller-manager')
    else end(current, status, condition)
  }

  /** The Job has ended: its other Pods are deleted, and later it is. */
  function end(job: KubeObject, status: JsonObject, condition: JsonObject): void {
    const time = wholeSeconds(now())
    const whole = { ...condition, status: 'True', lastProbeTime: time, lastTransitionTime: time }
    const { active: _, ...rest } = status
    const completed = condition.type === 'Complete' ? { completionTime: time } : {}
    objects.patch(
      refOf(job),
      { status: { ...rest, ...completed, active: null, conditions: [whole] } },
      'kube-controller-manager',
    )
    for (const pod of pods.ofJob(job)) if (!hasEnded(pod)) pods.delete(pod)
    const ttl = numberAt(job, 'spec', 'ttlSecondsAfterFinished')
    if (ttl !== undefined)
      limits.after(ttl * 1000, () => {
        const current = found(job)
        if (current) pods.remove(current)
      })
  }

  return {
    created(job) {
      if (job.spec === undefined || textAt(job, 'spec', 'suspend') === 'true') return
      const seconds = numberAt(job, 'spec', 'activeDeadlineSeconds')
      if (seconds !== undefined)
        limits.after(seconds * 1000, () => {
          const current = found(job)
          if (current === undefined || isEnded(current)) return
          const status = objectAt(current, 'status')
          end(
            current,
            status,
            failure('DeadlineExceeded', 'Job was active longer than specified deadline'),
          )
        })
      // As any controller, it acts after the answer.
      setImmediate(() => {
        if (found(job)) createPods(job)
      })
    },
    changed(pod) {
      const owner = ownerOf(pod)
      const job = owner && objects.get({ ...JOBS, namespace: namespaceOf(pod), name: owner.name })
      if (job && job.metadata.uid === owner.uid) writeStatus(job)
    },
    pass: limits.pass,
    stop: limits.stop,
  }
}

function refOf(job: KubeObject) {
  return { ...JOBS, namespace: namespaceOf(job), name: job.metadata.name }
}

export function isEnded(job: KubeObject): boolean {
  const conditions: Json = objectAt(job, 'status').conditions ?? []
  return Array.isArray(conditions) && conditions.length > 0
}

function hasEnded(pod: KubeObject): boolean {
  return ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '')
}

/** The Job that owns an object; undefined: none does. */
export function ownerOf(object: KubeObject): { name: string; uid: string } | undefined {
  const owners: Json = object.metadata.ownerReferences ?? []
  const owner = Array.isArray(owners)
    ? owners.find((one) => textAt(one, 'kind') === 'Job')
    : undefined
  return isObject(owner)
    ? { name: textAt(owner, 'name') ?? '', uid: textAt(owner, 'uid') ?? '' }
    : undefined
}
