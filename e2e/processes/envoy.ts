import { readFileSync, writeFileSync } from 'node:fs'
import { ADMIN_PORTS, GATEWAY, ISTIOD, SECOND_GATEWAY } from './addresses.ts'
import { isOk } from './http.ts'
import { CLUSTER } from './istiod.ts'
import { startProcess } from './process.ts'
import { statePath } from './state.ts'
import { within } from './within.ts'

export type Replica = keyof typeof ADMIN_PORTS

/** The Pods of the gateway. */
export const GATEWAY_PODS = {
  first: { process: 'envoy', address: GATEWAY.host, pod: 'istio-ingressgateway-0' },
  second: { process: 'envoy-second', address: SECOND_GATEWAY, pod: 'istio-ingressgateway-1' },
} as const

/** By default the pauses grow to half a minute, which would delay the tests of an istiod that restarts. */
const RECONNECT = { retry_back_off: { base_interval: '0.5s', max_interval: '1s' } }

/**
 * Starts a replica of the ingress gateway. Two of them listen on the same port at once, and the kernel distributes the
 * connections between both (SO_REUSEPORT), as a load balancer would.
 */
export async function startEnvoy(replica: Replica, xdsPort: number = ISTIOD.xds): Promise<void> {
  const { process: name } = GATEWAY_PODS[replica]
  const file = statePath(`${name}.json`)
  writeFileSync(file, JSON.stringify(bootstrap(replica, xdsPort)))
  startProcess(name, [
    ...['envoy', '--config-path', file, '--concurrency', '2', '--log-level', 'warning'],
    // The flags that pilot-agent passes by default. Without hot restart Envoy leaves no shared memory.
    ...['--drain-time-s', '45', '--disable-hot-restart'],
  ])
  await within(30_000, `${name} being ready`, () =>
    isOk(`http://127.0.0.1:${ADMIN_PORTS[replica]}/ready`),
  )
}

/** Labels of its metrics, as pilot-agent's. Envoy's own would end the name of a cluster at its first dot. */
const STATS_TAGS = [
  { tag_name: 'cluster_name', regex: '^cluster(\\.(.+);)' },
  { tag_name: 'response_code', regex: '_rq(_(\\d{3}))$' },
  { tag_name: 'response_code_class', regex: '_rq(_(\\dxx))$' },
]

/** What pilot-agent would write, and for the first replica a listener in place of kube-proxy. */
function bootstrap(replica: Replica, xdsPort: number): object {
  const { address, pod } = GATEWAY_PODS[replica]
  const ads = { ads: {}, initial_fetch_timeout: '0s', resource_api_version: 'V3' }
  return {
    node: {
      id: `router~${address}~${pod}.istio-system~istio-system.svc.cluster.local`,
      cluster: 'istio-ingressgateway.istio-system',
      metadata: {
        NAMESPACE: 'istio-system',
        NAME: pod,
        CLUSTER_ID: CLUSTER,
        ISTIO_VERSION: '1.31.0',
        SERVICE_ACCOUNT: 'istio-ingressgateway',
        LABELS: { app: 'istio-ingressgateway', istio: 'ingressgateway' },
      },
    },
    admin: { address: socket('127.0.0.1', ADMIN_PORTS[replica]) },
    stats_config: { use_all_default_tags: false, stats_tags: STATS_TAGS },
    dynamic_resources: {
      ads_config: {
        api_type: 'GRPC',
        transport_api_version: 'V3',
        set_node_on_first_message_only: true,
        grpc_services: [
          {
            envoy_grpc: { cluster_name: 'istiod', retry_policy: RECONNECT },
            initial_metadata: [
              { key: 'authorization', value: `Bearer ${gatewayToken()}` },
              // Which cluster issued the token, as pilot-agent says it.
              { key: 'clusterid', value: CLUSTER },
            ],
          },
        ],
      },
      lds_config: ads,
      cds_config: ads,
    },
    static_resources: {
      listeners: replica === 'first' ? [nodePortListener()] : [],
      clusters: [
        {
          ...staticCluster('istiod', '127.0.0.1', xdsPort),
          typed_extension_protocol_options: {
            'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
              '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
              explicit_http_config: { http2_protocol_options: {} },
            },
          },
        },
        staticCluster('gateway', GATEWAY.host, GATEWAY.port),
      ],
    },
  }
}

/** By which every replica shows istiod whose Pod it is. */
export function keepGatewayToken(token: string): void {
  writeFileSync(statePath('gateway-token'), token, { mode: 0o600 })
}

function gatewayToken(): string {
  return readFileSync(statePath('gateway-token'), 'utf8')
}

function nodePortListener(): object {
  const proxy = {
    '@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy',
    stat_prefix: 'node-port',
    cluster: 'gateway',
  }
  return {
    name: 'node-port',
    address: socket(GATEWAY.host, GATEWAY.nodePort),
    filter_chains: [
      { filters: [{ name: 'envoy.filters.network.tcp_proxy', typed_config: proxy }] },
    ],
  }
}

function staticCluster(name: string, address: string, port: number): object {
  const endpoint = { address: socket(address, port) }
  return {
    name,
    type: 'STATIC',
    connect_timeout: '1s',
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint }] }] },
  }
}

function socket(address: string, port: number): object {
  return { socket_address: { address, port_value: port } }
}
