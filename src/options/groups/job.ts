import { isNamespaceName } from '../../kube/names.ts'
import { option, PROBING } from '../option.ts'
import { type PodTemplate, parsePodTemplate } from '../parse/pod-template.ts'
import { numberIn, textThat } from '../parsers.ts'
import type { Reader } from '../reader.ts'

/** The most Pods whose logs one run follows. */
export const MOST_JOB_PODS = 64

export const JOB_PODS = option({
  name: 'job-pods',
  type: 'integer, 1 to 64',
  placeholder: '1..64',
  default: '1',
  brief:
    'With connect: job. Number of Pods that probe at the same time; they share concurrency and rate.',
  text: 'Only with connect: job. Number of Pods that probe at the same time. They share concurrency and rate.',
  modes: PROBING,
  parse: numberIn(
    { minimum: 1, maximum: MOST_JOB_PODS, isInteger: true },
    `an integer from 1 to ${MOST_JOB_PODS}`,
  ),
})

export const JOB_IMAGE = option({
  name: 'job-image',
  type: 'image',
  placeholder: 'IMAGE',
  default: 'node:24-alpine',
  brief: 'With connect: job. An image with Node.js 20.3 or newer as node on its PATH.',
  text: 'Only with connect: job. The image of the Pods. It must have Node.js 20.3 or newer as node on its PATH; nothing else of it is used. A probe-command must exist in it.',
  modes: PROBING,
  parse: textThat(
    (text) => text.length <= 1000 && /^[a-z0-9][\w.\-/:@[\]]*$/i.test(text),
    'the name of an image, such as node:24-alpine or registry.example.com/node@sha256:...',
  ),
})

export const JOB_NAMESPACE = option({
  name: 'job-namespace',
  type: 'name',
  placeholder: 'NAMESPACE',
  brief:
    'With connect: job. Namespace of the Job; for a rule of the mesh, that of its clients. Default: namespace.',
  text: 'Only with connect: job. Namespace of the Job. For a rule of the mesh it decides what the Pods are served, as it does for any client. Default: namespace.',
  modes: PROBING,
  shape: { text: true, names: 'namespaces' },
  parse: textThat(isNamespaceName, 'the name of a namespace'),
})

export const JOB_TEMPLATE = option<PodTemplate>({
  name: 'job-template',
  type: 'YAML mapping with metadata, spec or both',
  placeholder: 'YAML',
  brief:
    'With connect: job. What the Pods have beside what the run sets: labels, zones, node pools, a service account.',
  text: 'Only with connect: job. A Pod template with what the Pods have beside what the run sets, such as labels, nodeSelector, topologySpreadConstraints, tolerations, serviceAccountName or resources.',
  modes: PROBING,
  shape: { mapping: 'any' },
  parse: parsePodTemplate,
})

export const JOB_OPTIONS = {
  title: 'Jobs',
  options: [JOB_PODS, JOB_IMAGE, JOB_NAMESPACE, JOB_TEMPLATE],
}

export type JobOptions = {
  /** The Pods that probe with `connect: job`. */
  job: {
    pods: number
    image: string
    /** Undefined: that of the route object. */
    namespace: string | undefined
    template: PodTemplate
  }
}

/** The namespace of the Jobs of a run. */
export function jobNamespace({
  job,
  object,
}: JobOptions & { object: { namespace: string } }): string {
  return job.namespace ?? object.namespace
}

export function readJobOptions(reader: Reader): JobOptions {
  return {
    job: {
      pods: reader.withDefault(JOB_PODS),
      image: reader.withDefault(JOB_IMAGE),
      namespace: reader.optional(JOB_NAMESPACE),
      template: reader.optional(JOB_TEMPLATE) ?? {},
    },
  }
}
