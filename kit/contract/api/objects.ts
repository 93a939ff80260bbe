import { onTestFinished } from 'vitest'
import { type Json, type JsonObject, textAt } from '../../../sandbox/objects/json.ts'
import type { Answer, Client } from '../client.ts'
import { USER } from '../subject.ts'

export const GROUP = 'networking.istio.io'
export const COLLECTION = `/apis/${GROUP}/v1/namespaces/demo/virtualservices`
export const JSON_PATCH = 'application/json-patch+json'
export const MERGE_PATCH = 'application/merge-patch+json'

/** The API server as its administrator and as USER. */
export type Callers = { admin: Client; user: Client }

/** Path of a VirtualService in namespace demo. */
export function pathTo(name: string, version = 'v1'): string {
  return `/apis/${GROUP}/${version}/namespaces/demo/virtualservices/${name}`
}

/** A list of destinations as a route holds it. */
export function routeOf(weights: Readonly<Record<string, number | undefined>>): JsonObject[] {
  return Object.entries(weights).map(([subset, weight]) => ({
    destination: { host: 'tcp-echo', port: { number: 9000 }, subset },
    ...(weight === undefined ? {} : { weight }),
  }))
}

/** A VirtualService that no gateway looks at. */
export function virtualService(name: string, metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: `${GROUP}/v1`,
    kind: 'VirtualService',
    metadata: { name, namespace: 'demo', ...metadata },
    spec: {
      gateways: ['missing'],
      hosts: ['*'],
      tcp: [{ match: [{ port: 31400 }], route: routeOf({ v1: 90, v2: 10 }) }],
    },
  }
}

let made = 0

/** A name that no object of this run has had. */
export function newName(): string {
  made += 1
  return `contract-${made}`
}

/** Creates a VirtualService of its own for a test; it is gone after that. */
export async function fresh(
  admin: Client,
  metadata: JsonObject = { annotations: { kept: 'yes' } },
): Promise<{ name: string; path: string; body: Json }> {
  const name = newName()
  const path = pathTo(name)
  const { status, body, text } = await admin.call('POST', `${COLLECTION}?fieldManager=maker`, {
    body: virtualService(name, metadata),
  })
  if (status !== 201) throw new Error(`${name} could not be created: ${text}`)
  onTestFinished(async () => {
    await admin.call('DELETE', path)
  })
  return { name, path, body }
}

/** A JSON Patch. */
export function patch(
  client: Client,
  path: string,
  operations: Json,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return client.call('PATCH', path, { body: operations, type: JSON_PATCH, headers })
}

/** What is stored at a path. */
export async function stored(client: Client, path: string): Promise<Json> {
  const { body } = await client.call('GET', path)
  return body
}

export function versionIn(object: Json): string {
  return textAt(object, 'metadata', 'resourceVersion') ?? ''
}

/** The whole body of a refusal. */
export function failure(code: number, reason: string, message: string, details?: Json): Json {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details === undefined ? {} : { details }),
    code,
  }
}

/** The body of the 404 for a VirtualService. */
export function notFound(name: string): Json {
  return failure(404, 'NotFound', `virtualservices.${GROUP} "${name}" not found`, {
    name,
    group: GROUP,
    kind: 'virtualservices',
  })
}

/** The body of the 403 for USER and a VirtualService (without a name: all of them) of namespace demo. */
export function forbidden(verb: string, name?: string, who = USER): Json {
  const named = name === undefined ? '' : ` "${name}"`
  const message = `virtualservices.${GROUP}${named} is forbidden: User "${who}" cannot ${verb} resource "virtualservices" in API group "${GROUP}" in the namespace "demo"`
  const details = { ...(name === undefined ? {} : { name }), group: GROUP, kind: 'virtualservices' }
  return failure(403, 'Forbidden', message, details)
}
