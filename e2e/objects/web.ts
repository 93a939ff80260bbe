import { readFileSync } from 'node:fs'
import { loadAll } from 'js-yaml'
import { type Json, listAt, objectAt, parseJson } from '../../sandbox/objects/json.ts'
import { isKubeObject, type KubeObject } from '../../sandbox/objects/kube-object.ts'
import { type Weights, withWeights } from '../../sandbox/tutorial/fill.ts'
import type { Made } from '../../sandbox/tutorial/objects.ts'
import { WEB_PORTS, type WebStart } from '../../sandbox/tutorial/web.ts'
import { LINES_PORT, WEB_PODS } from '../processes/addresses.ts'
import { credential } from '../processes/credentials.ts'
import type { WebVersion } from '../processes/web.ts'

const VERSIONS: readonly WebVersion[] = ['v1', 'v2']

/** The values in the objects of the web application. */
export function webStart(): WebStart {
  return {
    subsets: VERSIONS.map((name) => {
      const { address, http: port } = WEB_PODS[name]
      return { name, address, port }
    }),
    options: { http: true, tls: true, grpc: true },
    // Nothing translates the ports of the load balancer's address.
    ports: WEB_PORTS,
    certificate: { certificate: credential('webCertificate'), key: credential('webKey') },
  }
}

/** The gateway's Service with the port of the Gateway in lines.yaml. */
export function withLinesPort(object: KubeObject): KubeObject {
  if (object.kind !== 'Service' || object.metadata.name !== 'istio-ingressgateway') return object
  const lines = { name: 'tls-lines', port: LINES_PORT, targetPort: LINES_PORT, nodePort: 30144 }
  const ports = [...listAt(object, 'spec', 'ports'), { ...lines, protocol: 'TCP' }]
  return { ...object, spec: { ...objectAt(object, 'spec'), ports } }
}

/** The EndpointSlices of the web application with the ports of its processes: one for each protocol and version. */
export function withOwnSlices(made: readonly Made[]): Made[] {
  return made.map(({ object, manager }) => {
    const version = VERSIONS.find((name) => isSliceOf(object, WEB_PODS[name].address))
    if (version === undefined) return { object, manager }
    const ports = listAt(object, 'ports').map((one) => {
      const name = objectAt(one).name
      if (name !== 'http' && name !== 'grpc' && name !== 'tls')
        throw new Error(`the web application has no port ${String(name)}`)
      return { ...objectAt(one), port: WEB_PODS[version][name] }
    })
    return { object: { ...object, ports }, manager }
  })
}

function isSliceOf(object: KubeObject, address: string): boolean {
  if (object.kind !== 'EndpointSlice') return false
  return listAt(object, 'endpoints').some((one) => listAt(one, 'addresses').includes(address))
}

/** The objects of lines.yaml. */
export function linesObjects(): KubeObject[] {
  const text = readFileSync(new URL('lines.yaml', import.meta.url), 'utf8')
  const values: Json = parseJson(JSON.stringify(loadAll(text)))
  return Array.isArray(values) ? values.filter(isKubeObject) : []
}

/** The VirtualService of lines.yaml with these weights. */
export function linesRoute(weights?: Weights): KubeObject {
  const found = linesObjects().find((one) => one.kind === 'VirtualService')
  if (!found) throw new Error('lines.yaml has no VirtualService')
  return withWeights(found, 'tcp', weights)
}
