import { ISTIO_NETWORKING, resourcePath } from '../../kube/resources.ts'
import type { ObjectName } from '../object-name.ts'
import type { RouteType } from './route-type.ts'

export const GATEWAY_API = 'gateway.networking.k8s.io'

export const VIRTUAL_SERVICE_TYPE: RouteType = {
  kind: 'VirtualService',
  api: {
    group: ISTIO_NETWORKING,
    plural: 'virtualservices',
    versions: ['v1', 'v1beta1', 'v1alpha3'],
  },
  kubectl: { one: 'virtualservice', list: 'virtualservices', short: 'vs' },
  route: {
    words: ['http', 'tls', 'tcp'],
    forms:
      'http, http:NAME, tls, tls:SNI, tcp or tcp:PORT with a port from 1 to 65535, or http[I], tls[I] or tcp[I] with the position of the rule, counted from 0',
  },
}

export const HTTP_ROUTE_TYPE = gatewayApiType('HTTPRoute', ['v1', 'v1beta1', 'v1alpha2'])
export const GRPC_ROUTE_TYPE = gatewayApiType('GRPCRoute', ['v1', 'v1alpha2'])
export const TLS_ROUTE_TYPE = gatewayApiType('TLSRoute', ['v1', 'v1alpha3', 'v1alpha2'])
export const TCP_ROUTE_TYPE = gatewayApiType('TCPRoute', ['v1', 'v1alpha2'])

/** In the order of ROUTE_KINDS. They are apart from it because the first read is sent before all of a kind is loaded. */
export const ROUTE_TYPES: readonly RouteType[] = [
  VIRTUAL_SERVICE_TYPE,
  HTTP_ROUTE_TYPE,
  GRPC_ROUTE_TYPE,
  TLS_ROUTE_TYPE,
  TCP_ROUTE_TYPE,
]

function gatewayApiType(kind: string, versions: readonly string[]): RouteType {
  const plural = `${kind.toLowerCase()}s`
  // Other API groups have kinds of the same names.
  const type = `${plural}.${GATEWAY_API}`
  return {
    kind,
    api: { group: GATEWAY_API, plural, versions },
    kubectl: { one: type, list: type },
    route: {
      words: ['rule'],
      forms: 'rule:NAME by the name of the rule, or rule[I] with its position, counted from 0',
    },
  }
}

/** Fails for a name that is not a kind of route object. */
export function typeNamed(name: string): RouteType {
  const found = ROUTE_TYPES.find(({ kind }) => kind === name)
  if (found === undefined) throw new RangeError(`${JSON.stringify(name)} is not a route object`)
  return found
}

/** The path that a run reads first: that of the newest version. */
export function firstPath({ kind, namespace, name }: ObjectName): string {
  const { group, plural, versions } = typeNamed(kind).api
  const [version = 'v1'] = versions
  return resourcePath({ group, plural, version, namespace, name })
}
