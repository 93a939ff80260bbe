import { type ADMIN_PORTS, CLIENT_PODS, GATEWAY, SECOND_GATEWAY, WAYPOINT } from '../addresses.ts'

export type Replica = 'first' | 'second'
export type ClientName = keyof typeof CLIENT_PODS
/** An Envoy of the mesh: a replica of the gateway, the sidecar of a client, or a waypoint. */
export type ProxyName = keyof typeof ADMIN_PORTS

type Identity = {
  process: 'envoy' | 'envoy-second' | 'envoy-client' | 'envoy-other-client' | 'envoy-waypoint'
  address: string
  namespace: string
  pod: string
  labels: Readonly<Record<string, string>>
  serviceAccount: string
}

const INGRESS = {
  namespace: 'istio-system',
  labels: { app: 'istio-ingressgateway', istio: 'ingressgateway' },
  serviceAccount: 'istio-ingressgateway',
}

const CLIENT = { namespace: 'demo', serviceAccount: 'default' }

/** The Pods of all proxies. */
export const PROXY_PODS = {
  first: {
    ...INGRESS,
    process: 'envoy',
    address: GATEWAY.host,
    pod: 'istio-ingressgateway-0',
  },
  second: {
    ...INGRESS,
    process: 'envoy-second',
    address: SECOND_GATEWAY,
    pod: 'istio-ingressgateway-1',
  },
  client: {
    ...CLIENT,
    process: 'envoy-client',
    address: CLIENT_PODS.client,
    pod: 'client-0',
    labels: { app: 'client', client: 'client-0' },
  },
  otherClient: {
    ...CLIENT,
    process: 'envoy-other-client',
    address: CLIENT_PODS.otherClient,
    pod: 'client-1',
    labels: { app: 'client', client: 'client-1' },
  },
  waypoint: {
    process: 'envoy-waypoint',
    address: WAYPOINT.address,
    namespace: 'demo',
    pod: 'waypoint-0',
    labels: {
      app: 'waypoint',
      'gateway.networking.k8s.io/gateway-name': 'waypoint',
      'gateway.networking.k8s.io/gateway-class-name': 'istio-waypoint',
    },
    serviceAccount: 'default',
  },
} as const satisfies Record<ProxyName, Identity>
