import { type ApiRequest, refusal } from '../api/exchange.ts'
import { authorOf } from '../api/handler.ts'
import type { Outcome } from '../api/server.ts'
import { type Attempt, may, refusalOf, type User } from '../api/users.ts'
import { textAt } from '../objects/json.ts'
import type { Registry } from '../objects/registry.ts'
import {
  badRequest,
  forbidden,
  notFound,
  StatusError,
  unauthorized,
} from '../objects/status-error.ts'
import type { PodLog } from './pod-log.ts'

const PATH = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/log(\?.*)?$/

/** Whether a request is for the log of a Pod. */
export function isForLog({ path, method }: Pick<ApiRequest, 'path' | 'method'>): boolean {
  return method === 'GET' && PATH.test(path)
}

type Parts = {
  registry: Registry
  tokens: ReadonlyMap<string, User>
  logOf: (pod: string) => PodLog | undefined
}

/** Serves the log of a Pod's container, as the API server and a kubelet do together. */
export function serveLog(request: ApiRequest, parts: Parts): Outcome {
  try {
    return served(request, parts)
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    return { kind: 'answer', response: refusal(error) }
  }
}

function served(request: ApiRequest, { registry, tokens, logOf }: Parts): Outcome {
  const url = new URL(request.path, 'https://sandbox')
  const [, namespace = '', name = ''] = PATH.exec(url.pathname) ?? []
  const user = authorOf(request.headers.authorization, tokens)
  if (user === undefined) throw unauthorized()
  const attempt: Attempt = {
    ...{ verb: 'get', group: '', resource: 'pods', subresource: 'log', namespace, name },
  }
  const about = { group: '', plural: 'pods', name }
  if (!may(user, attempt)) throw forbidden(about, refusalOf(user, attempt))
  const pods = registry.resources.find((one) => one.group === '' && one.plural === 'pods')
  const pod = pods && registry.storage.get(pods, namespace, name)
  if (pod === undefined) throw notFound(about)
  const log = logOf(name)
  const query = url.searchParams
  const container = query.get('container') ?? textAt(pod, 'spec', 'containers', 0, 'name') ?? ''
  if (log === undefined)
    throw badRequest(
      `container "${container}" in pod "${name}" is waiting to start: ${textAt(pod, 'status', 'containerStatuses', 0, 'state', 'waiting', 'reason') ?? 'ContainerCreating'}`,
    )
  const seconds = query.get('sinceSeconds')
  const since = query.get('sinceTime')
  const tail = query.get('tailLines')
  const body = log.read({
    follow: query.get('follow') === 'true',
    timestamps: query.get('timestamps') === 'true',
    ...(since !== null && { since: new Date(since) }),
    ...(seconds !== null && { since: new Date(Date.now() - 1000 * Number(seconds)) }),
    ...(tail !== null && { tail: Number(tail) }),
  })
  return { kind: 'piped', status: 200, headers: [['Content-Type', 'text/plain']], body }
}
