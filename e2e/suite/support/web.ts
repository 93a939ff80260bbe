import { get } from 'node:http'
import { dig, type Json, listAt, objectAt, textAt } from '../../../sandbox/objects/json.ts'
import { type KubeObject, textsOf } from '../../../sandbox/objects/kube-object.ts'
import { type Weights, withWeights } from '../../../sandbox/tutorial/fill.ts'
import { WEB_PORTS } from '../../../sandbox/tutorial/web.ts'
import { tutorialObject } from '../../objects/tutorial.ts'
import { linesRoute } from '../../objects/web.ts'
import { GATEWAY, LINES_PORT } from '../../processes/addresses.ts'
import { FILES } from '../../processes/credentials.ts'
import type { Replica } from '../../processes/envoy.ts'
import { gatewayRoutes, requestRoutes } from '../../processes/gateway-routes.ts'
import { statePath } from '../../processes/state.ts'
import { GRPC_METHOD, podName } from '../../processes/web.ts'
import { within } from '../../processes/within.ts'
import { api, objectText, ownedByReplace } from './route.ts'

/** A VirtualService of the web application, and where the gateway serves its first rule. */
export type WebRoute = {
  name: 'web' | 'web-grpc' | 'web-tls' | 'lines'
  protocol: 'http' | 'tls' | 'tcp'
  /** Inputs of a step that shifts it. Those of the tutorial's job that do not fit are removed. */
  inputs: Readonly<Record<string, string | undefined>>
  /** How the gateway splits it. */
  served(replica?: Replica): Promise<Record<string, number> | undefined>
}

const PODS = `{v1: ${podName('v1')}, v2: ${podName('v2')}}`
const NOT_THE_TUTORIAL = { 'virtual-service': undefined, payload: undefined }

function httpRoute(name: 'web' | 'web-grpc', host: string, inputs: WebRoute['inputs']): WebRoute {
  return {
    name,
    protocol: 'http',
    inputs: { ...NOT_THE_TUTORIAL, object: `VirtualService/${name}`, ...inputs },
    served: (replica) => requestRoutes(host, WEB_PORTS.http, replica),
  }
}

function tlsRoute(
  name: 'web-tls' | 'lines',
  protocol: 'tls' | 'tcp',
  port: number,
  inputs: WebRoute['inputs'],
): WebRoute {
  const ca = statePath(FILES.authority)
  return {
    name,
    protocol,
    inputs: {
      ...NOT_THE_TUTORIAL,
      object: `VirtualService/${name}`,
      'probe-ca': ca,
      ...inputs,
    },
    served: (replica) => gatewayRoutes(replica, port),
  }
}

/** HTTP at the gateway's first server. */
export const WEB = httpRoute('web', 'web.example.com', { expect: PODS })
/** The same with the stamp. */
export const STAMPED: WebRoute = { ...WEB, inputs: { ...WEB.inputs, expect: 'stamp' } }
/** gRPC calls of a method that the application has, in place of a health check, which it lacks. */
export const GRPC = httpRoute('web-grpc', 'grpc.example.com', {
  probe: 'grpc',
  'probe-path': GRPC_METHOD,
  expect: PODS,
})
/** TLS that the gateway passes through by its SNI. */
export const SECURE = tlsRoute('web-tls', 'tls', WEB_PORTS.tls, {
  probe: 'http',
  expect: PODS,
})
/** TLS that the gateway terminates, in front of the tutorial's application. */
export const LINES = tlsRoute('lines', 'tcp', LINES_PORT, { payload: 'hello\\n' })

/** Puts the VirtualService into this state and resolves when the gateway uses it. */
export async function webIs(route: WebRoute, weights?: Weights): Promise<void> {
  const object = routeObject(route, weights)
  const metadata = { ...object.metadata, managedFields: ownedByReplace(object) }
  await api.replace({ ...object, metadata })
  await webSplits(route, weights ?? { v1: 100 })
}

function routeObject({ name, protocol }: WebRoute, weights?: Weights): KubeObject {
  if (name === 'lines') return linesRoute(weights)
  return withWeights(tutorialObject('VirtualService', name), protocol, weights)
}

/** Resolves when a replica of the gateway splits like this. A weight of 0 counts like no weight. */
export async function webSplits(
  route: WebRoute,
  weights: Readonly<Record<string, number>>,
  replica: Replica = 'first',
): Promise<void> {
  const wanted = shown(weights)
  await within(20_000, `the gateway's acting on ${wanted} of ${route.name}`, async () => {
    const served = await route.served(replica)
    return served !== undefined && shown(served) === wanted
  })
}

function shown(weights: Readonly<Record<string, number>>): string {
  const entries = Object.entries(weights).filter(([, weight]) => weight > 0)
  return JSON.stringify(entries.sort(([a], [b]) => a.localeCompare(b)))
}

export function readWeb(route: WebRoute): Promise<KubeObject> {
  return api.read(routeObject(route))
}

/** The VirtualService as text, without what every write changes. */
export async function webText(route: WebRoute): Promise<string> {
  return objectText(await readWeb(route))
}

/** The stamps of the first rule's destinations. */
export async function stampsOn(route: WebRoute): Promise<string[]> {
  const destinations = listAt(await readWeb(route), 'spec', route.protocol, 0, 'route')
  return destinations.flatMap(
    (one) => textAt(one, 'headers', 'response', 'set', 'x-istio-traffic-shift') ?? [],
  )
}

/** The annotations of this project on the object. */
export async function webJournals(route: WebRoute): Promise<string[]> {
  const names = Object.keys(textsOf(await readWeb(route), 'annotations'))
  return names.filter((name) => name.startsWith('istio-traffic-shift/'))
}

/** Gives the first rule of the VirtualService other fields, next to its destinations. */
export async function withRule(route: WebRoute, fields: Readonly<Record<string, Json>>) {
  const object = await readWeb(route)
  const spec = objectAt(object, 'spec')
  const rule = objectAt(dig(spec, route.protocol, 0))
  return api.replace({ ...object, spec: { ...spec, [route.protocol]: [{ ...rule, ...fields }] } })
}

/** Resolves when the gateway answers a plain request for the web application at this port with this status. */
export async function webAnswers(port: number, status: number): Promise<void> {
  await within(20_000, `the status ${status} at port ${port}`, async () => {
    return (await statusAt(port)) === status
  })
}

function statusAt(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { host: 'web.example.com' }
    get({ host: GATEWAY.host, port, headers, agent: false }, (reply) => {
      reply.resume()
      resolve(reply.statusCode)
    }).on('error', reject)
  })
}
