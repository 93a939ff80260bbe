import { readFileSync } from 'node:fs'
import { loadAll } from 'js-yaml'
import { type Json, type JsonObject, objectAt, parseJson } from '../../sandbox/objects/json.ts'
import { isKubeObject, type KubeObject } from '../../sandbox/objects/kube-object.ts'
import { WEB_PODS } from '../processes/addresses.ts'
import { credential } from '../processes/credentials.ts'
import type { WebVersion } from '../processes/web.ts'
import type { Api } from './api.ts'

export const WEB = 'web'

/** Objects of the application that speaks HTTP, in the order in which they can be created. */
function webObjects(): KubeObject[] {
  const text = readFileSync(new URL('web.yaml', import.meta.url), 'utf8')
  const values: Json = parseJson(JSON.stringify(loadAll(text)))
  return Array.isArray(values) ? values.filter(isKubeObject) : []
}

/** One of them. */
export function webObject(kind: string, name: string): KubeObject {
  const found = webObjects().find((one) => one.kind === kind && one.metadata.name === name)
  if (!found) throw new Error(`web.yaml has no ${kind} ${name}`)
  return found
}

/** Creates them, after Istio's CustomResourceDefinitions, and the certificate that the gateway shows for them. */
export async function createWeb(api: Api): Promise<void> {
  const [namespace, ...others] = webObjects()
  if (namespace) await api.create(namespace)
  const pods = (['v1', 'v2'] as const).flatMap((version) => [podOf(version), sliceOf(version)])
  const all = [...others, ...pods, certificate()]
  await Promise.all(all.map((object) => api.create(object)))
}

function certificate(): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'example-com', namespace: 'istio-system' },
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': credential('webCertificate'), 'tls.key': credential('webKey') },
  }
}

export function podOf(version: WebVersion): KubeObject {
  const { address, ...ports } = WEB_PODS[version]
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `echo-${version}-0`, namespace: WEB, labels: { app: 'echo', version } },
    spec: {
      nodeName: 'node-0',
      containers: [
        {
          name: 'echo-basic',
          image: 'gcr.io/k8s-staging-gateway-api/echo-basic',
          ports: portsOf(ports).map(({ name, port }) => ({ name, containerPort: port })),
        },
      ],
    },
    status: {
      phase: 'Running',
      podIP: address,
      podIPs: [{ ip: address }],
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  }
}

/** Each version has its own slice, because its processes listen on every address, and therefore on ports of their own. */
function sliceOf(version: WebVersion): KubeObject {
  const { address, ...ports } = WEB_PODS[version]
  const serviceNames: Readonly<Record<string, string>> = { h2c: 'http2', https: 'tls' }
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `echo-${version}`,
      namespace: WEB,
      labels: { 'kubernetes.io/service-name': 'echo' },
    },
    addressType: 'IPv4',
    ports: portsOf(ports).map(({ name, port }) => ({
      name: serviceNames[name] ?? name,
      port,
      protocol: 'TCP',
    })),
    endpoints: [
      {
        addresses: [address],
        nodeName: 'node-0',
        conditions: { ready: true, serving: true, terminating: false },
        targetRef: { kind: 'Pod', name: `echo-${version}-0`, namespace: WEB },
      },
    ],
  }
}

function portsOf(ports: Readonly<Record<string, number>>): { name: string; port: number }[] {
  return Object.entries(ports).map(([name, port]) => ({ name, port }))
}

/** Weights by subset; a single destination without a weight is written without one. */
export type WebWeights = Readonly<Partial<Record<WebVersion, number>>>

/** A VirtualService of web.yaml with these weights in its first rule. */
export function weighted(name: string, protocol: 'http' | 'tcp' | 'tls', weights?: WebWeights) {
  const object = webObject('VirtualService', name)
  if (weights === undefined) return object
  const spec = objectAt(object, 'spec')
  const rule = objectAt(spec, protocol, 0)
  const destination = objectAt(rule, 'route', 0, 'destination')
  const route = Object.entries(weights).map(
    ([subset, weight]): JsonObject => ({ destination: { ...destination, subset }, weight }),
  )
  return { ...object, spec: { ...spec, [protocol]: [{ ...rule, route }] } }
}
