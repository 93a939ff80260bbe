import { randomUUID } from 'node:crypto'
import { type GatewayFault, latest } from '../../faults/gateway-fault.ts'
import type { Choose } from '../choose.ts'
import type { Cluster, Endpoint } from '../clusters.ts'
import type { MeshConfig } from '../config.ts'
import { type Exchange, GRPC } from './exchange.ts'
import { changed, type HeaderList, headerValue } from './header-changes.ts'
import { asSent, replyLocally } from './local-reply.ts'
import { type RequestHead, routeFor, virtualHostOf } from './match.ts'
import { normalized, redirectTo, rewritten } from './paths.ts'
import type { HeaderChanges, HttpDestination, HttpRoute, RouteFault } from './routes.ts'
import type { Upstream } from './upstream.ts'

/** What the requests of a connection share. */
export type Serving = {
  /** The configuration of the connection's replica, for the next request. */
  config: () => MeshConfig
  /** The number of the request among those of the gateway, from 1. */
  turn: () => number
  /** Name of the routes in it. */
  routes: string
  clientAddress: string
  choose: Choose
  random: () => number
  faults: () => readonly GatewayFault[]
  upstream: Upstream
  /** The endpoint of a cluster that is next in turn. */
  next: (cluster: string, endpoints: readonly Endpoint[]) => Endpoint | undefined
  /** Counts a request for a destination. */
  count: (destination: string) => void
}

/** Answers a request as Envoy does by the configuration that its replica has now. */
export function serveRequest(received: Exchange, serving: Serving) {
  if (received.version === '1.0')
    return replyLocally(received, { status: 426, body: 'Upgrade Required' })
  if (received.head.authority === '' || received.head.path.includes('#'))
    return replyLocally(received, { status: 400 })
  const head = { ...received.head, path: normalized(received.head.path) }
  const exchange = { ...received, head }
  const ordered = latest(serving.faults(), 'reply')
  const fault = serving.turn() % (ordered?.every ?? 1) === 0 ? ordered : undefined
  if (fault?.when === 'before-route') return replyLocally(exchange, fault)
  const config = serving.config()
  const host = virtualHostOf(config.routes.get(serving.routes) ?? [], head.authority)
  if (host === undefined) return replyLocally(exchange, { status: 404 })
  if (host.requiresTls && head.scheme === 'http') {
    const location = `https://${head.authority}${head.path}`
    return replyLocally(exchange, { status: 301, headers: [['location', location]] })
  }
  const route = routeFor(host, head)
  if (route === undefined) return replyLocally(exchange, { status: 404 })
  // The destination belongs to the route, so it is chosen before any filter may answer.
  const destination =
    route.action.kind === 'forward'
      ? serving.choose(route.action.destinations, serving.clientAddress)
      : undefined
  const around = { exchange, serving, config, route, destination }
  if (fault !== undefined) return replyLocally(exchange, fault, responseChanges(around))
  injectFault(route.fault, around, () => act(around))
}

type Around = {
  exchange: Exchange
  serving: Serving
  config: MeshConfig
  route: HttpRoute
  destination: HttpDestination | undefined
}

/** The changes of the reply's headers: those of the destination, then those of the rule. */
function responseChanges({ route, destination }: Around): HeaderChanges[] {
  return [
    ...(destination === undefined ? [] : [destination.changes.response]),
    route.changes.response,
  ]
}

function injectFault(fault: RouteFault | undefined, around: Around, go: () => void) {
  const { random } = around.serving
  const isChosen = (percent: number) => percent > 0 && random() * 100 < percent
  const abort = () => {
    if (fault?.abort === undefined || !isChosen(fault.abort.percent)) return go()
    replyLocally(
      around.exchange,
      { ...fault.abort, body: 'fault filter abort' },
      around.route.action.kind === 'forward' ? responseChanges(around) : [],
    )
  }
  if (fault?.delay === undefined || !isChosen(fault.delay.percent)) return abort()
  const timer = setTimeout(abort, fault.delay.ms)
  around.exchange.onClosed(() => clearTimeout(timer))
}

