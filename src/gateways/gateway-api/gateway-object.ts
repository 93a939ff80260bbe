import {
  type Json,
  type JsonObject,
  labelsAt,
  numberAt,
  objectsAt,
  textAt,
  textsAt,
} from '../../kube/json.ts'
import type { NamespacedName } from '../../kube/names.ts'
import { type Condition, conditionsAt } from '../../routes/gateway-api/checks/conditions-of.ts'
import { GATEWAY_API } from '../../routes/types/route-types.ts'
import type { ListenerTls } from '../gateway-search.ts'

/** A Gateway of the Gateway API, with the parts that decide which routes its listeners use and where it is. */
export type GatewayObject = NamespacedName & {
  generation: number | undefined
  listeners: readonly GatewayListener[]
  /** What the spec asks for. */
  wantedAddresses: readonly GatewayAddress[]
  /** What the controller assigned. */
  addresses: readonly GatewayAddress[]
  conditions: readonly Condition[]
}

export type GatewayListener = {
  /** Unique within the Gateway. Routes name it as a section. */
  name: string
  port: number
  /** `HTTP`, `HTTPS`, `TLS`, `TCP` or `UDP`, or a controller's own one. */
  protocol: string
  tls: ListenerTls
  /** `*` where none is written. */
  hostname: string
  /** Kinds of the Gateway API that it allows; undefined: all of its protocol. */
  kinds: readonly string[] | undefined
  /** Namespaces whose routes it allows. */
  from: NamespaceRule
  conditions: readonly Condition[]
}

/** `Selector`: namespaces whose labels the selector matches. */
export type NamespaceRule =
  | { kind: 'Same' | 'All' | 'None' }
  | { kind: 'Selector'; selector: LabelSelector }

export type LabelSelector = {
  labels: Readonly<Record<string, string>>
  expressions: readonly { key: string; operator: string; values: readonly string[] }[]
}

export type GatewayAddress = { type: string; value: string }

/** undefined where the JSON has no name. */
export function parseGateway(json: Json): GatewayObject | undefined {
  const name = textAt(json, 'metadata', 'name')
  const namespace = textAt(json, 'metadata', 'namespace')
  if (name === undefined || namespace === undefined) return undefined
  const statuses = objectsAt(json, 'status', 'listeners')
  return {
    name,
    namespace,
    generation: numberAt(json, 'metadata', 'generation'),
    listeners: objectsAt(json, 'spec', 'listeners').flatMap((listener) => {
      const status = statuses.find((one) => textAt(one, 'name') === textAt(listener, 'name'))
      return parseListener(listener, conditionsAt(status ?? null)) ?? []
    }),
    wantedAddresses: addressesAt(json, 'spec'),
    addresses: addressesAt(json, 'status'),
    conditions: conditionsAt(json, 'status'),
  }
}

function parseListener(
  json: JsonObject,
  conditions: readonly Condition[],
): GatewayListener | undefined {
  const [name, port] = [textAt(json, 'name'), numberAt(json, 'port')]
  if (name === undefined || port === undefined) return undefined
  const protocol = textAt(json, 'protocol') ?? ''
  const allowed = objectsAt(json, 'allowedRoutes', 'kinds')
  return {
    name,
    port,
    protocol,
    tls: tlsOf(protocol, textAt(json, 'tls', 'mode')),
    hostname: textAt(json, 'hostname') || '*',
    kinds: allowed.length === 0 ? undefined : allowed.flatMap(ownKind),
    from: namespaceRule(json),
    conditions,
  }
}

/** The kind, if it is of the Gateway API, which is also the meaning of a missing group. */
function ownKind(json: JsonObject): string[] {
  const group = textAt(json, 'group') ?? GATEWAY_API
  const kind = textAt(json, 'kind')
  return group === GATEWAY_API && kind !== undefined ? [kind] : []
}

function tlsOf(protocol: string, mode: string | undefined): ListenerTls {
  if (protocol === 'HTTPS') return 'terminate'
  if (protocol !== 'TLS') return 'none'
  return mode === 'Passthrough' ? 'passthrough' : 'terminate'
}

function namespaceRule(listener: JsonObject): NamespaceRule {
  const from = textAt(listener, 'allowedRoutes', 'namespaces', 'from')
  switch (from) {
    case 'All':
    case 'None':
      return { kind: from }
    case 'Selector':
      return {
        kind: 'Selector',
        selector: {
          labels: labelsAt(listener, 'allowedRoutes', 'namespaces', 'selector', 'matchLabels'),
          expressions: objectsAt(
            listener,
            'allowedRoutes',
            'namespaces',
            'selector',
            'matchExpressions',
          ).map((one) => ({
            key: textAt(one, 'key') ?? '',
            operator: textAt(one, 'operator') ?? '',
            values: textsAt(one, 'values'),
          })),
        },
      }
    default:
      return { kind: 'Same' }
  }
}

function addressesAt(json: Json, part: 'spec' | 'status'): GatewayAddress[] {
  return objectsAt(json, part, 'addresses').flatMap((address) => {
    const value = textAt(address, 'value')
    return value ? [{ type: textAt(address, 'type') ?? 'IPAddress', value }] : []
  })
}
