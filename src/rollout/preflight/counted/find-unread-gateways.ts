import type { ApiServer } from '../../../kube/api-server.ts'
import { at, type JsonObject, labelsAt, objectsAt, textAt, textsAt } from '../../../kube/json.ts'
import { readList } from '../../../kube/resources.ts'
import { plainList } from '../../../problem/list-text.ts'
import { type Problem, warning } from '../../../problem/problem.ts'
import type { ProxySet } from '../../proxies/proxy-set.ts'

const SERVICE_NAME = 'kubernetes.io/service-name'
/** Endpoints that a text names. */
const MOST_NAMED = 5

/**
 * Warnings about endpoints of the gateway's Services that are not among the proxies that are read. Clients that reach them are
 * not counted. What may not be listed cannot be compared.
 */
export async function findUnreadGateways(
  workloads: ApiServer,
  proxies: Pick<ProxySet, 'members'>,
  signal: AbortSignal,
): Promise<Problem[]> {
  const pods = proxies.members().flatMap(({ pod }) => (pod.role === 'sidecar' ? [] : [pod]))
  const read = new Set(pods.map(({ namespace, name }) => `${namespace}/${name}`))
  const namespaces = [...new Set(pods.map(({ namespace }) => namespace))]
  const listed = await Promise.all(
    namespaces.map(async (namespace) => {
      const plural = 'endpointslices'
      const slices = {
        group: 'discovery.k8s.io',
        version: 'v1',
        plural,
        namespace,
        name: undefined,
      }
      const answer = await readList(workloads, slices, signal)
      return answer.kind === 'found' ? answer.value : []
    }),
  )
  return [...endpointsByService(listed.flat())].flatMap(([service, endpoints]) => {
    const names = endpoints.filter(isServing).map((endpoint) => nameOf(endpoint, service))
    const unread = [...new Set(names)].filter((name) => !read.has(name))
    return names.length === unread.length || unread.length === 0
      ? []
      : [unreadWarning(service, unread)]
  })
}

/** By `namespace/name` of the Service. */
function endpointsByService(slices: readonly JsonObject[]): Map<string, JsonObject[]> {
  const all = new Map<string, JsonObject[]>()
  for (const slice of slices) {
    const service = labelsAt(slice, 'metadata', 'labels')[SERVICE_NAME]
    if (service === undefined) continue
    const name = `${textAt(slice, 'metadata', 'namespace') ?? ''}/${service}`
    all.set(name, [...(all.get(name) ?? []), ...objectsAt(slice, 'endpoints')])
  }
  return all
}

/** A condition that is missing is as good as true. */
function isServing(endpoint: JsonObject): boolean {
  return at(endpoint, 'conditions', 'ready') !== false
}

/** `namespace/name` of its Pod; where it is of no Pod, its address. */
function nameOf(endpoint: JsonObject, service: string): string {
  const { targetRef } = endpoint
  const pod = textAt(targetRef, 'kind') === 'Pod' ? textAt(targetRef, 'name') : undefined
  const [namespace = ''] = service.split('/')
  return pod === undefined
    ? textsAt(endpoint, 'addresses').join(', ')
    : `${textAt(targetRef, 'namespace') ?? namespace}/${pod}`
}

function unreadWarning(service: string, unread: readonly string[]): Problem {
  const more = unread.length - MOST_NAMED
  const named = [...unread.slice(0, MOST_NAMED), ...(more > 0 ? [`${more} more`] : [])]
  return warning(
    'ITS-GATEWAY-NOT-COUNTED',
    `Service ${service} also leads to ${plainList(named)}, ${unread.length === 1 ? 'which is' : 'which are'} not read. What users do there is not counted.`,
    `Check whether ${unread.length === 1 ? 'it is a gateway' : 'they are gateways'} that ${unread.length === 1 ? 'holds' : 'hold'} the rule too. If so, verify the split with traffic: own, or give ${unread.length === 1 ? 'it' : 'them'} the labels that the Gateway selects.`,
  )
}
