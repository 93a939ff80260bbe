import {
  type GatewayObject,
  parseGateway,
} from '../../../src/gateways/gateway-api/gateway-object.ts'
import type { JsonObject } from '../../../src/kube/json.ts'
import type { RouteObject } from '../../../src/routes/route-object.ts'
import { parsedObject } from '../../routes/support/objects.ts'

const GROUP = 'gateway.networking.k8s.io'

/** A Gateway demo/public with these listeners; its name may be given. */
export function gatewayJson(listeners: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  return {
    apiVersion: `${GROUP}/v1`,
    kind: 'Gateway',
    metadata: { name: 'public', namespace: 'demo', generation: 1 },
    spec: { gatewayClassName: 'istio', listeners: [...listeners] },
    ...more,
  }
}

export function gatewayWith(
  listeners: readonly JsonObject[],
  more: JsonObject = {},
): GatewayObject {
  const parsed = parseGateway(gatewayJson(listeners, more))
  if (parsed === undefined) throw new Error('no Gateway')
  return parsed
}

/** A listener, by default one named http on port 80. */
export function listener(more: JsonObject = {}): JsonObject {
  return { name: 'http', port: 80, protocol: 'HTTP', ...more }
}

export const HTTPS = listener({
  name: 'https',
  port: 443,
  protocol: 'HTTPS',
  tls: { mode: 'Terminate', certificateRefs: [{ name: 'web' }] },
})

/** A listener for TLS in a mode. */
export function tlsListener(mode: 'Passthrough' | 'Terminate', more: JsonObject = {}): JsonObject {
  return listener({ name: 'tls', port: 8443, protocol: 'TLS', tls: { mode }, ...more })
}

export const TCP = listener({ name: 'tcp', port: 31400, protocol: 'TCP' })

/** Allows routes of namespaces with these labels. */
export function fromLabels(matchLabels: JsonObject): JsonObject {
  return { allowedRoutes: { namespaces: { from: 'Selector', selector: { matchLabels } } } }
}

export const FROM_ALL = { allowedRoutes: { namespaces: { from: 'All' } } }

type Route = { kind?: string; metadata?: JsonObject; spec?: JsonObject; status?: JsonObject }

/** A route demo/web of a kind, by default an HTTPRoute, attached to Gateway demo/public, with one rule. */
export function routeJson({ kind = 'HTTPRoute', metadata, spec, status }: Route = {}): JsonObject {
  const name = 'web'
  return {
    apiVersion: `${GROUP}/v1`,
    kind,
    metadata: {
      name,
      namespace: 'demo',
      uid: JSON.stringify([kind, name, metadata]),
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-03-02T00:00:00Z',
      ...metadata,
    },
    spec: { parentRefs: [{ name: 'public' }], rules: [rule()], ...spec },
    ...(status === undefined ? {} : { status }),
  }
}

export function routeObject(route: Route = {}): RouteObject {
  return parsedObject(routeJson(route))
}

/** A rule to two Services, with these matches. */
export function rule(...matches: JsonObject[]): JsonObject {
  const backendRefs = ['web-v1', 'web-v2'].map((name) => ({ name, port: 80, weight: 1 }))
  return matches.length === 0 ? { backendRefs } : { matches: [...matches], backendRefs }
}
