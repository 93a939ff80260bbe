import type { Duplex } from 'node:stream'
import { textAt } from '../../objects/json.ts'
import type { KubeObject } from '../../objects/kube-object.ts'
import type { Registry } from '../../objects/registry.ts'
import {
  badRequest,
  forbidden,
  notFound,
  StatusError,
  unauthorized,
} from '../../objects/status-error.ts'
import { type ApiRequest, pageNotFound, refusal } from '../exchange.ts'
import { authorOf } from '../handler.ts'
import type { Outcome } from '../server.ts'
import { targetOf } from '../target.ts'
import { type Attempt, may, refusalOf, type User } from '../users.ts'
import { type PlaceOf, serveForward } from './forward.ts'
import type { createTunnels } from './tunnels.ts'
import { acceptFor, WebSocketServerPipe } from './websocket-server.ts'

/** Where the ports of a Pod are. */
export type PodPlaces = (pod: KubeObject) => PlaceOf

/** What serves port-forwards, and where they are recorded. */
type Node = { registry: Registry; places: PodPlaces; tunnels: ReturnType<typeof createTunnels> }

const PROTOCOL = 'portforward.k8s.io'

/**
 * Answers the requests that begin a port-forward, with the rights that the real server demands since Kubernetes 1.35: create
 * for SPDY, and get and create for a WebSocket.
 */
export function upgradeOf(
  request: ApiRequest,
  node: Node & { tokens: ReadonlyMap<string, User> },
): Outcome {
  try {
    const user = authorOf(request.headers.authorization, node.tokens)
    if (user === undefined) throw unauthorized()
    return forwardOf(request, user, node)
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    return { kind: 'answer', response: refusal(error) }
  }
}

function forwardOf(request: ApiRequest, user: User, { registry, places, tunnels }: Node): Outcome {
  const target = targetOf(new URL(request.path, 'https://sandbox').pathname)
  if (target.kind !== 'resource' || target.subresource !== 'portforward')
    return { kind: 'answer', response: pageNotFound() }
  const { group, plural, namespace, name, subresource } = target
  const verbs = request.method === 'GET' ? ['get', 'create'] : ['create']
  for (const verb of verbs) {
    const attempt: Attempt = { verb, group, resource: plural, subresource, namespace, name }
    if (!may(user, attempt)) throw forbidden({ group, plural, name }, refusalOf(user, attempt))
  }
  const pods = registry.resources.find((one) => one.group === '' && one.plural === 'pods')
  const pod = pods && registry.storage.get(pods, namespace, name)
  if (pod === undefined) throw notFound({ group, plural, name })
  if (textAt(pod, 'status', 'phase') !== 'Running') throw badRequest(`pod ${name} is not running`)
  const serve = places(pod)
  const title = `${namespace}/${name}`
  const begin = (pipe: Duplex, stream: Duplex) => {
    tunnels.add(title, pipe)
    serveForward(stream, title, serve)
  }
  if (request.method === 'POST')
    return {
      kind: 'upgraded',
      headers: { Upgrade: 'SPDY/3.1', 'X-Stream-Protocol-Version': PROTOCOL },
      serve: (pipe) => begin(pipe, pipe),
    }
  const protocol = `SPDY/3.1+${PROTOCOL}`
  if (request.headers['sec-websocket-protocol'] !== protocol)
    throw badRequest('unable to upgrade: no tunneling spdy protocols provided')
  return {
    kind: 'upgraded',
    headers: {
      Upgrade: 'websocket',
      'Sec-WebSocket-Accept': acceptFor(String(request.headers['sec-websocket-key'])),
      'Sec-WebSocket-Protocol': protocol,
    },
    serve: (pipe) => begin(pipe, new WebSocketServerPipe(pipe)),
  }
}
