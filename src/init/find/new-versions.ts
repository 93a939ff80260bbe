import { ApiError } from '../../kube/api-error.ts'
import type { JsonObject } from '../../kube/json.ts'
import { labelsAt, numberAt, objectsAt, textAt } from '../../kube/json.ts'
import { coreResource, ISTIO_NETWORKING, readList } from '../../kube/resources.ts'
import type { Clusters } from '../../rollout/model/context.ts'
import { parseDestinationRule } from '../../routes/istio/destination-rule-order.ts'
import { fullName } from '../../routes/istio/host.ts'
import type { Destination } from '../../routes/rule-format.ts'
import type { Candidate } from './candidate.ts'

/**
 * Names of versions that the rule has not yet, and that could be its second destination: subsets that a DestinationRule
 * defines, or Services that differ from the present one in their version. None where that may not be read.
 */
export async function newVersions(
  clusters: Clusters,
  candidate: Candidate,
  signal: AbortSignal,
): Promise<string[]> {
  const { rule, object } = candidate
  const [first] = rule.destinations
  if (first === undefined) return []
  try {
    return rule.format.hasSubsets && first.subset !== undefined
      ? await newSubsets(clusters, candidate, first, signal)
      : await newServices(clusters, { rule, namespace: object.namespace, first }, signal)
  } catch (error) {
    if (signal.aborted || !(error instanceof ApiError)) throw error
    return []
  }
}

async function newSubsets(
  { api }: Clusters,
  { rule, object, apiVersion }: Candidate,
  first: Destination,
  signal: AbortSignal,
): Promise<string[]> {
  const namespace = rule.format.serviceOf(first, object.namespace)?.namespace ?? object.namespace
  const resource = {
    group: ISTIO_NETWORKING,
    version: apiVersion,
    plural: 'destinationrules',
    namespace,
    name: undefined,
  }
  const read = await readList(api, resource, signal)
  if (read.kind !== 'found') return []
  const host = fullName(first.host, object.namespace)
  const defined = read.value.map(parseDestinationRule).filter((one) => one.host === host)
  const present = rule.destinations.map(({ subset }) => subset)
  const names = defined.flatMap(({ subsets }) => subsets.map(({ name }) => name))
  return [...new Set(names)].filter((name) => !present.includes(name))
}

async function newServices(
  { workloads }: Clusters,
  { rule, namespace, first }: { rule: Candidate['rule']; namespace: string; first: Destination },
  signal: AbortSignal,
): Promise<string[]> {
  const present = rule.format.serviceOf(first, namespace)
  if (present === undefined || present.namespace !== namespace) return []
  const read = await readList(workloads, coreResource('services', namespace), signal)
  if (read.kind !== 'found') return []
  const nameOf = (service: JsonObject) => textAt(service, 'metadata', 'name') ?? ''
  const own = read.value.find((service) => nameOf(service) === present.name)
  if (own === undefined) return []
  const used = rule.destinations.map((one) => rule.format.serviceOf(one, namespace)?.name)
  return read.value
    .filter((other) => !used.includes(nameOf(other)) && isVersionOf(own, other, first.port))
    .map(nameOf)
}

/** The labels by which Services select Pods of one application, whatever their version. */
const APPLICATION = ['app', 'app.kubernetes.io/name', 'app.kubernetes.io/instance', 'k8s-app']

/** Whether two Services have the port, and select Pods of one application by the same labels, or have alike names. */
function isVersionOf(own: JsonObject, other: JsonObject, port: number | undefined): boolean {
  const ports = objectsAt(other, 'spec', 'ports').map((one) => numberAt(one, 'port'))
  if (port !== undefined && !ports.includes(port)) return false
  const [mine = {}, theirs = {}] = [own, other].map((one) => labelsAt(one, 'spec', 'selector'))
  const keys = Object.keys(mine).sort()
  const isAlike = keys.join() === Object.keys(theirs).sort().join()
  const differing = keys.filter((key) => mine[key] !== theirs[key])
  const isOneApplication = differing.length < keys.length && !differing.some(isOfApplication)
  if (isAlike && differing.length > 0 && isOneApplication) return true
  const [stem, otherStem] = [own, other].map((one) => stemOf(textAt(one, 'metadata', 'name') ?? ''))
  return stem !== '' && stem === otherStem
}

function isOfApplication(label: string): boolean {
  return APPLICATION.includes(label)
}

/** `web` of `web-v2`; empty where the name ends with no version. */
function stemOf(name: string): string {
  return /^(.+?)-?(?:v?\d+|stable|canary|blue|green)$/.exec(name)?.[1] ?? ''
}
