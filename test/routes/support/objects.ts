import type { Json, JsonObject } from '../../../src/kube/json.ts'
import { formsOf } from '../../../src/routes/istio/rules/destination-place.ts'
import { parseRouteObject, type RouteObject } from '../../../src/routes/route-object.ts'
import type { Destination } from '../../../src/routes/rule-format.ts'

/** A destination as in the tutorial: to tcp-echo:9000, by subset, with a weight or without. */
export function route(subset: string | undefined, weight?: number, host = 'tcp-echo'): JsonObject {
  const destination: JsonObject = { host, port: { number: 9000 } }
  if (subset !== undefined) destination.subset = subset
  return weight === undefined ? { destination } : { destination, weight }
}

/** A destination of a VirtualService as its rule has it. */
export function destinationOf(
  host: string,
  { port, subset, weight }: { port?: number; subset?: string | undefined; weight?: number },
): Destination {
  const place = { host, port, subset, weight }
  return { forms: formsOf(place), ...place }
}

/** A tcp rule on a gateway port. */
export function tcp(routes: readonly JsonObject[], match: Json = [{ port: 31400 }]): JsonObject {
  return match === null ? { route: [...routes] } : { match, route: [...routes] }
}

/** The tutorial's VirtualService as the API server gives it, with these tcp rules. */
export function virtualServiceJson(
  rules: readonly JsonObject[],
  more: { metadata?: JsonObject; spec?: JsonObject } = {},
): JsonObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: {
      creationTimestamp: '2026-03-01T10:00:00Z',
      name: 'tcp-echo',
      namespace: 'demo',
      resourceVersion: '41',
      uid: '6f1f0a9e-0000-4000-8000-000000000001',
      ...more.metadata,
    },
    spec: { hosts: ['*'], gateways: ['tcp-echo-gateway'], tcp: [...rules], ...more.spec },
  }
}

/** The same, parsed. */
export function virtualService(
  rules: readonly JsonObject[],
  more: { metadata?: JsonObject; spec?: JsonObject } = {},
): RouteObject {
  return parsedObject(virtualServiceJson(rules, more))
}

export function parsedObject(json: Json): RouteObject {
  const object = parseRouteObject(json)
  if (object === undefined) throw new Error('no route object')
  return object
}

/** The one element of a list. */
export function only<T>(list: readonly T[]): T {
  const [first, second] = list
  if (first === undefined || second !== undefined) throw new Error(`${list.length} elements`)
  return first
}
