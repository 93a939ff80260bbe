import { readFileSync } from 'node:fs'
import { loadAll } from 'js-yaml'
import { type Json, listAt, objectAt, parseJson } from '../../sandbox/objects/json.ts'
import { isKubeObject, type KubeObject } from '../../sandbox/objects/kube-object.ts'
import { type Weights, withWeights } from '../../sandbox/tutorial/fill.ts'
import type { Made } from '../../sandbox/tutorial/objects.ts'
import type { WebStart } from '../../sandbox/tutorial/web.ts'
import { WEB_PODS, WEB_PORTS } from '../processes/addresses.ts'
import { credential } from '../processes/credentials.ts'
import type { WebVersion } from '../processes/web.ts'

const VERSIONS: readonly WebVersion[] = ['v1', 'v2']

/** The values in the objects of the web application. */
export function webStart(): WebStart {
  const { http, https } = WEB_PORTS
  return {
    subsets: VERSIONS.map((name) => {
      const { address, http: port } = WEB_PODS[name]
      return { name, address, port }
    }),
    options: true,
    ports: { http, https },
    certificate: { certificate: credential('webCertificate'), key: credential('webKey') },
  }
}

/** The gateway's Service with the ports of the Gateway in more-routes.yaml. */
export function withMorePorts(object: KubeObject): KubeObject {
  if (object.kind !== 'Service' || object.metadata.name !== 'istio-ingressgateway') return object
  const more = [WEB_PORTS.passthrough, WEB_PORTS.terminated].map((port, index) => ({
    ...{ name: `tls-${port}`, port, targetPort: port, nodePort: 30200 + index, protocol: 'TCP' },
  }))
  const ports = [...listAt(object, 'spec', 'ports'), ...more]
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

/** The objects of more-routes.yaml. */
export function moreRoutes(): KubeObject[] {
  const text = readFileSync(new URL('more-routes.yaml', import.meta.url), 'utf8')
  const values: Json = parseJson(JSON.stringify(loadAll(text)))
  return Array.isArray(values) ? values.filter(isKubeObject) : []
}

/** A VirtualService of more-routes.yaml with these weights in its only rule. */
export function anotherRoute(
  name: string,
  protocol: 'http' | 'tcp' | 'tls',
  weights: Weights,
): KubeObject {
  const found = moreRoutes().find(
    (one) => one.kind === 'VirtualService' && one.metadata.name === name,
  )
  if (!found) throw new Error(`more-routes.yaml has no VirtualService ${name}`)
  return withWeights(found, protocol, weights)
}
