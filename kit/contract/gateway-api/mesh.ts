import { expect, onTestFinished } from 'vitest'
import {
  type Json,
  type JsonObject,
  listAt,
  numberAt,
  textAt,
} from '../../../sandbox/objects/json.ts'
import { askHttp, echoedIn, type HttpAsk, type HttpReply } from '../../sandbox/talk-http.ts'
import { newName } from '../api/objects.ts'
import type { Mesh } from '../gateway/mesh.ts'
import { eventually } from '../http/mesh.ts'

export const GROUP = 'gateway.networking.k8s.io'
export const CONTROLLER = 'istio.io/gateway-controller'

type Kind = 'Gateway' | 'HTTPRoute' | 'GRPCRoute' | 'TCPRoute' | 'TLSRoute' | 'ReferenceGrant'

/** Path of an object of the Gateway API, or of all of its kind. */
export function pathTo(kind: Kind, name = '', namespace = 'demo', version = 'v1'): string {
  const all = `/apis/${GROUP}/${version}/namespaces/${namespace}/${kind.toLowerCase()}s`
  return name === '' ? all : `${all}/${name}`
}

/** An object of the Gateway API. */
export function objectOf(
  kind: Kind,
  name: string,
  spec: JsonObject,
  namespace = 'demo',
): JsonObject {
  return { apiVersion: `${GROUP}/v1`, kind, metadata: { name, namespace }, spec }
}

/** Creates an object until the test is over. */
export async function lend(
  mesh: Mesh,
  kind: Kind,
  spec: JsonObject,
  namespace = 'demo',
): Promise<{ name: string; path: string; body: Json }> {
  const name = newName()
  const { status, text, body } = await mesh.admin.call('POST', pathTo(kind, '', namespace), {
    body: objectOf(kind, name, spec, namespace),
  })
  expect(status, text).toBe(201)
  const path = pathTo(kind, name, namespace)
  onTestFinished(async () => {
    await mesh.admin.call('DELETE', path)
  })
  return { name, path, body }
}

/** A reference to a listener of the Gateway that is always there. */
export function parent(sectionName: string, more: JsonObject = {}): JsonObject {
  return { name: 'gateway-api', namespace: 'istio-system', sectionName, ...more }
}

/** A backend of the web application. */
export function to(version: string, more: JsonObject = {}, port = 80): JsonObject {
  return { name: `web-${version}`, port, ...more }
}

/** A rule that leads to a version, for all requests or those of the matches. */
export function leads(version: string, ...matches: readonly JsonObject[]): JsonObject {
  const rule = { backendRefs: [to(version)] }
  return matches.length === 0 ? rule : { matches: [...matches], ...rule }
}

let hosts = 0

/** A host of the web application's certificate that no other test uses. */
export function newHost(): string {
  hosts += 1
  return `api-${process.pid}-${hosts}.example.com`
}

/** A request to a listener on a connection of its own. */
export function ask(mesh: Mesh, host: string, more: Partial<HttpAsk> = {}): Promise<HttpReply> {
  return askHttp({ host: mesh.gateway.host, port: mesh.listeners.http }, { host, ...more })
}

/** The version that answers a request, or the status of the gateway's own reply. */
export async function served(
  mesh: Mesh,
  host: string,
  more: Partial<HttpAsk> = {},
): Promise<string | number> {
  const { status, body } = await ask(mesh, host, more)
  return status === 200 ? (mesh.web.versionOf(body) ?? echoedIn(body).version) : status
}

let marks = 0

/** An HTTPRoute with these rules until the test is over. Resolves when the gateway serves it. */
export async function lendHttp(
  mesh: Mesh,
  host: string,
  rules: readonly Json[],
  more: JsonObject = {},
): Promise<{ name: string; path: string }> {
  marks += 1
  const path = `/mark-${process.pid}-${marks}`
  const mark = {
    matches: [{ path: { type: 'Exact', value: path } }],
    filters: [{ type: 'RequestRedirect', requestRedirect: { hostname: 'mark.example.com' } }],
  }
  const spec = { parentRefs: [parent('http')], hostnames: [host], rules: [...rules, mark], ...more }
  const made = await lend(mesh, 'HTTPRoute', spec)
  const asked = host.replace('*', 'any')
  await eventually(async () => (await ask(mesh, asked, { path })).status === 302)
  return made
}

/** A condition in the status of a route. */
export type Seen = { status: string; reason: string; message: string; observedGeneration: number }

/** A condition of the route's only parent, or of a Gateway; undefined: there is none. */
export function conditionOf(object: Json, type: string): Seen | undefined {
  const lists = [
    listAt(object, 'status', 'parents', 0, 'conditions'),
    listAt(object, 'status', 'conditions'),
  ]
  const found = lists.flat().find((one) => textAt(one, 'type') === type)
  if (found === undefined) return undefined
  const text = (field: string) => textAt(found, field) ?? ''
  return {
    status: text('status'),
    reason: text('reason'),
    message: text('message'),
    observedGeneration: numberAt(found, 'observedGeneration') ?? 0,
  }
}

/** The object at a path, once its controller has written about its present generation. */
export async function observed(mesh: Mesh, path: string): Promise<Json> {
  let found: Json = null
  await eventually(async () => {
    found = (await mesh.admin.call('GET', path)).body
    const generation = numberAt(found, 'metadata', 'generation')
    return conditionOf(found, 'Accepted')?.observedGeneration === generation
  }, 1)
  return found
}

/** Resolves in a later second than the one in which an object was made, because ages have whole seconds. */
export async function becomesOlder(mesh: Mesh, path: string): Promise<void> {
  const { body } = await mesh.admin.call('GET', path)
  const madeAt = Date.parse(textAt(body, 'metadata', 'creationTimestamp') ?? '')
  const now = async () => Date.parse((await mesh.admin.call('GET', '/version')).headers.date ?? '')
  while ((await now()) <= madeAt);
}
