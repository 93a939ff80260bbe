import type { JsonObject } from '../json.ts'
import { readSchema, type Schema } from './schema.ts'

/** Fields of a Job, of its Pods and of their containers. Source: k8s.io/api v0.34, batch/v1 and core/v1. */
const JOB = [
  ...['activeDeadlineSeconds', 'backoffLimit', 'backoffLimitPerIndex', 'completionMode'],
  ...['completions', 'managedBy', 'manualSelector', 'maxFailedIndexes', 'parallelism'],
  ...['podFailurePolicy', 'podReplacementPolicy', 'selector', 'successPolicy', 'suspend'],
  'ttlSecondsAfterFinished',
]
const POD = [
  ...['activeDeadlineSeconds', 'affinity', 'automountServiceAccountToken', 'dnsConfig'],
  ...['dnsPolicy', 'enableServiceLinks', 'ephemeralContainers', 'hostAliases', 'hostIPC'],
  ...['hostNetwork', 'hostPID', 'hostUsers', 'hostname', 'hostnameOverride', 'imagePullSecrets'],
  ...['nodeName', 'nodeSelector', 'os', 'overhead', 'preemptionPolicy', 'priority'],
  ...['priorityClassName', 'readinessGates', 'resourceClaims', 'resources', 'restartPolicy'],
  ...['runtimeClassName', 'schedulerName', 'schedulingGates', 'securityContext'],
  ...['serviceAccount', 'serviceAccountName', 'setHostnameAsFQDN', 'shareProcessNamespace'],
  ...['subdomain', 'terminationGracePeriodSeconds', 'tolerations', 'topologySpreadConstraints'],
  'volumes',
]
const CONTAINER = [
  ...['args', 'command', 'env', 'envFrom', 'image', 'imagePullPolicy', 'lifecycle'],
  ...['livenessProbe', 'name', 'ports', 'readinessProbe', 'resizePolicy', 'resources'],
  ...['restartPolicy', 'restartPolicyRules', 'securityContext', 'startupProbe', 'stdin'],
  ...['stdinOnce', 'terminationMessagePath', 'terminationMessagePolicy', 'tty', 'volumeDevices'],
  ...['volumeMounts', 'workingDir'],
]

const KEPT: JsonObject = { 'x-kubernetes-preserve-unknown-fields': true }

function fields(names: readonly string[], others: JsonObject = {}): JsonObject {
  return { properties: { ...Object.fromEntries(names.map((name) => [name, KEPT])), ...others } }
}

let schema: Schema | undefined

/** The names of its fields down to containers, as far as an API server refuses others. */
export function jobSchema(): Schema {
  const containers = { items: fields(CONTAINER) }
  const spec = fields(POD, { containers, initContainers: containers })
  const template = fields(['metadata'], { spec })
  schema ??= readSchema(fields(['status'], { spec: fields(JOB, { template }) }))
  return schema
}
