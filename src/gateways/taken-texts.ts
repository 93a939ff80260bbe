import type { ApiServer } from '../kube/api-server.ts'
import { isObject, objectsAt } from '../kube/json.ts'
import { kubectl } from '../kube/kubectl.ts'
import { shellQuoted } from '../problem/shell-quoted.ts'
import { byAge } from '../routes/istio/by-age.ts'
import type { RouteObject } from '../routes/route-object.ts'
import type { AtServer } from './first-taker.ts'
import { gatewayName } from './gateway-object.ts'
import type { Taken } from './taken-first.ts'

export function portText({ gateway, server }: AtServer): string {
  return `Port ${server.port} of Gateway ${gatewayName(gateway)}`
}

/** Who takes the connections of a server, and by which of istiod's rules. */
export function takenText({ at, taker }: Taken, ours: RouteObject): string {
  const theirs = taker.object
  const why =
    byAge(theirs, ours) < 0
      ? 'is older and'
      : "comes first, since its exportTo names the gateway's namespace, and"
  return `VirtualService ${nameOf(theirs)} ${why} takes the same gateway port first${clientsText(taker)}: weights of ${nameOf(ours)} would have no effect on port ${at.server.port} of Gateway ${gatewayName(at.gateway)}`
}

/** The same where it depends on what could not be read. */
export function mayTakeText({ at, taker }: Taken, ours: RouteObject): string {
  return `VirtualService ${nameOf(taker.object)} may take port ${at.server.port} of Gateway ${gatewayName(at.gateway)} before ${nameOf(ours)}: that depends on what is not known here: the hosts of the Gateway, and the namespace and the Istio revision of its Pods`
}

export function takenRemedy(api: ApiServer, theirs: RouteObject): string {
  return `Look at it:\n  ${kubectl(api.context, theirs.namespace)} get virtualservice ${shellQuoted(theirs.name)} --output yaml`
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

/** A match that looks narrower than it is at a gateway. */
function clientsText({ object, rule }: Taken['taker']): string {
  const written = objectsAt(object.spec, 'tcp')[rule.index]
  const fields = CLIENT_FIELDS.filter((field) =>
    objectsAt(written, 'match').some((match) => isObject(match) && field in match),
  )
  return fields.length > 0 ? ` (gateways ignore ${fields.join(' and ')} in its match)` : ''
}
