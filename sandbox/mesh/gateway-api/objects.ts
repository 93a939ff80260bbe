import type { Json } from '../../objects/json.ts'
import { type KubeObject, textsOf } from '../../objects/kube-object.ts'

/** The kinds of routes of the Gateway API. */
export const ROUTE_KINDS = ['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute'] as const
export type RouteKindName = (typeof ROUTE_KINDS)[number]

/** What istiod reads of the Gateway API, and of what its objects refer to. */
export type GatewayApiObjects = {
  classes: readonly KubeObject[]
  gateways: readonly KubeObject[]
  routes: Readonly<Record<RouteKindName, readonly KubeObject[]>>
  grants: readonly KubeObject[]
  namespaces: readonly KubeObject[]
  services: readonly KubeObject[]
  endpointSlices: readonly KubeObject[]
  secrets: readonly KubeObject[]
}

/** The controller of the Gateways that istiod serves. */
export const CONTROLLER = 'istio.io/gateway-controller'

/** Marks what istiod makes of objects of the Gateway API, as istiod does. */
export const SEMANTICS = { 'internal.istio.io/route-semantics': 'gateway' }
export const SERVICE_OF_GATEWAY = 'internal.istio.io/gateway-service'

/** Whether a VirtualService stands for routes of the Gateway API. */
export function hasGatewaySemantics(object: KubeObject): boolean {
  return 'internal.istio.io/route-semantics' in textsOf(object, 'annotations')
}

/** Why a reference or a rule is wrong, as a condition says it. */
export type ConfigError = { reason: string; message: string }

/** An object of Istio as istiod makes it: with the age of another one. */
export function internal(
  kind: 'Gateway' | 'VirtualService',
  of: KubeObject,
  name: string,
  made: { annotations: Record<string, string>; spec: Record<string, Json> },
): KubeObject {
  const { namespace = '', creationTimestamp = '' } = of.metadata
  return {
    apiVersion: 'networking.istio.io/v1',
    kind,
    metadata: { name, namespace, creationTimestamp, annotations: made.annotations },
    spec: made.spec,
  }
}
