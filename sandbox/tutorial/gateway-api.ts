import { isObject, type Json, listAt } from '../objects/json.ts'
import type { KubeObject } from '../objects/kube-object.ts'
import { merged, type PodStart, slicesOf, type Weights } from './fill.ts'

/** Ports of the Gateway's listeners, and some that a test may use. The gateway's Pods listen at them. */
export const GATEWAY_API_PORTS = {
  http: 8090,
  https: 8493,
  tls: 8494,
  tcp: 31490,
  spare: 31491,
  another: 31492,
  third: 31493,
  fourth: 31494,
} as const

export type GatewayApiPort = keyof typeof GATEWAY_API_PORTS
type Filled = (file: string, words?: Record<string, string>) => KubeObject[]

/** The kinds of routes: their files, and the application that they lead to. */
const ROUTES = {
  http: { file: 'web-route', service: 'web' },
  grpc: { file: 'grpc-route', service: 'web' },
  tls: { file: 'tls-route', service: 'web' },
  tcp: { file: 'tcp-route', service: 'tcp-echo' },
} as const

export type GatewayApiRoute = keyof typeof ROUTES
const KINDS = ['http', 'grpc', 'tls', 'tcp'] as const
const PORTS = ['http', 'https', 'tls', 'tcp', 'spare', 'another', 'third', 'fourth'] as const

/** The values in the objects of the Gateway API. */
export type GatewayApiStart = {
  /** Weights of the only rule of each route, by version; true: one backend, v1, without a weight. */
  routes: Readonly<Partial<Record<GatewayApiRoute, true | NonNullable<Weights>>>>
  /** At which ports the gateway's Service leads to the listeners. */
  ports: Readonly<Record<GatewayApiPort, number>>
  web: readonly PodStart[]
  echo: readonly PodStart[]
}

/** A Gateway of the Gateway API, routes and a Service for each version: those that the cluster made, and a user's. */
export function gatewayApiObjects(
  { routes, ports, ...start }: GatewayApiStart,
  filled: Filled,
): { byCluster: KubeObject[]; byUser: KubeObject[] } {
  const words = {
    HTTP_PORT: String(ports.http),
    TERMINATED_PORT: String(ports.https),
    PASSTHROUGH_PORT: String(ports.tls),
    TCP_PORT: String(ports.tcp),
  }
  const services = (['web', 'tcp-echo'] as const).flatMap((service, application) =>
    (service === 'web' ? start.web : start.echo).flatMap((pod, index) =>
      filled(`gateway-api/${service}.yaml`, {
        SUBSET: pod.name,
        CLUSTER_IP: `10.96.${application + 1}.${index + 10}`,
      }).flatMap((object) =>
        object.kind === 'EndpointSlice' ? slicesOf(object, [pod]) : [object],
      ),
    ),
  )
  const [gatewayClass, gateway] = filled('gateway-api/gateway.yaml', words)
  const made = KINDS.flatMap((kind) => {
    const { file, service } = ROUTES[kind]
    const weights = routes[kind]
    return weights === undefined
      ? []
      : filled(`gateway-api/${file}.yaml`).map((object) => withBackends(object, service, weights))
  })
  return {
    byCluster: [...(gatewayClass ? [gatewayClass] : []), ...services],
    byUser: [...(gateway ? [gateway] : []), ...made],
  }
}

function withBackends(
  object: KubeObject,
  service: string,
  weights: true | NonNullable<Weights>,
): KubeObject {
  if (weights === true) return object
  const [rule] = listAt(object, 'spec', 'rules')
  const [template] = listAt(rule, 'backendRefs')
  const backendRefs = Object.entries(weights).map(
    ([version, weight]): Json => merged(template, { name: `${service}-${version}`, weight }),
  )
  return { ...object, spec: merged(object.spec, { rules: [merged(rule, { backendRefs })] }) }
}

/** The gateway's Service or EndpointSlice, with the ports of the listeners. */
export function gatewayWithListeners(
  object: KubeObject,
  start: GatewayApiStart | undefined,
): KubeObject {
  if (start === undefined) return object
  const named = PORTS.map((kind, index) => ({
    name: `${kind}-gateway-api`,
    port: start.ports[kind],
    targetPort: GATEWAY_API_PORTS[kind],
    nodePort: 30890 + index,
    protocol: 'TCP',
  }))
  if (object.kind === 'EndpointSlice') {
    const ports = named.map(({ name, port, protocol }) => ({ name, port, protocol }))
    return { ...object, ports: [...listAt(object, 'ports'), ...ports] }
  }
  if (object.kind !== 'Service' || !isObject(object.spec)) return object
  const ports = [...listAt(object, 'spec', 'ports'), ...named]
  return { ...object, spec: merged(object.spec, { ports }) }
}
