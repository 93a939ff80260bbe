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

/** Weights by subset; undefined: a single destination without a weight, as at the start of the tutorial. */
export type Weights = Readonly<Record<string, number>> | undefined

/** Where a version of an application listens. */
export type PodStart = { name: string; address: string; port: number }

/** The objects in a file of this folder, with its words in capitals replaced. */
export function objectsIn(
  file: string,
  words: Record<string, string>,
  namespace: string,
): KubeObject[] {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8')
  const filled = Object.entries(words).reduce((sum, [word, by]) => sum.replaceAll(word, by), text)
  const moved = filled
    .replaceAll('namespace: demo', `namespace: ${namespace}`)
    .replaceAll('{name: demo}', `{name: ${namespace}}`)
  const values: Json = parseJson(asJson(moved))
  return Array.isArray(values) ? values.filter(isKubeObject) : []
}

/** Files as JSON by their text: parsing YAML takes a third of the start of a sandbox. */
const asJsonBefore = new Map<string, string>()
const REMEMBERED = 200

/** The documents of a YAML text as a JSON list. */
function asJson(yaml: string): string {
  const json = asJsonBefore.get(yaml) ?? JSON.stringify(loadAll(yaml))
  if (asJsonBefore.size === REMEMBERED) asJsonBefore.clear()
  asJsonBefore.set(yaml, json)
  return json
}

/** An object with the annotation that `kubectl apply` adds. */
export function asApplied(object: KubeObject): KubeObject {
  const metadata = { ...object.metadata, annotations: {} }
  const applied = `${JSON.stringify(sortedFields({ ...object, metadata }))}\n`
  const annotations = {
    ...textsOf(object, 'annotations'),
    'kubectl.kubernetes.io/last-applied-configuration': applied,
  }
  return { ...object, metadata: { ...object.metadata, annotations } }
}

/** A Service or EndpointSlice whose port of that name is the actual port, which may differ from the tutorial's. */
export function withPort(object: KubeObject, name: string, port: number): KubeObject {
  const moved = (ports: readonly Json[]) =>
    ports.map((one) => (isObject(one) && one.name === name ? { ...one, port } : one))
  if (object.kind === 'EndpointSlice') return { ...object, ports: moved(listAt(object, 'ports')) }
  if (object.kind !== 'Service' || !isObject(object.spec)) return object
  return { ...object, spec: { ...object.spec, ports: moved(listAt(object, 'spec', 'ports')) } }
}

/** A slice for each port at which an application's Pods listen. That is one, unless the usual port was not free. */
export function slicesOf(template: KubeObject, subsets: readonly PodStart[]): KubeObject[] {
  const ports = [...new Set(subsets.map((subset) => subset.port))]
  const [endpoint] = listAt(template, 'endpoints')
  return ports.map((port, index) => {
    const endpoints = subsets
      .filter((subset) => subset.port === port)
      .map(({ name, address }) => {
        const text = JSON.stringify(endpoint)
        return parseJson(text.replaceAll('SUBSET', name).replaceAll('POD_ADDRESS', address))
      })
    const name = template.metadata.name.replace(/1$/, String(index + 1))
    const moved = listAt(template, 'ports').map((one) => merged(one, { port }))
    return { ...template, metadata: { ...template.metadata, name }, endpoints, ports: moved }
  })
}

export function withSubsets(object: KubeObject, subsets: readonly { name: string }[]): KubeObject {
  const list = subsets.map(({ name }) => ({ name, labels: { version: name } }))
  return { ...object, spec: merged(object.spec, { subsets: list }) }
}

/** A VirtualService whose only rule of a protocol has these weights. */
export function withWeights(
  object: KubeObject,
  protocol: 'tcp' | 'tls' | 'http',
  weights: Weights,
): KubeObject {
  if (weights === undefined) return object
  const [rule] = listAt(object, 'spec', protocol)
  const [template] = listAt(rule, 'route')
  const route = Object.entries(weights).map(([subset, weight]) => {
    const destination = isObject(template) ? merged(template.destination, { subset }) : { subset }
    return { destination, weight }
  })
  return { ...object, spec: merged(object.spec, { [protocol]: [merged(rule, { route })] }) }
}

export function merged(value: Json | undefined, fields: JsonObject): JsonObject {
  return { ...(isObject(value) ? value : {}), ...fields }
}
