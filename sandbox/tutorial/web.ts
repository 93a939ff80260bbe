import { isObject, type Json, listAt } from '../objects/json.ts'
import type { KubeObject } from '../objects/kube-object.ts'
import { merged, type PodStart, slicesOf, type Weights, withSubsets, withWeights } from './fill.ts'

/** Ports of the web application's Gateway. Unprivileged ones, because the gateway listens at them. */
export const WEB_PORTS = { http: 8080, https: 8443 }

/** The values in the objects of the web application. */
export type WebStart = {
  subsets: readonly PodStart[]
  /** Weights of the only http rule. */
  weights: Weights
  /** At which ports the gateway's Service leads to the Gateway's servers. */
  ports: { http: number; https: number }
  /** PEM texts for the hosts of the application. */
  certificate: { certificate: string; key: string }
}

/** The objects of the web application: those that its cluster made, and those that a user applied. */
export function webObjects(
  start: WebStart,
  filled: (file: string, words?: Record<string, string>) => KubeObject[],
): { byCluster: KubeObject[]; byUser: KubeObject[] } {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const { certificate, key } = start.certificate
  const pods = start.subsets.flatMap(({ name, address }) =>
    filled('web-pod.yaml', { SUBSET: name, POD_ADDRESS: address }),
  )
  const services = filled('web.yaml').flatMap((object) =>
    object.kind === 'EndpointSlice' ? slicesOf(object, start.subsets) : [object],
  )
  const secrets = filled('web-certificate.yaml', {
    CERTIFICATE: base64(certificate),
    PRIVATE_KEY: base64(key),
  })
  const byUser = filled('web-istio.yaml').map((object) => {
    if (object.kind === 'DestinationRule') return withSubsets(object, start.subsets)
    return object.kind === 'VirtualService' ? withWeights(object, 'http', start.weights) : object
  })
  return { byCluster: [...pods, ...services, ...secrets], byUser }
}

/** The gateway's Service or EndpointSlice, with the ports for the web application. */
export function gatewayWithWeb(object: KubeObject, start: WebStart | undefined): KubeObject {
  if (start === undefined) return object
  const { http, https } = start.ports
  if (object.kind === 'EndpointSlice') {
    const ports = [slicePort('http-web', http), slicePort('https-web', https)]
    return { ...object, ports: [...listAt(object, 'ports'), ...ports] }
  }
  if (object.kind !== 'Service' || !isObject(object.spec)) return object
  const ports = [
    { name: 'http-web', port: http, targetPort: WEB_PORTS.http, nodePort: 30880, protocol: 'TCP' },
    {
      name: 'https-web',
      port: https,
      targetPort: WEB_PORTS.https,
      nodePort: 30843,
      protocol: 'TCP',
    },
  ]
  const all = [...listAt(object, 'spec', 'ports'), ...ports]
  return { ...object, spec: merged(object.spec, { ports: all }) }
}

function slicePort(name: string, port: number): Json {
  return { name, port, protocol: 'TCP' }
}
