import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished } from 'vitest'
import type { Json, JsonObject } from '../../../sandbox/objects/json.ts'
import { askHttp, type HttpAsk, type HttpPlace, type HttpReply } from '../../sandbox/talk-http.ts'
import { GROUP, newName, pathTo } from '../api/objects.ts'
import { type Mesh, writeSpec } from '../gateway/mesh.ts'

export const WEB_ROUTE = pathTo('web')
export const HOST = 'web.example.com'

const LIMIT_MS = 20_000
const PAUSE_MS = 10
/** Envoy's workers take over a configuration one after the other. Each of these connections may meet another one. */
const AGREEING = 6

/** A destination of an http rule. */
export function to(subset: string, more: JsonObject = {}, port = 80): JsonObject {
  return { destination: { host: 'web', port: { number: port }, subset }, ...more }
}

/** A rule that the gateway answers itself. */
export function says(text: string, ...match: readonly JsonObject[]): JsonObject {
  const answer = { directResponse: { status: 200, body: { string: text } } }
  return match.length === 0 ? answer : { match: [...match], ...answer }
}

/** A rule that leads to the version with all requests, or with those of the matches. */
export function leads(subset: string, ...match: readonly JsonObject[]): JsonObject {
  return match.length === 0 ? { route: [to(subset)] } : { match: [...match], route: [to(subset)] }
}

/** Where the gateway listens for HTTP, or for HTTPS with a certificate that is checked. */
export function placeOf({ gateway, web }: Mesh, kind: 'http' | 'https' = 'http'): HttpPlace {
  const { host } = gateway
  const { authority } = web
  return kind === 'http' ? { host, port: web.http } : { host, port: web.https, tls: { authority } }
}

/** A request to the host of the web application on a connection of its own. */
export function get(
  mesh: Mesh,
  path: string,
  more: Partial<HttpAsk> = {},
  at: Partial<HttpPlace> = {},
): Promise<HttpReply> {
  return askHttp({ ...placeOf(mesh), ...at }, { host: HOST, path, ...more })
}

let marks = 0

/** Gives the VirtualService `web` these rules, and resolves when the gateway serves them. */
export async function serveRules(mesh: Mesh, ...rules: readonly Json[]): Promise<void> {
  marks += 1
  const text = `rules ${process.pid}-${marks}`
  const path = `/rules/${marks}`
  await writeSpec(mesh, WEB_ROUTE, { http: [says(text, { uri: { exact: path } }), ...rules] })
  await eventually(async () => (await get(mesh, path)).body === text, AGREEING)
}

/** Resolves when a condition holds this many times in a row. A rejection counts as not. */
export async function eventually(holds: () => Promise<boolean>, times = AGREEING): Promise<void> {
  const endMs = performance.now() + LIMIT_MS
  for (let held = 0; held < times; ) {
    const does = await holds().catch(() => false)
    held = does ? held + 1 : 0
    if (does) continue
    if (performance.now() > endMs) throw new Error(`did not hold within ${LIMIT_MS} ms: ${holds}`)
    await pause(PAUSE_MS)
  }
}

/** Creates an Istio object in namespace demo until the test is over. */
export async function lendObject(
  mesh: Mesh,
  kind: 'VirtualService' | 'Gateway',
  spec: JsonObject,
): Promise<string> {
  const name = newName()
  const plural = `${kind.toLowerCase()}s`
  const path = `/apis/${GROUP}/v1/namespaces/demo/${plural}`
  const metadata = { name, namespace: 'demo' }
  const body = { apiVersion: `${GROUP}/v1`, kind, metadata, spec }
  const { status, text } = await mesh.admin.call('POST', path, { body })
  expect(status, text).toBe(201)
  onTestFinished(async () => {
    await mesh.admin.call('DELETE', `${path}/${name}`)
  })
  return name
}

/** A Gateway for the ingress gateway until the test is over. */
export function lendGateway(mesh: Mesh, ...servers: readonly JsonObject[]): Promise<string> {
  return lendObject(mesh, 'Gateway', {
    selector: { istio: 'ingressgateway' },
    servers: [...servers],
  })
}

/** A server of a Gateway. */
export function server(
  number: number,
  protocol: string,
  hosts: readonly string[],
  tls?: JsonObject,
): JsonObject {
  const port = { number, name: `${protocol.toLowerCase()}-${number}-${hosts.length}`, protocol }
  return { port, hosts: [...hosts], ...(tls === undefined ? {} : { tls }) }
}

export const TERMINATES = { mode: 'SIMPLE', credentialName: 'web-certificate' }
export const PASSES = { mode: 'PASSTHROUGH' }

/** A port where nothing listens unless a test has it so. Each test takes another, because ports close late. */
let ports = 31_410
export function sparePort(): number {
  ports += 1
  return ports
}
