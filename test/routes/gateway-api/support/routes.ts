import type { JsonObject } from '../../../../src/kube/json.ts'
import { kindOf } from '../../../../src/routes/kinds.ts'
import type { HttpRequest } from '../../../../src/routes/probe-request.ts'
import type { RouteObject } from '../../../../src/routes/route-object.ts'
import type { Rule } from '../../../../src/routes/rule.ts'
import { only, parsedObject } from '../../support/objects.ts'

export type RouteKindName = 'HTTPRoute' | 'GRPCRoute' | 'TLSRoute' | 'TCPRoute'

export const KINDS: readonly RouteKindName[] = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute']

/** A backend with everything that the API server fills in. */
export function backend(name: string, weight = 1, more: JsonObject = {}): JsonObject {
  return { group: '', kind: 'Service', name, port: 80, weight, ...more }
}

export type RouteParts = {
  kind?: RouteKindName
  name?: string
  namespace?: string
  createdAt?: string
  parents?: JsonObject[]
  hostnames?: string[]
  status?: JsonObject
  metadata?: JsonObject
}

/** A route as the API server gives it. */
export function routeJson(rules: readonly JsonObject[], parts: RouteParts = {}): JsonObject {
  const { kind = 'HTTPRoute', name = 'web', namespace = 'demo', hostnames, status } = parts
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind,
    metadata: {
      creationTimestamp: parts.createdAt ?? '2026-03-01T10:00:00Z',
      name,
      namespace,
      generation: 3,
      resourceVersion: '41',
      uid: `uid-of-${namespace}-${name}`,
      ...parts.metadata,
    },
    spec: {
      parentRefs: parts.parents ?? [{ name: 'edge' }],
      ...(hostnames === undefined ? {} : { hostnames }),
      rules: [...rules],
    },
    ...(status === undefined ? {} : { status }),
  }
}

/** The same, parsed. */
export function routeOf(rules: readonly JsonObject[], parts: RouteParts = {}): RouteObject {
  return parsedObject(routeJson(rules, parts))
}

export function rulesIn(object: RouteObject): readonly Rule[] {
  return kindOf(object).rules(object)
}

/** The only rule of a route with these backends. */
export function ruleWith(backends: readonly JsonObject[], parts: RouteParts = {}): Rule {
  return only(rulesIn(routeOf([{ backendRefs: [...backends] }], parts)))
}

/** A rule with these matches and one backend. */
export function matching(matches: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  return { matches: [...matches], backendRefs: [backend('v1')], ...more }
}

/** A match on a path. */
export function onPath(value: string, type = 'PathPrefix'): JsonObject {
  return { path: { type, value } }
}

/** A request at the listener of `demo/edge`. */
export function request(path: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return {
    gateway: 'demo/edge',
    port: 80,
    protocol: 'http',
    method: 'GET',
    scheme: 'http',
    authority: 'shop.example.com',
    path,
    headers: [],
    ...more,
  }
}

/** What a controller says about a route at one of its parents. */
export function parentStatus(
  conditions: readonly JsonObject[],
  { controller = 'istio.io/gateway-controller', parent = { name: 'edge' } as JsonObject } = {},
): JsonObject {
  return { controllerName: controller, parentRef: parent, conditions: [...conditions] }
}

export function condition(type: string, status: string, more: JsonObject = {}): JsonObject {
  return { type, status, observedGeneration: 3, reason: 'Because', message: '', ...more }
}
