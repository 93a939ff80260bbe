import { randomBytes } from 'node:crypto'
import { isObject, type JsonObject, objectAt, textAt } from '../objects/json.ts'
import { type KubeObject, namespaceOf } from '../objects/kube-object.ts'

const CONTROLLER = 'batch.kubernetes.io'

/** The Pod of a Job with this completion index. */
export function podOf(job: KubeObject, index: number): KubeObject {
  const { name } = job.metadata
  const uid = textAt(job, 'metadata', 'uid') ?? ''
  const template = objectAt(job, 'spec', 'template')
  const indexKey = `${CONTROLLER}/job-completion-index`
  const metadata = objectAt(template, 'metadata')
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-${index}-${randomBytes(4).toString('hex').slice(0, 5)}`,
      namespace: namespaceOf(job),
      labels: {
        ...objectAt(metadata, 'labels'),
        [`${CONTROLLER}/controller-uid`]: uid,
        [`${CONTROLLER}/job-name`]: name,
        [indexKey]: String(index),
        'controller-uid': uid,
        'job-name': name,
      },
      annotations: { ...objectAt(metadata, 'annotations'), [indexKey]: String(index) },
      ownerReferences: [
        {
          apiVersion: 'batch/v1',
          kind: 'Job',
          name,
          uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: withIndex(objectAt(template, 'spec'), index),
    status: { phase: 'Pending', qosClass: 'BestEffort' },
  }
}

/** Each container gets its index, as the Job controller has it. */
function withIndex(spec: JsonObject, index: number): JsonObject {
  const containers = Array.isArray(spec.containers) ? spec.containers : []
  return {
    ...spec,
    hostname: `job-${index}`,
    containers: containers.map((one) => {
      if (!isObject(one)) return one
      const env = Array.isArray(one.env) ? one.env : []
      const value = String(index)
      return { ...one, env: [...env, { name: 'JOB_COMPLETION_INDEX', value }] }
    }),
  }
}

/** The index of a Job's Pod. */
export function indexOf(pod: KubeObject): number {
  return Number(textAt(pod, 'metadata', 'labels', `${CONTROLLER}/job-completion-index`) ?? 0)
}
