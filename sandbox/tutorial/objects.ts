import { readFileSync } from 'node:fs'
import { loadAll } from 'js-yaml'
import {
  isObject,
  type Json,
  type JsonObject,
  listAt,
  parseJson,
  sortedFields,
} from '../objects/json.ts'
import { isKubeObject, type KubeObject, textsOf } from '../objects/kube-object.ts'
import { ROOT_NAMESPACE } from '../options.ts'

/** A version of the application and its address. */
export type SubsetStart = { name: string; prefix: string; address: string; port: number }

/** The values in the tutorial's objects. */
export type Start = {
  namespace: string
  gateway: { host: string; port: number }
  subsets: readonly SubsetStart[]
  /** Weights of the only tcp rule; undefined: a single destination without a weight, as at the start of the tutorial. */
  weights: Readonly<Record<string, number>> | undefined
  /** The root namespace in Istio's mesh config; default: that of sandboxes. */
  rootNamespace?: string
}

/** An object and its creator. */
export type Made = { object: KubeObject; manager: string }

/** The tutorial's objects, in the order in which they can be created. */
export function tutorialObjects(start: Start): Made[] {
  const filled = (file: string, words: Record<string, string> = {}) =>
    objectsIn(file, { GATEWAY_ADDRESS: start.gateway.host, ...words }, start.namespace)
  const byCluster = [
    ...filled('namespaces.yaml'),
    ...filled('node.yaml'),
    ...filled('mesh-config.yaml', {
      ROOT_NAMESPACE: start.rootNamespace ?? ROOT_NAMESPACE,
    }),
    ...filled('ingress-gateway.yaml').map((object) => withPort(object, 'tcp', start.gateway.port)),
    ...start.subsets.flatMap(({ name, prefix, address }) =>
      filled('subset.yaml', { SUBSET: name, PREFIX: prefix, POD_ADDRESS: address }),
    ),
    ...filled('service.yaml').flatMap((object) =>
      object.kind === 'EndpointSlice' ? slicesOf(object, start.subsets) : [object],
    ),
  ]
  const byUser = [
    ...filled('gateway.yaml'),
    ...filled('destination-rule.yaml').map((object) => withSubsets(object, start.subsets)),
    ...filled('virtual-service.yaml').map((object) => withWeights(object, start.weights)),
  ]
  return [
    ...byCluster.map((object) => ({ object, manager: 'kubectl' })),
    ...byUser.map((object) => ({
      object: asApplied(object),
      manager: 'kubectl-client-side-apply',
    })),
  ]
}

function objectsIn(file: string, words: Record<string, string>, namespace: string): KubeObject[] {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8')
  const filled = Object.entries(words).reduce((sum, [word, by]) => sum.replaceAll(word, by), text)
  const moved = filled
    .replaceAll('namespace: demo', `namespace: ${namespace}`)
    .replaceAll('{name: demo}', `{name: ${namespace}}`)
  // Copied through JSON, so that the values are plain.
  const values: Json = parseJson(JSON.stringify(loadAll(moved)))
  return Array.isArray(values) ? values.filter(isKubeObject) : []
}

/** An object with the annotation that `kubectl apply` adds. */
function asApplied(object: KubeObject): KubeObject {
  const metadata = { ...object.metadata, annotations: {} }
  const applied = `${JSON.stringify(sortedFields({ ...object, metadata }))}\n`
  const annotations = {
    ...textsOf(object, 'annotations'),
    'kubectl.kubernetes.io/last-applied-configuration': applied,
  }
  return { ...object, metadata: { ...object.metadata, annotations } }
}

/** A Service or EndpointSlice whose port of that name is the actual port, which may differ from the tutorial's. */
function withPort(object: KubeObject, name: string, port: number): KubeObject {
  const moved = (ports: readonly Json[]) =>
    ports.map((one) => (isObject(one) && one.name === name ? { ...one, port } : one))
  if (object.kind === 'EndpointSlice') return { ...object, ports: moved(listAt(object, 'ports')) }
  if (object.kind !== 'Service' || !isObject(object.spec)) return object
  return { ...object, spec: { ...object.spec, ports: moved(listAt(object, 'spec', 'ports')) } }
}

/** A slice for each port at which the application's Pods listen. That is one, unless 9000 was not free. */
function slicesOf(template: KubeObject, subsets: readonly SubsetStart[]): KubeObject[] {
  const ports = [...new Set(subsets.map((subset) => subset.port))]
  const [endpoint] = listAt(template, 'endpoints')
  return ports.map((port, index) => {
    const endpoints = subsets
      .filter((subset) => subset.port === port)
      .map(({ name, address }) => {
        const text = JSON.stringify(endpoint)
        return parseJson(text.replaceAll('SUBSET', name).replaceAll('POD_ADDRESS', address))
      })
    const metadata = { ...template.metadata, name: `tcp-echo-${index + 1}` }
    return withPort({ ...template, metadata, endpoints }, 'tcp', port)
  })
}

function withSubsets(object: KubeObject, subsets: readonly SubsetStart[]): KubeObject {
  const list = subsets.map(({ name }) => ({ name, labels: { version: name } }))
  return { ...object, spec: merged(object.spec, { subsets: list }) }
}

function withWeights(object: KubeObject, weights: Start['weights']): KubeObject {
  if (weights === undefined) return object
  const [rule] = listAt(object, 'spec', 'tcp')
  const [template] = listAt(rule, 'route')
  const route = Object.entries(weights).map(([subset, weight]) => {
    const destination = isObject(template) ? merged(template.destination, { subset }) : { subset }
    return { destination, weight }
  })
  return { ...object, spec: merged(object.spec, { tcp: [merged(rule, { route })] }) }
}

function merged(value: Json | undefined, fields: JsonObject): JsonObject {
  return { ...(isObject(value) ? value : {}), ...fields }
}
