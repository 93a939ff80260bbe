import { latest } from '../../faults/gateway-fault.ts'
import type { MeshConfig } from '../config.ts'
import type { Exchange } from './exchange.ts'
import { forward } from './forward.ts'
import { replyLocally } from './local-reply.ts'
import { routeFor, virtualHostOf } from './match.ts'
import { normalized, redirectTo } from './paths.ts'
import type { HeaderChanges, HttpDestination, HttpRoute, RouteFault } from './routes.ts'
import type { Serving } from './serving.ts'

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
  forward({ exchange, serving, route, action, destination, cluster, changes })
}
