import { isObject, listAt } from '../objects/json.ts'
import type { KubeObject } from '../objects/kube-object.ts'
import type { WebOptions, WebWeights } from '../options.ts'
import { merged, type PodStart, slicesOf, withSubsets, withWeights } from './fill.ts'

/** Ports of the web application's Gateways. Unprivileged ones, because the gateway listens at them. */
export const WEB_PORTS = { http: 8080, https: 8443, tls: 8444 }

/** The values in the objects of the web application. */
export type WebStart = {
  subsets: readonly PodStart[]
  /** Which VirtualServices there are beside `web`, and the weights of their only rules. */
  options: WebOptions
  /** At which ports the gateway's Service leads to the servers of the Gateways. */
  ports: Readonly<Partial<Record<keyof typeof WEB_PORTS, number>>>
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
  const { http = true, tls, grpc } = start.options === true ? {} : start.options
  const applied = (file: string, protocol: 'http' | 'tls', weights: WebWeights | undefined) =>
    weights === undefined
      ? []
      : filled(file).map((object) => {
          if (object.kind === 'DestinationRule') return withSubsets(object, start.subsets)
          const wanted = weights === true ? undefined : weights
          return object.kind === 'VirtualService' ? withWeights(object, protocol, wanted) : object
        })
  const byUser = [
    ...applied('web-istio.yaml', 'http', http),
    ...applied('web-tls.yaml', 'tls', tls),
    ...applied('web-grpc.yaml', 'http', grpc),
  ]
  return { byCluster: [...pods, ...services, ...secrets], byUser }
}

/** The gateway's Service or EndpointSlice, with the ports for the web application. */
export function gatewayWithWeb(object: KubeObject, start: WebStart | undefined): KubeObject {
  if (start === undefined) return object
  const named = (['http', 'https', 'tls'] as const).flatMap((kind) => {
    const port = start.ports[kind]
    return port === undefined ? [] : [{ kind, name: `${kind}-web`, port }]
  })
  if (object.kind === 'EndpointSlice') {
    const ports = named.map(({ name, port }) => ({ name, port, protocol: 'TCP' }))
    return { ...object, ports: [...listAt(object, 'ports'), ...ports] }
  }
  if (object.kind !== 'Service' || !isObject(object.spec)) return object
  const ports = named.map(({ kind, ...one }, index) => ({
    ...one,
    targetPort: WEB_PORTS[kind],
    nodePort: 30880 + index,
    protocol: 'TCP',
  }))
  const all = [...listAt(object, 'spec', 'ports'), ...ports]
  return { ...object, spec: merged(object.spec, { ports: all }) }
}
