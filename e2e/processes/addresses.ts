/** The addresses in the mesh's network. They are the same in every mesh, because each has its own network. */

/** The load balancer, the gateway's Pod and the node at the same time. */
export const GATEWAY = { host: '192.0.2.10', port: 31400, nodePort: 30140 }

/** The Pod of the second replica. Both listen on all addresses. */
export const SECOND_GATEWAY = '10.244.0.20'

/** The Pods of two clients in the mesh: each is a sidecar without its application. */
export const CLIENT_PODS = { client: '10.244.0.40', otherClient: '10.244.0.41' } as const
/** The Pod of a waypoint, and the port at which it takes tunnels. */
export const WAYPOINT = { address: '10.244.0.42', port: 15008 }

/** Where a sidecar takes the requests of its application: the ports of the Services, as istiod demands. */
export const CLIENT_PORTS = [
  { number: 80, protocol: 'HTTP', name: 'http' },
  { number: 9000, protocol: 'GRPC', name: 'grpc' },
] as const

/** The application's Pods. */
export const PODS = { v1: '10.244.0.11', v2: '10.244.0.12', v3: '10.244.0.13' } as const

export const POD_PORT = 9000

/** The application that speaks HTTP, TLS and gRPC: the address of each version's Pod, and its ports. */
export const WEB_PODS = {
  v1: { address: '10.244.0.31', http: 8101, tls: 8121, grpc: 8131 },
  v2: { address: '10.244.0.32', http: 8102, tls: 8122, grpc: 8132 },
} as const

/** Where the gateway terminates TLS in front of the tutorial's application. */
export const LINES_PORT = 31444

/** Ports of the gateway for random objects. */
export const CASE_PORTS = Array.from({ length: 60 }, (_, index) => 8200 + index)

export const ETCD = 'http://127.0.0.1:23790'
export const ETCD_PEERS = 'http://127.0.0.1:23800'

export const ISTIOD = { http: 15080, xds: 15010, monitoring: 15014, webhook: 15017 }

export const API_PORT = 6443
/** A second API server, for Istio's objects alone. */
export const CONFIG_API_PORT = 6444

/** Envoy's admin interface, of each replica of the gateway and of each sidecar. A sidecar itself listens on 15001 and 15006. */
export const ADMIN_PORTS = {
  first: 15000,
  second: 15051,
  client: 15052,
  otherClient: 15053,
  waypoint: 15054,
}

/** Where a waypoint asks for certificates. */
export const SECRETS_PORT = 15055

/** Where the API server expects the kubelet of the only node. */
export const KUBELET_PORT = 10250
/** Where what runs the Pods of Jobs serves their logs to the kubelet. */
export const POD_LOGS = '127.0.0.1:10251'
/** Where the sidecar of a Pod says that it is ready, and where it is ended. */
export const SIDECAR_PORTS = [15020, 15021] as const
/** The controllers of Jobs. */
export const CONTROLLERS_PORT = 10257

export const PROMETHEUS = 'http://127.0.0.1:9090'

export const ADDRESSES = [
  ...[
    GATEWAY.host,
    SECOND_GATEWAY,
    ...Object.values(CLIENT_PODS),
    WAYPOINT.address,
    ...Object.values(PODS),
  ],
  ...Object.values(WEB_PODS).map(({ address }) => address),
]

/** Ports that no outgoing connection may use. Those from 15000 are also for proxies in tests. */
export const LISTENING_PORTS =
  '6443-6444,8080,8090,8100-8139,8200-8259,8443-8444,8493-8494,9000,9090,10250-10251,10257,15000-15099,23790,23800,30140,31400-31499'
