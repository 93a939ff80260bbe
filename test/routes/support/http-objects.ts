import type { Json, JsonObject } from '../../../src/kube/json.ts'
import type { HttpRequest } from '../../../src/routes/probe-request.ts'
import type { RouteObject } from '../../../src/routes/route-object.ts'
import { parsedObject, route, virtualServiceJson } from './objects.ts'

/** An http rule with these matches; null: none. */
export function http(name: string, match: Json = null, more: JsonObject = {}): JsonObject {
  const rule = { name, route: [route('v1')], ...more }
  return match === null ? rule : { match, ...rule }
}

/** A VirtualService of demo for shop.example.com at Gateway demo/public, with these http rules. */
export function httpObject(
  rules: readonly JsonObject[],
  { metadata, spec }: { metadata?: JsonObject; spec?: JsonObject } = {},
): RouteObject {
  const { tcp: _, ...plain } = virtualServiceJson([]).spec as JsonObject
  const bound = { hosts: ['shop.example.com'], gateways: ['public'] }
  return parsedObject({
    ...virtualServiceJson([], { ...(metadata ? { metadata } : {}) }),
    spec: { ...plain, ...bound, http: [...rules], ...spec },
  })
}

/** A GET of / for shop.example.com at port 80 of Gateway demo/public. */
export function request(more: Partial<HttpRequest> = {}): HttpRequest {
  return {
    protocol: 'http',
    gateway: 'demo/public',
    port: 80,
    method: 'GET',
    scheme: 'http',
    authority: 'shop.example.com',
    path: '/',
    headers: [],
    ...more,
  }
}
