import type { ApiServer } from '../../../kube/api-server.ts'
import { objectsAt } from '../../../kube/json.ts'
import { kubectl } from '../../../kube/kubectl.ts'
import { shellQuoted } from '../../../problem/shell-quoted.ts'
import { byAge } from '../../../routes/istio/by-age.ts'
import type { RouteObject } from '../../../routes/route-object.ts'
import { type Rule, trafficWord } from '../../../routes/rule.ts'
import { gatewayName } from '../gateway-object.ts'
import type { AtServer, Taker } from './first-taker.ts'
import type { Ours, Place } from './takers-before.ts'

export function portText({ gateway, server }: AtServer): string {
  return `port ${server.port} of Gateway ${gatewayName(gateway)}`
}

/** A place whose traffic other objects get: their rules that come before ours, in istiod's order. */
export type Taken = { at: Place; takers: readonly [Taker, ...Taker[]]; isSure: boolean }

/** Which VirtualService gets the traffic of a place, and by which of istiod's rules. */
export function takenText({ at, takers }: Taken, { object: ours, rule }: Ours): string {
  const [first, ...later] = takers
  const theirs = first.object
  const why =
    byAge(theirs, ours) < 0
      ? 'is older and'
      : "comes first, because its exportTo names the gateway's namespace, and"
  return `The weights of ${nameOf(ours)} would have no effect ${placeText(at)}. VirtualService ${nameOf(theirs)} ${why} gets ${trafficText(first, rule)}.${laterText(later, ours)}`
}

/** The same if it depends on what could not be read. */
export function mayTakeText({ at, takers }: Taken, { object: ours, rule }: Ours): string {
  const [first, ...later] = takers
  return `VirtualService ${nameOf(first.object)} may get the ${trafficWord(rule)}s ${at.host === undefined ? `of ${portText(at)}` : `for host ${at.host} at ${portText(at)}`} before ${nameOf(ours)}. That depends on the hosts of the Gateway, and on the namespace and the Istio revision of its Pods, which are not known here.${laterText(later, ours)}`
}

function placeText(at: Place): string {
  return at.host === undefined ? `on ${portText(at)}` : `for host ${at.host} at ${portText(at)}`
}

function trafficText(first: Taker, { position, protocol }: Rule): string {
  if (protocol === 'tcp') return `the connections of that port${clientsText(first)}`
  if (protocol === 'tls')
    return `the connections with a name of rule ${position}${clientsText(first)}`
  return `every request that rule ${position} matches`
}

function laterText(later: readonly Taker[], ours: RouteObject): string {
  if (later.length === 0) return ''
  const names = later.map(({ object }) => nameOf(object)).join(' and ')
  return ` Without it, ${names} would come before ${nameOf(ours)} too.`
}

export function takenRemedy(api: ApiServer, { takers }: Taken): string {
  const commands = takers.map(
    ({ object }) =>
      `  ${kubectl(api, object.namespace)} get virtualservice ${shellQuoted(object.name)} --output yaml`,
  )
  return `Check whether it is still needed there:\n${commands.join('\n')}`
}

function nameOf({ namespace, name }: RouteObject): string {
  return `${namespace}/${name}`
}

const CLIENT_FIELDS = [
  'sourceLabels',
  'sourceSubnet',
  'sourceSubnets',
  'sourceNamespace',
  'destinationSubnets',
]

/** The fields of a match that a gateway ignores, so that it is wider than it looks. */
function clientsText({ object, rule }: Taker): string {
  const fields = CLIENT_FIELDS.filter((field) =>
    objectsAt(object.raw, ...rule.path, 'match').some((match) => field in match),
  )
  return fields.length > 0 ? ` (gateways ignore ${fields.join(' and ')} in its match)` : ''
}