function act(around: Around) {
  const { exchange, route, serving, config, destination } = around
  const { action } = route
  const changes = responseChanges(around)
  if (action.kind === 'redirect') {
    const location = redirectTo(action, route.match, exchange.head)
    return replyLocally(
      exchange,
      { status: action.status, headers: [['location', location]] },
      changes,
    )
  }
  if (action.kind === 'direct')
    return replyLocally(exchange, { status: action.status, body: action.body }, changes)
  const cluster = destination && config.clusters.get(destination.cluster)
  if (destination !== undefined) serving.count(destination.name)
  if (destination === undefined || cluster === undefined)
    return replyLocally(exchange, { status: action.missingStatus }, changes)
  const endpoint = serving.next(destination.cluster, cluster.endpoints)
  if (endpoint === undefined)
    return replyLocally(exchange, { status: 503, body: 'no healthy upstream' }, changes)
  forward(around, { cluster, endpoint }, changes)
}

function forward(
  { exchange, route, serving, destination }: Around,
  to: { cluster: Cluster; endpoint: Endpoint },
  changes: readonly HeaderChanges[],
): void {
  const startedMs = performance.now()
  let answered = false
  const request = forwarded(exchange.head, route, destination, serving.clientAddress)
  const answer = (act: () => void) => {
    if (answered) return
    answered = true
    clearTimeout(timer)
    act()
  }
  const cancel = serving.upstream.send(
    to,
    { ...request, body: exchange.body },
    (reply) =>
      answer(() => {
        const tookMs = Math.round(performance.now() - startedMs)
        const timed: HeaderList = [
          ...reply.headers.filter(([name]) => name !== 'x-envoy-upstream-service-time'),
          ['x-envoy-upstream-service-time', String(tookMs)],
        ]
        const isGrpc = (headerValue(reply.headers, 'content-type') ?? '').startsWith(GRPC)
        const headers = asSent(changes.reduce(changed, timed))
        exchange.respond(reply.status, headers, reply.body, isGrpc ? reply.trailers : undefined)
      }),
    ({ status, why }) => {
      const started = answered
      answer(() =>
        replyLocally(
          exchange,
          {
            status,
            body: `upstream connect error or disconnect/reset before headers. ${why}`,
          },
          changes,
        ),
      )
      if (started) exchange.abort()
    },
  )
  const timer = timeoutOf(route, () => {
    answer(() => replyLocally(exchange, { status: 504, body: 'upstream request timeout' }, changes))
    cancel()
  })
  exchange.onClosed(() => {
    clearTimeout(timer)
    cancel()
  })
}

function timeoutOf({ action }: HttpRoute, act: () => void): NodeJS.Timeout | undefined {
  if (action.kind !== 'forward' || action.timeoutMs === undefined) return undefined
  return setTimeout(act, action.timeoutMs).unref()
}

/** The request as the destination gets it. */
function forwarded(
  head: RequestHead,
  route: HttpRoute,
  destination: HttpDestination | undefined,
  clientAddress: string,
): RequestHead {
  const own: HeaderList = [
    ['x-forwarded-for', clientAddress],
    ['x-forwarded-proto', head.scheme],
    ['x-request-id', headerValue(head.headers, 'x-request-id') ?? randomUUID()],
  ]
  const names = own.map(([name]) => name)
  const headers = [...head.headers.filter(([name]) => !names.includes(name)), ...own]
  const all = [destination?.changes.request, route.changes.request]
  const changes = all.filter((one) => one !== undefined)
  const authority = route.changes.authority ?? destination?.changes.authority
  return {
    ...head,
    headers: changes.reduce<HeaderList>(changed, headers),
    authority: authority ?? head.authority,
    path: rewritten(route, head.path),
  }
}
