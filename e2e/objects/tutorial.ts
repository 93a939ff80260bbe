import { readFileSync } from 'node:fs'
import { loadAll } from 'js-yaml'
import { type Json, parseJson } from '../../sandbox/objects/json.ts'
import { isKubeObject, type KubeObject } from '../../sandbox/objects/kube-object.ts'
import { type Made, tutorialObjects } from '../../sandbox/tutorial/objects.ts'
import { API_PORT, GATEWAY, POD_PORT, PODS } from '../processes/addresses.ts'
import { PREFIXES, type Version } from '../processes/echo.ts'
import { within } from '../processes/within.ts'
import { type Api, openApi } from './api.ts'
import { linesObjects, webStart, withLinesPort, withOwnSlices } from './web.ts'

export type Weights = Readonly<Partial<Record<Version, number>>>

/** The versions that the tutorial has. */
const TUTORIAL = ['v1', 'v2'] as const

/** The tutorial's objects as in its manifests, or with the given weights. */
function objects(weights: Weights | undefined, versions: readonly Version[] = TUTORIAL): Made[] {
  const made = tutorialObjects({
    namespace: 'demo',
    gateway: GATEWAY,
    subsets: versions.map((name) => ({
      name,
      prefix: PREFIXES[name],
      address: PODS[name],
      port: POD_PORT,
    })),
    weights,
    web: webStart(),
  })
  return withOwnSlices(made.map((one) => ({ ...one, object: withLinesPort(one.object) })))
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

function named(made: readonly Made[], kind: string, name: string): KubeObject {
  const found = made.find(({ object }) => object.kind === kind && object.metadata.name === name)
  if (!found) throw new Error(`the tutorial has no ${kind} ${name}`)
  return found.object
}

/** The Istio objects of the tutorial: Gateway, DestinationRule, VirtualService. */
export function istioObjects(): Made[] {
  return objects(undefined).filter(({ object }) => isIstio(object))
}

/** What Istio's CustomResourceDefinitions and the tutorial add to an empty cluster. */
export async function createTutorial(crds: string): Promise<void> {
  const api = openApi(API_PORT)
  const workloads = objects(undefined).filter(({ object }) => !isIstio(object))
  await Promise.all([installCrds(api, crds), createWorkloads(api, workloads)])
  await Promise.all(istioObjects().map(({ object, manager }) => api.create(object, manager)))
  await Promise.all(linesObjects().map((object) => api.create(object)))
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

/** Creates the definitions and resolves when the kinds that the tutorial uses are served. */
export async function installCrds(api: Api, file: string): Promise<void> {
  const values: Json = parseJson(JSON.stringify(loadAll(readFileSync(file, 'utf8'))))
  const definitions = Array.isArray(values) ? values.filter(isKubeObject) : []
  await Promise.all(definitions.map((definition) => api.create(definition)))
  for (const plural of ['gateways', 'destinationrules', 'virtualservices']) {
    await within(30_000, `${plural} being served`, async () => {
      const { status } = await api.call('GET', `/apis/networking.istio.io/v1/${plural}`)
      return status === 200
    })
  }
}

function isIstio(object: KubeObject): boolean {
  return object.apiVersion.startsWith('networking.istio.io/')
}
