import { type JsonObject, labelsAt, textAt, textsAt } from '../../kube/json.ts'
import { parentsOf } from '../../routes/gateway-api/rules/listeners.ts'
import { nearness } from '../../routes/istio/export-to.ts'
import type { ClientPods } from '../../routes/probe-request.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { MESH_GATEWAY, type Rule } from '../../routes/rule.ts'
import type { ProxyPod } from './found-proxies.ts'

const VIRTUAL_SERVICE = 'VirtualService'

/**
 * Why a client's sidecar does not have a rule of the mesh, as a clause; undefined where the rule and its object do not show it.
 */
export function whyAbsent(
  object: RouteObject,
  rule: Rule,
  { role, arrivals = [] }: Pick<ProxyPod, 'role' | 'arrivals'>,
): string | undefined {
  const pods = arrivals[0]?.arrival.pods
  if (role !== 'sidecar' || pods === undefined) return undefined
  const whose = `${object.kind} ${object.namespace}/${object.name}`
  if (object.kind !== VIRTUAL_SERVICE) return whyNotConsumer(object, whose, pods)
  const exportTo = textsAt(object.spec, 'exportTo')
  if (nearness(exportTo, object.namespace, pods.namespace) === undefined)
    return `${whose} leaves namespace ${pods.namespace} out of its exportTo`
  const matches = rule.listeners.flatMap(({ gateway, match }) =>
    gateway === MESH_GATEWAY ? [match ?? {}] : [],
  )
  if (matches.length > 0 && !matches.some((match) => isForClient(match, pods)))
    return 'the sourceLabels or sourceNamespace of each match of the rule are for other Pods'
  return undefined
}

/** Source: istio, sourceMatchHTTP. */
function isForClient(match: JsonObject, { namespace, labels }: ClientPods): boolean {
  if (textsAt(match, 'gateways').length > 0) return true
  const wanted = textAt(match, 'sourceNamespace') || namespace
  return (
    wanted === namespace &&
    Object.entries(labelsAt(match, 'sourceLabels')).every(([key, value]) => labels[key] === value)
  )
}

/** A route in another namespace than its Service is for the clients of its own one. Source: Gateway API, GEP-1294. */
function whyNotConsumer(
  object: RouteObject,
  whose: string,
  { namespace }: ClientPods,
): string | undefined {
  const services = parentsOf(object).filter(({ kind }) => kind === 'service')
  const isConsumer = services.every((one) => one.namespace !== object.namespace)
  return isConsumer && namespace !== object.namespace
    ? `${whose} is in another namespace than its Service, so only clients of namespace ${object.namespace} have it`
    : undefined
}
