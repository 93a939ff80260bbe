import { Agent, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { posix } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Registry } from '../../objects/registry.ts'
import {
  forbidden,
  StatusError,
  serviceUnavailable,
  unauthorized,
} from '../../objects/status-error.ts'
import { type ApiRequest, refusal } from '../exchange.ts'
import { authorOf } from '../handler.ts'
import type { PodPlaces } from '../port-forward/upgrade.ts'
import type { Outcome } from '../server.ts'
import { type Attempt, may, refusalOf, type User } from '../users.ts'
import { endpointFor } from './endpoint.ts'
import { rewrittenPage, rewrittenUrl, type Source } from './rewrite.ts'

const PATH = /^\/api\/v1\/namespaces\/([^/]+)\/services\/([^/]+)\/proxy(\/[^?]*)?(\?.*)?$/

const VERBS: Readonly<Record<string, string>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

/** Whether a request is for the proxy of a Service. */
export function isForService({ path }: Pick<ApiRequest, 'path'>): boolean {
  return PATH.test(path)
}

/** The proxy of Services, as the API server has it. */
export type ServiceProxy = { serve(request: ApiRequest): Promise<Outcome>; stop(): void }

type Parts = {
  registry: Registry
  tokens: ReadonlyMap<string, User>
  places: PodPlaces
  random: () => number
}

export function createServiceProxy(parts: Parts): ServiceProxy {
  const agent = new Agent({ keepAlive: true })
  return {
    async serve(request) {
      try {
        return await served(request, parts, agent)
      } catch (error) {
        if (!(error instanceof StatusError)) throw error
        return { kind: 'answer', response: refusal(error) }
      }
    },
    stop: () => agent.destroy(),
  }
}

async function served(
  request: ApiRequest,
  { registry, tokens, places, random }: Parts,
  agent: Agent,
): Promise<Outcome> {
  const [, namespace = '', escaped = '', path = '', query = ''] = PATH.exec(request.path) ?? []
  const id = decodeURIComponent(escaped)
  const user = authorOf(request.headers.authorization, tokens)
  if (user === undefined) throw unauthorized()
  const about = { group: '', plural: 'services', name: id }
  const attempt: Attempt = {
    ...{ verb: VERBS[request.method] ?? '', group: '', resource: 'services' },
    ...{ subresource: 'proxy', namespace, name: id },
  }
  if (!may(user, attempt)) throw forbidden(about, refusalOf(user, attempt))
  const endpoint = endpointFor(id, namespace, registry, random)
  const prefix = `/api/v1/namespaces/${namespace}/services/${escaped}/proxy`
  if (path === '' && ['GET', 'HEAD'].includes(request.method))
    return {
      kind: 'answer',
      response: { status: 301, headers: { Location: `${prefix}/${query}` }, body: '' },
    }
  const place = await places(endpoint.pod)(endpoint.port)
  const host = `${endpoint.address}:${endpoint.port}`
  if (place === undefined)
    throw serviceUnavailable(
      `error trying to reach service: dial tcp ${host}: connect: connection refused`,
    )
  // What a path has of `..` and `//` is resolved.
  const target = posix.join('/', path) + query
  const reply = await sent(
    request,
    { ...place, path: target, scheme: endpoint.scheme, prefix },
    agent,
  )
  return piped(reply, { host, asked: request.headers.host ?? '', prefix })
}

/** Headers that end at a proxy, and the one that the API server takes for itself. */
const NOT_SENT: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding'],
  ...['upgrade', 'content-length', 'authorization'],
])

type Target = { host: string; port: number; path: string; scheme: string; prefix: string }

function sent(request: ApiRequest, to: Target, agent: Agent): Promise<IncomingMessage> {
  const kept = Object.entries(request.headers).filter(([name]) => !NOT_SENT.has(name))
  const before = request.headers['x-forwarded-for']
  const headers = {
    ...Object.fromEntries(kept),
    ...(request.body === '' ? {} : { 'content-length': Buffer.byteLength(request.body) }),
    'x-forwarded-uri': to.prefix + to.path.replace(/\?.*$/s, ''),
    'x-forwarded-for': before === undefined ? '127.0.0.1' : `${before}, 127.0.0.1`,
  }
  const options = { host: to.host, port: to.port, path: to.path, method: request.method, headers }
  return new Promise((resolve, reject) => {
    const outgoing =
      to.scheme === 'https'
        ? // It verifies no certificate and names no server.
          requestHttps({ ...options, rejectUnauthorized: false, servername: '' })
        : requestHttp({ ...options, agent })
    outgoing.on('response', resolve)
    outgoing.on('error', (error) =>
      reject(serviceUnavailable(`error trying to reach service: ${asGo(error)}`)),
    )
    outgoing.end(request.body)
  })
}

function asGo(error: Error): string {
  const code = 'code' in error ? error.code : ''
  if (code === 'ECONNREFUSED') return 'dial tcp: connect: connection refused'
  return code === 'ECONNRESET' ? 'EOF' : error.message
}

const NOT_RETURNED = /^(?:connection|keep-alive|transfer-encoding|upgrade|access-control-.*)$/i

async function piped(reply: IncomingMessage, source: Source): Promise<Outcome> {
  const headers: [string, string][] = []
  for (let at = 0; at + 1 < reply.rawHeaders.length; at += 2) {
    const [name = '', value = ''] = reply.rawHeaders.slice(at, at + 2)
    if (!NOT_RETURNED.test(name)) headers.push([name, value])
  }
  const status = reply.statusCode ?? 0
  const { location } = reply.headers
  const changed = headers.map(([name, value]): [string, string] => [
    name,
    name.toLowerCase() === 'location' ? rewrittenUrl(value, source) : value,
  ])
  const type = (reply.headers['content-type'] ?? '').split(';')[0]?.trim()
  if (location !== undefined || type !== 'text/html')
    return { kind: 'piped', status, headers: changed, body: reply }
  const page = rewrittenPage(await text(reply), source)
  const others = changed.filter(([name]) => name.toLowerCase() !== 'content-length')
  return { kind: 'piped', status, headers: others, body: page }
}
