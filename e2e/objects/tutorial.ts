import { readFileSync } from 'node:fs'
import { loadAll } from 'js-yaml'
import { type Json, parseJson } from '../../sandbox/objects/json.ts'
import { isKubeObject, type KubeObject } from '../../sandbox/objects/kube-object.ts'
import {
  GATEWAY_API_PORTS,
  type GatewayApiRoute,
  type GatewayApiStart,
} from '../../sandbox/tutorial/gateway-api.ts'
import { type Made, tutorialObjects } from '../../sandbox/tutorial/objects.ts'
import type { Parts } from '../parts/build.ts'
import { API_PORT, GATEWAY, POD_PORT, PODS } from '../processes/addresses.ts'
import { PREFIXES, type Version } from '../processes/echo.ts'
import { within } from '../processes/within.ts'
import { type Api, openApi } from './api.ts'
import { linesObjects, webStart, withLinesPort, withOwnSlices } from './web.ts'

export type Weights = Readonly<Partial<Record<Version, number>>>

/** The versions that the tutorial has. */
const TUTORIAL = ['v1', 'v2'] as const

/** Gateway API's routes at the start: each has one backend, without a weight. */
const ROUTES: GatewayApiStart['routes'] = { http: true, grpc: true, tls: true, tcp: true }

/** The tutorial's objects as in its manifests, or with the given weights. */
function objects(
  weights: Weights | undefined,
  versions: readonly Version[] = TUTORIAL,
  routes = ROUTES,
): Made[] {
  const echo = versions.map((name) => ({ name, address: PODS[name], port: POD_PORT }))
  const web = webStart()
  const made = tutorialObjects({
    namespace: 'demo',
    gateway: GATEWAY,
    subsets: echo.map((one) => ({ ...one, prefix: PREFIXES[one.name] })),
    weights,
    web,
    gatewayApi: { routes, ports: GATEWAY_API_PORTS, web: web.subsets, echo },
  })
  const own = made.filter(({ object }) => object.kind !== 'GatewayClass')
  return withOwnSlices(own.map((one) => ({ ...one, object: withLinesPort(one.object) })))
}

/** One of the tutorial's objects, for the given versions. */
export function tutorialObject(
  kind: string,
  name: string,
  versions: readonly Version[] = TUTORIAL,
): KubeObject {
  return named(objects(undefined, versions), kind, name)
}

/**
 * The tutorial's VirtualService. Without weights, it has one destination without a weight, as at the start of the
 * tutorial.
 */
export function virtualService(weights?: Weights): KubeObject {
  return named(objects(weights), 'VirtualService', 'tcp-echo')
}

/** A route of Gateway API. Without weights, it has one backend without a weight. */
export function gatewayApiRoute(kind: GatewayApiRoute, weights?: Weights): KubeObject {
  const name = { http: 'web-route', grpc: 'grpc-route', tls: 'tls-route', tcp: 'tcp-route' }[kind]
  return named(objects(undefined, TUTORIAL, { [kind]: weights ?? true }), KINDS[kind], name)
}

const KINDS = { http: 'HTTPRoute', grpc: 'GRPCRoute', tls: 'TLSRoute', tcp: 'TCPRoute' }

function named(made: readonly Made[], kind: string, name: string): KubeObject {
  const found = made.find(({ object }) => object.kind === kind && object.metadata.name === name)
  if (!found) throw new Error(`the tutorial has no ${kind} ${name}`)
  return found.object
}

/** The Istio objects of the tutorial: Gateway, DestinationRule, VirtualService. */
export function istioObjects(): Made[] {
  return objects(undefined).filter(({ object }) => isIstio(object))
}

/** What the CustomResourceDefinitions in these files and the tutorial add to an empty cluster. */
export async function createTutorial(crds: Parts['crds']): Promise<void> {
  const api = openApi(API_PORT)
  const made = objects(undefined)
  const custom = made.filter(({ object }) => isCustom(object))
  const workloads = made.filter(({ object }) => !isCustom(object))
  await Promise.all([installAllCrds(api, crds), createWorkloads(api, workloads)])
  await Promise.all(custom.map(({ object, manager }) => api.create(object, manager)))
  await Promise.all(linesObjects().map((object) => api.create(object)))
}

async function installAllCrds(api: Api, crds: Parts['crds']): Promise<void> {
  await Promise.all([
    installCrds(api, crds.istio, ISTIO_KINDS),
    installCrds(api, crds['gateway-api'], GATEWAY_API_KINDS),
  ])
}

async function createWorkloads(api: Api, made: readonly Made[]): Promise<void> {
  const isNamespace = ({ object }: Made) => object.kind === 'Namespace'
  // The API server creates this one itself.
  const namespaces = made
    .filter(isNamespace)
    .filter(({ object }) => object.metadata.name !== 'default')
  await Promise.all(namespaces.map(({ object, manager }) => api.create(object, manager)))
  const others = made.filter((one) => !isNamespace(one))
  await Promise.all(others.map(({ object, manager }) => api.create(object, manager)))
}

const ISTIO_KINDS = ['gateways', 'destinationrules', 'virtualservices'].map(
  (plural) => `networking.istio.io/v1/${plural}`,
)
const GATEWAY_API_KINDS = ['gateways', 'httproutes', 'grpcroutes', 'tlsroutes', 'tcproutes'].map(
  (plural) => `gateway.networking.k8s.io/v1/${plural}`,
)

/** Creates the definitions of a file and resolves when the kinds that are used here are served. */
export async function installCrds(
  api: Api,
  file: string,
  used: readonly string[] = ISTIO_KINDS,
): Promise<void> {
  const values: Json = parseJson(JSON.stringify(loadAll(readFileSync(file, 'utf8'))))
  const definitions = Array.isArray(values) ? values.filter(isKubeObject) : []
  await Promise.all(definitions.map((definition) => api.create(definition)))
  for (const path of used) {
    await within(30_000, `${path} being served`, async () => {
      const { status } = await api.call('GET', `/apis/${path}`)
      return status === 200
    })
  }
}

function isIstio(object: KubeObject): boolean {
  return object.apiVersion.startsWith('networking.istio.io/')
}

/** Whether a CustomResourceDefinition defines it. */
function isCustom(object: KubeObject): boolean {
  return isIstio(object) || object.apiVersion.startsWith('gateway.networking.k8s.io/')
}
