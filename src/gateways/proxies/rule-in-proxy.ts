import { fullName } from '../../routes/istio/host.ts'
import { kindOf } from '../../routes/kinds.ts'
import type { ProbeRequest } from '../../routes/probe-request.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { MESH_GATEWAY, type Rule } from '../../routes/rule.ts'
import type { Destination } from '../../routes/rule-format.ts'
import type { ServedAs } from '../gateway-search.ts'
import type { ProxyArrival, ProxyPod } from './found-proxies.ts'
import type { MeshDestination, RuleInProxy } from './held-rule.ts'
import { requestFor } from './request-for.ts'

/** A rule that proxies hold. */
export type SoughtRule = {
  object: RouteObject
  /** With the destinations that the proxies should have, in the order in which their shares are wanted. */
  rule: Rule
  /** As FoundProxies has it. */
  served?: ServedAs | undefined
  /** What samples of the run send; undefined where that is not known, or there are none. */
  request?: ProbeRequest | undefined
}

/** `why` is a clause without a period. */
export type SoughtInProxy = { kind: 'known'; rule: RuleInProxy } | { kind: 'unknown'; why: string }

/**
 * How to find a rule in the configuration dump of a Pod's Envoy: by what the run sends, where that arrives there, else by
 * a request that hits the rule by its matches. Where a match is a regular expression, no such request is known. Then the
 * destinations tell, if no other rule of the object has only those.
 */
export function ruleInProxy(sought: SoughtRule, pod: ProxyPod): SoughtInProxy {
  const { object, rule, request: given } = sought
  const named = rule.destinations.map((one) => meshDestination(object, rule, one))
  const destinations = named.filter((one) => one !== undefined)
  if (destinations.length < named.length)
    return { kind: 'unknown', why: 'not all of its destinations are Services' }
  const served = sought.served ?? { object, rule }
  const arrivals = pod.arrivals ?? []
  const isOnly = ![...others({ object, rule }), ...others(served)].some((other) =>
    isWithin(other, destinations, object),
  )
  const preferred = [...arrivals.filter((one) => isAt(one, given)), ...arrivals]
  for (const one of preferred) {
    const request = requestFor(served, one, { given, isOnly })
    if (request !== undefined)
      return { kind: 'known', rule: foundBy({ destinations, request, one, arrivals }) }
  }
  const [first] = arrivals
  if (first === undefined)
    return { kind: 'unknown', why: 'where its traffic arrives in the Pod is not known' }
  if (!isOnly)
    return {
      kind: 'unknown',
      why: 'another rule has the same destinations, and no request is known that hits only this one',
    }
  return {
    kind: 'known',
    rule: foundBy({ destinations, request: undefined, one: first, arrivals }),
  }
}

function isAt({ arrival }: ProxyArrival, given: ProbeRequest | undefined): boolean {
  return given !== undefined && arrival.gateway === given.gateway && arrival.port === given.port
}

type Found = {
  destinations: readonly MeshDestination[]
  request: ProbeRequest | undefined
  one: ProxyArrival
  arrivals: readonly ProxyArrival[]
}

function foundBy({ destinations, request, one, arrivals }: Found): RuleInProxy {
  const hosts = [...new Set(arrivals.flatMap((each) => each.hosts))]
  const ports = arrivals.flatMap(({ port }) => port ?? [])
  const areKnown = ports.length === arrivals.length
  return {
    destinations,
    hosts,
    request,
    ...(one.arrival.gateway === MESH_GATEWAY ? { isOfMesh: true } : {}),
    port: areKnown ? one.port : undefined,
    ...(areKnown ? { otherPorts: [...new Set(ports)].filter((port) => port !== one.port) } : {}),
  }
}

/** The Service of a destination as proxies name it. istiod uses the host of a ServiceEntry as it is. */
function meshDestination(
  { namespace }: RouteObject,
  { format }: Rule,
  { host, port, subset, otherKind }: Destination,
): MeshDestination | undefined {
  if (otherKind !== undefined || host === '') return undefined
  const service = format.serviceOf({ host }, namespace)
  const full = service
    ? fullName(`${service.name}.${service.namespace}.svc`, namespace)
    : host.toLowerCase()
  return { host: full, port, subset: subset ?? '' }
}

function others({ object, rule }: ServedAs): Rule[] {
  return kindOf(object)
    .rules(object)
    .filter((one) => one.protocol === rule.protocol && one.index !== rule.index)
}

/** Whether a rule has destinations, and only such ones. */
function isWithin(
  rule: Rule,
  destinations: readonly MeshDestination[],
  object: RouteObject,
): boolean {
  return (
    rule.destinations.length > 0 &&
    rule.destinations.every((one) => {
      const named = meshDestination(object, rule, one)
      return destinations.some(
        ({ host, subset, port }) =>
          host === named?.host &&
          subset === named.subset &&
          (port === undefined || named.port === undefined || port === named.port),
      )
    })
  )
}
