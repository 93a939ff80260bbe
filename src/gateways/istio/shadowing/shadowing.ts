import {
  canBeStored,
  grantingRule,
  ISTIO_NETWORKING,
  type Read,
  type Resource,
  readList,
} from '../../../kube/resources.ts'
import { type Problem, problem, warning } from '../../../problem/problem.ts'
import { isForNone, nearness } from '../../../routes/istio/export-to.ts'
import { canMeet, isReadWith } from '../../../routes/istio/revision.ts'
import { coveringRule } from '../../../routes/istio/rules/covering-rule.ts'
import { rulesOf } from '../../../routes/kinds.ts'
import { parseRouteObject, type RouteObject } from '../../../routes/route-object.ts'
import { gatewaysOf, type Rule, trafficWord } from '../../../routes/rule.ts'
import type { ShadowSearch } from '../../gateway-finder.ts'
import { isDelegate, mergedIn } from '../delegated.ts'
import { asFoundServer, type FoundServer, NO_SERVER } from '../found-server.ts'
import { type GatewayObject, gatewayName, parseGateway } from '../gateway-object.ts'
import { type AtServer, exportToOfObject } from './first-taker.ts'
import { skippedServers } from './merged-servers.ts'
import { findOtherTaker } from './request-taken.ts'
import { findTakers } from './taken-first.ts'
import { portText } from './taken-texts.ts'

/**
 * Whether something else gets the rule's connections first. This is decided as istiod does: by the servers of the
 * Gateways, by `exportTo`, and by the order of the VirtualServices.
 */
export async function findShadowing(search: ShadowSearch, signal: AbortSignal): Promise<Problem[]> {
  const { api, apiVersion, object, rule, locating, probeHost, asking } = search
  if (isDelegate(search)) {
    const { served } = await locating.then(asFoundServer).catch(() => NO_SERVER)
    return served ? findShadowing({ ...search, ...served }, signal) : []
  }
  const own = coveringRule(rule, rulesOf(object))
  // The preflight checks of the rule itself report that.
  if (own) return []
  // For names that no Gateway can have, they are not listed.
  const isBound = gatewaysOf(rule).some(canBeStored)
  const resources = ['virtualservices', ...(isBound ? ['gateways'] : [])].map(
    (plural): Resource => ({
      group: ISTIO_NETWORKING,
      version: apiVersion,
      plural,
      namespace: undefined,
      name: undefined,
    }),
  )
  const [request, located, ...reads] = await Promise.all([
    asking?.catch(() => undefined),
    // The check that connects reports why it was not found.
    locating.then(asFoundServer).catch(() => NO_SERVER),
    ...resources.map((resource) => readList(api, resource, signal)),
  ])
  const [objectsRead, gatewaysRead] = reads
  const read = listed(objectsRead).flatMap((json) => parseRouteObject(json) ?? [])
  const others = read.map((one) => mergedIn(one, read).object)
  // A Gateway for another revision of Istio counts only if the rule names it.
  const all = listed(gatewaysRead).flatMap((json) => {
    const gateway = parseGateway(json)
    if (gateway === undefined) return []
    const isOwn = gatewaysOf(rule).includes(gatewayName(gateway))
    return isOwn || isReadWith(object.raw, json) ? [gateway] : []
  })
  const gateways = all.length > 0 || !located.at ? all : [located.at.gateway]
  const where = { api, located, gateways, probeHost }
  const ours = { object, rule }
  const meeting = others.filter(({ uid, raw }) => uid !== object.uid && canMeet(object.raw, raw))
  const takers = findTakers(ours, meeting, where)
  return [
    ...notChecked(rule, reads),
    ...findUnseen(object, located),
    ...findSkippedServer(object, where),
    ...(takers.length > 0 || !request ? takers : findOtherTaker(ours, meeting, request, where)),
  ]
}

function listed<T>(read: Read<T[]> | undefined): T[] {
  return read?.kind === 'found' ? read.value : []
}

function notChecked(rule: Rule, reads: readonly Read<unknown>[]): Problem[] {
  const denied = reads.flatMap((read) => (read.kind === 'denied' ? [read.resource] : []))
  const [resource] = denied
  if (resource === undefined) return []
  const plurals = denied.map(({ plural }) => plural)
  const what = plurals.includes('virtualservices')
    ? `an older VirtualService gets the ${trafficWord(rule)}s of the same ${rule.protocol === 'tcp' ? 'gateway port' : 'host'}`
    : 'a server of another Gateway has the same port'
  return [
    warning(
      'ITS-SHADOWING-NOT-CHECKED',
      `Whether ${what} was not checked, because listing ${plurals.join(' and ')} of all namespaces is not allowed.`,
      grantingRule(resource, 'list', plurals),
    ),
  ]
}

/** The error for an object that the proxies of the gateway do not see, so that it has no effect there. */
function findUnseen(object: RouteObject, { pods }: FoundServer): Problem[] {
  const exportTo = exportToOfObject(object)
  const unseen = pods
    ? nearness(exportTo, object.namespace, pods.namespace) === undefined
    : isForNone(exportTo)
  if (!unseen) return []
  const where = pods ? `, and the gateway's Pods are in namespace ${pods.namespace}` : ''
  return [
    problem(
      'ITS-NOT-EXPORTED',
      `The weights of ${object.namespace}/${object.name} would have no effect. It has exportTo ${exportTo.join(', ')}${where}.`,
      `Add the gateway's namespace to exportTo${pods ? `: ${pods.namespace}` : ''}.`,
    ),
  ]
}

/** The error for a server that istiod leaves out, because an older Gateway has one on the same port. */
function findSkippedServer(
  object: RouteObject,
  { located, gateways }: { located: FoundServer; gateways: readonly GatewayObject[] },
): Problem[] {
  const { at, pods } = located
  if (!at || !pods) return []
  const skipped = skippedServers(gateways, pods).find((one) => isSameServer(one.at, at))
  if (!skipped) return []
  const isWithin = gatewayName(skipped.by.gateway) === gatewayName(at.gateway)
  return [
    problem(
      'ITS-SERVER-NOT-SERVED',
      `The weights of ${object.namespace}/${object.name} would have no effect. Istio does not serve ${portText(at)}, because ${isWithin ? 'another server of this Gateway' : `Gateway ${gatewayName(skipped.by.gateway)}, which selects the same Pods and is older,`} has that port.`,
      isWithin
        ? 'Use another port for one of the two servers, or list all hosts in one server.'
        : `Use another port in one of the two Gateways, or bind ${object.name} to the older one.`,
    ),
  ]
}

function isSameServer(one: AtServer, other: AtServer): boolean {
  const keyOf = ({ gateway, server }: AtServer) =>
    JSON.stringify([gateway.namespace, gateway.name, server])
  return keyOf(one) === keyOf(other)
}
