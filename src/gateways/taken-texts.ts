import type { ApiServer } from '../kube/api-server.ts'
import { isObject, objectsAt } from '../kube/json.ts'
import { kubectl } from '../kube/kubectl.ts'
import { shellQuoted } from '../problem/shell-quoted.ts'
import { byAge } from '../routes/istio/by-age.ts'
import type { RouteObject } from '../routes/route-object.ts'
import type { AtServer, Taker } from './first-taker.ts'
import { gatewayName } from './gateway-object.ts'

export function portText({ gateway, server }: AtServer): string {
  return `port ${server.port} of Gateway ${gatewayName(gateway)}`
}

/** A server whose connections other objects get: their rules that come before ours, in istiod's order. */
export type Taken = { at: AtServer; takers: readonly [Taker, ...Taker[]]; isSure: boolean }

/** Which VirtualService gets the connections of a server, and by which of istiod's rules. */
export function takenText({ at, takers }: Taken, ours: RouteObject): string {
  const [first, ...later] = takers
  const theirs = first.object
  const why =
    byAge(theirs, ours) < 0
      ? 'is older and'
      : "comes first, because its exportTo names the gateway's namespace, and"
  return `The weights of ${nameOf(ours)} would have no effect on ${portText(at)}. VirtualService ${nameOf(theirs)} ${why} gets the connections of that port${clientsText(first)}.${laterText(later, ours)}`
}

/** The same if it depends on what could not be read. */
export function mayTakeText({ at, takers }: Taken, ours: RouteObject): string {
  const [first, ...later] = takers
  return `VirtualService ${nameOf(first.object)} may get the connections of ${portText(at)} before ${nameOf(ours)}. That depends on the hosts of the Gateway, and on the namespace and the Istio revision of its Pods, which are not known here.${laterText(later, ours)}`
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
  const written = objectsAt(object.spec, 'tcp')[rule.index]
  const fields = CLIENT_FIELDS.filter((field) =>
    objectsAt(written, 'match').some((match) => isObject(match) && field in match),
  )
  return fields.length > 0 ? ` (gateways ignore ${fields.join(' and ')} in its match)` : ''
}
