import { randomUUID } from 'node:crypto'
import type { Registry } from '../objects/registry.ts'
import {
  forbidden,
  internalError,
  notAcceptable,
  StatusError,
  tooLarge,
  unauthorized,
} from '../objects/status-error.ts'
import { reviewAccess } from './access-review.ts'
import { discover } from './discovery.ts'
import {
  type ApiRequest,
  type ApiResponse,
  jsonBody,
  jsonResponse,
  pageNotFound,
  refusal,
} from './exchange.ts'
import { openApi } from './openapi.ts'
import { type Target, targetOf, verbOf } from './target.ts'
import { ANONYMOUS, type Attempt, may, refusalOf, type User } from './users.ts'
import { type Admit, carryOut, managerOf } from './verbs.ts'

/** The largest body that the real server reads, in bytes. */
const MOST_BODY_BYTES = 3 * 1024 * 1024

/**
 * Answers requests in the order of the real server: authentication, authorization, whether the resource is served, then
 * the request itself.
 */
export function createHandler(
  registry: Registry,
  tokens: ReadonlyMap<string, User>,
  admit: Admit,
  now: () => Date,
): (request: ApiRequest) => ApiResponse {
  const flow = {
    'X-Kubernetes-Pf-Flowschema-Uid': randomUUID(),
    'X-Kubernetes-Pf-Prioritylevel-Uid': randomUUID(),
  }
  return (request) => {
    const user = authorOf(request.headers.authorization, tokens)
    if (user === undefined) return refusal(unauthorized())
    const response = answerOrRefusal({ registry, user, admit, now }, request)
    // A known user is assigned to a flow, whatever the answer is.
    return { ...response, headers: { ...flow, ...response.headers } }
  }
}

function answerOrRefusal(...given: Parameters<typeof answer>): ApiResponse {
  try {
    return answer(...given)
  } catch (error) {
    // An unexpected error is answered as the real server answers its own.
    return refusal(error instanceof StatusError ? error : internalError(String(error)))
  }
}

/** The user of a request; undefined if its token is unknown. */
export function authorOf(
  authorization: string | undefined,
  tokens: ReadonlyMap<string, User>,
): User | undefined {
  const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1]
  return token === undefined ? ANONYMOUS : tokens.get(token.trim())
}

type Server = { registry: Registry; user: User; admit: Admit; now: () => Date }

function answer({ registry, user, admit, now }: Server, request: ApiRequest): ApiResponse {
  const url = new URL(request.path, 'https://sandbox')
  const target = targetOf(url.pathname)
  if (target.kind === 'other') return otherPath(registry, user, target.path)

  const verb = verbOf(request.method, target.name !== '')
  const attempt = attemptOf(target, verb)
  const about = {
    group: target.group,
    plural: target.plural,
    ...(target.name === '' ? {} : { name: target.name }),
  }
  if (!may(user, attempt)) throw forbidden(about, refusalOf(user, attempt))
  if (isReview(target, request.method))
    return jsonResponse(201, reviewAccess(user, jsonBody(request), managerOf(request), now()))
  const resource = registry.resources.find(
    (one) =>
      one.group === target.group &&
      one.plural === target.plural &&
      one.versions.includes(target.version),
  )
  if (resource === undefined || target.subresource !== '') return pageNotFound()
  if (!acceptsJson(request.headers.accept)) throw notAcceptable(MEDIA_TYPES)
  if (Buffer.byteLength(request.body) > MOST_BODY_BYTES)
    throw tooLarge(`Request entity too large: limit is ${MOST_BODY_BYTES}`)
  return carryOut(registry, { request, query: url.searchParams, target, resource, verb }, admit)
}

const MEDIA_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']

/** Whether a client accepts JSON. Other formats, such as a table, are not served even if the client prefers them. */
function acceptsJson(accept: string | undefined): boolean {
  if (accept === undefined) return true
  const types = accept.split(',').map((type) => type.split(';')[0]?.trim())
  return types.some((type) => ['application/json', 'application/*', '*/*'].includes(type ?? ''))
}

function attemptOf(target: Extract<Target, { kind: 'resource' }>, verb: string): Attempt {
  const { group, plural, subresource, name } = target
  // For rules, a namespace is an object in itself.
  const namespace = plural === 'namespaces' && group === '' ? name : target.namespace
  return { verb, group, resource: plural, subresource, namespace, name }
}

function isReview(target: Extract<Target, { kind: 'resource' }>, method: string): boolean {
  return (
    method === 'POST' &&
    target.group === 'authorization.k8s.io' &&
    target.version === 'v1' &&
    target.plural === 'selfsubjectaccessreviews'
  )
}

/** Paths without a resource: discovery, which every known user may read, and health. */
function otherPath(registry: Registry, user: User, path: string): ApiResponse {
  if (/^\/(healthz|livez|readyz)$/.test(path))
    return { status: 200, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: 'ok' }
  const found = discover(path, registry.resources) ?? openApi(path, registry.resources)
  const open = path === '/version'
  if (user === ANONYMOUS && !open)
    throw new StatusError(
      403,
      'Forbidden',
      `forbidden: User ${JSON.stringify(user.name)} cannot get path ${JSON.stringify(path)}`,
      {},
    )
  return found === undefined ? pageNotFound() : jsonResponse(200, found)
}
