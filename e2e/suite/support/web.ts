import { get } from 'node:http'
import { dig, type Json, listAt, objectAt, textAt } from '../../../sandbox/objects/json.ts'
import { type KubeObject, textsOf } from '../../../sandbox/objects/kube-object.ts'
import { withWeights } from '../../../sandbox/tutorial/fill.ts'
import { WEB_PORTS } from '../../../sandbox/tutorial/web.ts'
import { tutorialObject, type Weights } from '../../objects/tutorial.ts'
import { linesRoute } from '../../objects/web.ts'
import { GATEWAY, LINES_PORT } from '../../processes/addresses.ts'
import { FILES } from '../../processes/credentials.ts'
import type { Version } from '../../processes/echo.ts'
import type { Replica } from '../../processes/envoy/proxy-pods.ts'
import { gatewayRoutes, requestRoutes } from '../../processes/gateway-routes.ts'
import { statePath } from '../../processes/state.ts'
import { GRPC_METHOD, podName } from '../../processes/web.ts'
import { within } from '../../processes/within.ts'
import { api, objectText, ownedByReplace } from './route.ts'

/** A route object, and where the gateway serves its first rule. */
export type WebRoute = {
  name: string
  protocol: 'http' | 'grpc' | 'tls' | 'tcp'
  /** Inputs of a step that shifts it. Those of the tutorial's job that do not fit are removed. */
  inputs: Readonly<Record<string, string | undefined>>
  /** How inputs name the destination of a version. */
  destination(version: Version): string
  /** The object with these weights; undefined: with one destination that has no weight. */
  object(weights?: Weights): KubeObject
  /** Where its first rule is. */
  rule: readonly (string | number)[]
  /** The stamps of the destinations of a rule. */
  stamps(rule: Json | undefined): string[]
  /** How the gateway splits it, by the names of its destinations. */
  served(replica?: Replica): Promise<Record<string, number> | undefined>
}

const VERSIONS: readonly Version[] = ['v1', 'v2', 'v3']
const PODS = `{v1: ${podName('v1')}, v2: ${podName('v2')}}`
const STAMP = 'x-istio-traffic-shift'
/** Inputs of the tutorial's job that do not fit other objects. */
export const NOT_THE_TUTORIAL = { 'virtual-service': undefined, payload: undefined }

const virtualService: Pick<WebRoute, 'destination' | 'stamps'> = {
  destination: (version) => version,
  stamps: (rule) =>
    listAt(rule, 'route').flatMap((one) => textAt(one, 'headers', 'response', 'set', STAMP) ?? []),
}

function httpRoute(name: 'web' | 'web-grpc', host: string, inputs: WebRoute['inputs']): WebRoute {
  return {
    ...virtualService,
    name,
    protocol: 'http',
    inputs: { ...NOT_THE_TUTORIAL, object: `VirtualService/${name}`, ...inputs },
    object: (weights) => withWeights(tutorialObject('VirtualService', name), 'http', weights),
    rule: ['spec', 'http', 0],
    served: (replica) => requestRoutes(host, WEB_PORTS.http, replica),
  }
}

function tlsRoute(
  name: 'web-tls' | 'lines',
  protocol: 'tls' | 'tcp',
  port: number,
  inputs: WebRoute['inputs'],
): WebRoute {
  return {
    ...virtualService,
    name,
    protocol,
    inputs: {
      ...NOT_THE_TUTORIAL,
      object: `VirtualService/${name}`,
      'probe-ca': statePath(FILES.authority),
      ...inputs,
    },
    object: (weights) =>
      name === 'lines'
        ? linesRoute(weights)
        : withWeights(tutorialObject('VirtualService', name), protocol, weights),
    rule: ['spec', protocol, 0],
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

/** Puts the object into this state and resolves when the gateway uses it. */
export async function webIs(route: WebRoute, weights?: Weights): Promise<void> {
  const object = route.object(weights)
  const metadata = { ...object.metadata, managedFields: ownedByReplace(object) }
  await api.replace({ ...object, metadata })
  await webSplits(route, weights ?? { v1: 100 })
}

/** Resolves when a replica of the gateway splits like this. A weight of 0 counts like no weight. */
export async function webSplits(
  route: WebRoute,
  weights: Weights,
  replica: Replica = 'first',
): Promise<void> {
  const wanted = shown(named(route, weights))
  await within(20_000, `the gateway's acting on ${wanted} of ${route.name}`, async () => {
    const served = await route.served(replica)
    return served !== undefined && shown(served) === wanted
  })
}

/** The weights by the names of the destinations. One that has all is alone at the gateway, which then has no weights. */
export function named(route: WebRoute, weights: Weights): Record<string, number> {
  const entries = Object.entries(weights).filter(([, weight]) => weight > 0)
  return Object.fromEntries(
    VERSIONS.flatMap((version) => {
      const weight = weights[version]
      if (weight === undefined || weight === 0) return []
      return [[route.destination(version), entries.length === 1 ? 100 : weight]]
    }),
  )
}

function shown(weights: Readonly<Record<string, number>>): string {
  const entries = Object.entries(weights).filter(([, weight]) => weight > 0)
  return JSON.stringify(entries.sort(([a], [b]) => a.localeCompare(b)))
}

export function readWeb(route: WebRoute): Promise<KubeObject> {
  return api.read(route.object())
}

/** The object as text, without what every write changes. */
export async function webText(route: WebRoute): Promise<string> {
  return objectText(await readWeb(route))
}

/** The stamps of the first rule's destinations. */
export async function stampsOn(route: WebRoute): Promise<string[]> {
  return route.stamps(dig(await readWeb(route), ...route.rule))
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
