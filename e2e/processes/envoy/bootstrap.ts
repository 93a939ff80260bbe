import { readFileSync, writeFileSync } from 'node:fs'
import { ADMIN_PORTS, GATEWAY, SECRETS_PORT } from '../addresses.ts'
import { CLUSTER } from '../istiod.ts'
import { statePath } from '../state.ts'
import { PROXY_PODS, type ProxyName } from './proxy-pods.ts'

/** By default the pauses grow to half a minute, which would delay the tests of an istiod that restarts. */
const RECONNECT = { retry_back_off: { base_interval: '0.5s', max_interval: '1s' } }

/** Labels of its metrics, as pilot-agent's. Envoy's own would end the name of a cluster at its first dot. */
const STATS_TAGS = [
  { tag_name: 'cluster_name', regex: '^cluster(\\.(.+);)' },
  { tag_name: 'response_code', regex: '_rq(_(\\d{3}))$' },
  { tag_name: 'response_code_class', regex: '_rq(_(\\dxx))$' },
]

const OVER_HTTP2 = {
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      explicit_http_config: { http2_protocol_options: {} },
    },
  },
}

const INTERNAL_LISTENERS = {
  name: 'envoy.bootstrap.internal_listener',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.bootstrap.internal_listener.v3.InternalListener',
  },
}

/** Weights that a route takes in place of its own ones where it has this prefix, which no configuration dump shows. */
export const HIDDEN_PREFIX = 'hidden'
const HIDDEN_WEIGHTS = {
  [`${HIDDEN_PREFIX}.outbound|80|v1|web.demo.svc.cluster.local`]: 90,
  [`${HIDDEN_PREFIX}.outbound|80|v2|web.demo.svc.cluster.local`]: 10,
}

/** What pilot-agent would write, and for the first replica a listener in place of kube-proxy. */
export function bootstrap(
  proxy: ProxyName,
  id: string,
  metadata: Readonly<Record<string, string>>,
  xdsPort: number,
): object {
  const { namespace, pod, labels, serviceAccount } = PROXY_PODS[proxy]
  const ads = { ads: {}, initial_fetch_timeout: '0s', resource_api_version: 'V3' }
  return {
    node: {
      id,
      cluster: `${labels.app}.${namespace}`,
      metadata: {
        NAMESPACE: namespace,
        NAME: pod,
        CLUSTER_ID: CLUSTER,
        ISTIO_VERSION: '1.31.0',
        SERVICE_ACCOUNT: serviceAccount,
        LABELS: labels,
        ...metadata,
      },
    },
    admin: { address: socket('127.0.0.1', ADMIN_PORTS[proxy]) },
    // The listeners of a waypoint are within its process, but for the one that takes tunnels.
    bootstrap_extensions: [INTERNAL_LISTENERS],
    layered_runtime: { layers: [{ name: 'hidden', static_layer: HIDDEN_WEIGHTS }] },
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
              { key: 'authorization', value: `Bearer ${tokenOf(namespace)}` },
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
      listeners: proxy === 'first' ? [nodePortListener()] : [],
      clusters: [
        { ...staticCluster('istiod', '127.0.0.1', xdsPort), ...OVER_HTTP2 },
        ...(proxy === 'waypoint'
          ? [{ ...staticCluster('sds-grpc', '127.0.0.1', SECRETS_PORT), ...OVER_HTTP2 }]
          : []),
        staticCluster('gateway', GATEWAY.host, GATEWAY.port),
      ],
    },
  }
}

/** By which the proxies of a namespace show istiod whose Pods they are. */
export function keepProxyToken(namespace: string, token: string): void {
  writeFileSync(statePath(`token-${namespace}`), token, { mode: 0o600 })
}

function tokenOf(namespace: string): string {
  return readFileSync(statePath(`token-${namespace}`), 'utf8')
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
