import {
  type Json,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  textAt,
  without,
} from '../../../sandbox/objects/json.ts'
import { type KubeObject, textsOf } from '../../../sandbox/objects/kube-object.ts'
import { type Answer, type Api, openApi, REPLACER } from '../../objects/api.ts'
import { virtualService, type Weights } from '../../objects/tutorial.ts'
import { API_PORT } from '../../processes/addresses.ts'
import type { Replica } from '../../processes/envoy/proxy-pods.ts'
import { gatewayRoutes } from '../../processes/gateway-routes.ts'
import { within } from '../../processes/within.ts'

/** The mesh's API server, with every right. */
export const api: Api = openApi(API_PORT)

/**
 * Puts the VirtualService into this state and resolves when the gateway uses it. The journal, the field owners and
 * everything else that a test left are removed. A replace with equal values would leave the fields to their owner, and a
 * run that owned its fields before has none to give back.
 */
export async function routeIs(weights?: Weights): Promise<void> {
  const object = virtualService(weights)
  const metadata = { ...object.metadata, managedFields: ownedByReplace(object) }
  await api.replace({ ...object, metadata })
  await gatewaySplits(weights ?? { v1: 100 })
}

/** The managedFields by which the manager of `api.replace` alone owns the spec. */
export function ownedByReplace(object: KubeObject): Json[] {
  const fields = Object.keys(objectAt(object, 'spec')).map((field) => [`f:${field}`, {}])
  const fieldsV1 = { 'f:spec': { '.': {}, ...Object.fromEntries(fields) } }
  return [
    {
      manager: REPLACER,
      operation: 'Update',
      apiVersion: object.apiVersion,
      time: '2026-01-01T00:00:00Z',
      fieldsType: 'FieldsV1',
      fieldsV1,
    },
  ]
}

/** Resolves when a replica of the gateway splits like this. A weight of 0 counts like no weight. */
export async function gatewaySplits(weights: Weights, replica: Replica = 'first'): Promise<void> {
  const wanted = shown(weights)
  await within(20_000, `the gateway's acting on ${wanted}`, async () => {
    const routes = await gatewayRoutes(replica)
    return routes !== undefined && shown(routes) === wanted
  })
}

function shown(weights: Readonly<Record<string, number>>): string {
  const entries = Object.entries(weights).filter(([, weight]) => weight > 0)
  return JSON.stringify(entries.sort(([a], [b]) => a.localeCompare(b)))
}

/** Applies the VirtualService server-side. */
export function applyRoute(
  manager: string,
  object: KubeObject,
  { force = false } = {},
): Promise<Answer> {
  const path = '/apis/networking.istio.io/v1/namespaces/demo/virtualservices/tcp-echo'
  const query = `fieldManager=${manager}&force=${force}`
  return api.call('PATCH', `${path}?${query}`, object, 'application/apply-patch+yaml')
}

export function readRoute(from: Api = api): Promise<KubeObject> {
  return from.read(virtualService())
}

/** The VirtualService as text, without what every write changes, to compare byte for byte. */
export async function routeText(from: Api = api): Promise<string> {
  return objectText(await readRoute(from))
}

/** An object as text, likewise, and without the status, which its controller writes. */
export function objectText(object: KubeObject): string {
  const kept = ['resourceVersion', 'generation', 'managedFields'].reduce(
    (metadata, field) => without(metadata, field),
    objectAt(object, 'metadata'),
  )
  return JSON.stringify({ ...without(object, 'status'), metadata: kept }, null, 1)
}

/** The weights on the object, by subset; undefined for one without a weight. */
export async function weightsOn(
  from: Api = api,
  rule = 0,
): Promise<Record<string, number | undefined>> {
  const routes = listAt(await readRoute(from), 'spec', 'tcp', rule, 'route')
  return Object.fromEntries(
    routes.map((route) => [
      textAt(route, 'destination', 'subset') ?? '',
      numberAt(route, 'weight'),
    ]),
  )
}

/** The annotations of this project on the object. */
export async function journalsOn(from: Api = api): Promise<string[]> {
  const object = await readRoute(from)
  return Object.keys(textsOf(object, 'annotations')).filter((key) =>
    key.startsWith('istio-traffic-shift/'),
  )
}

/** The object's resourceVersion. If it is the same as before, there was no write. */
export async function versionOf(from: Api = api): Promise<string> {
  return textAt(await readRoute(from), 'metadata', 'resourceVersion') ?? ''
}

/** An object with other values for some fields of its spec. */
export function withSpec(object: KubeObject, fields: JsonObject): KubeObject {
  return { ...object, spec: { ...objectAt(object, 'spec'), ...fields } }
}
