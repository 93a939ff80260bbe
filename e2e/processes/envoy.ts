import { readFileSync, writeFileSync } from 'node:fs'
import { ADMIN_PORTS, CLIENT_POD, GATEWAY, ISTIOD, SECOND_GATEWAY } from './addresses.ts'
import { isOk } from './http.ts'
import { CLUSTER } from './istiod.ts'
import { startProcess } from './process.ts'
import { statePath } from './state.ts'
import { within } from './within.ts'

export type Replica = 'first' | 'second'
/** An Envoy of the mesh: a replica of the gateway, or the sidecar of a client. */
export type ProxyName = keyof typeof ADMIN_PORTS

type Identity = {
  process: 'envoy' | 'envoy-second' | 'envoy-client'
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
    process: 'envoy-client',
    address: CLIENT_POD,
    namespace: 'demo',
    pod: 'client-0',
    labels: { app: 'client' },
    serviceAccount: 'default',
  },
} as const satisfies Record<ProxyName, Identity>

/** By default the pauses grow to half a minute, which would delay the tests of an istiod that restarts. */
const RECONNECT = { retry_back_off: { base_interval: '0.5s', max_interval: '1s' } }

/**
 * Starts a replica of the ingress gateway. Two of them listen on the same port at once, and the kernel distributes the
 * connections between both (SO_REUSEPORT), as a load balancer would.
 */
export function startEnvoy(replica: Replica, xdsPort: number = ISTIOD.xds): Promise<void> {
  return startProxy(replica, `router~${nodeOf(replica)}`, {}, xdsPort)
}

/** Starts the sidecar. With `capturesAll` it listens as those of iptables do, else where a Sidecar says. */
export function startSidecar(how: { capturesAll: boolean }): Promise<void> {
  const mode = how.capturesAll ? {} : { INTERCEPTION_MODE: 'NONE' }
  return startProxy('client', `sidecar~${nodeOf('client')}`, mode, ISTIOD.xds)
}

function nodeOf(proxy: ProxyName): string {
  const { address, namespace, pod } = PROXY_PODS[proxy]
  return `${address}~${pod}.${namespace}~${namespace}.svc.cluster.local`
}

async function startProxy(
  proxy: ProxyName,
  node: string,
  metadata: Readonly<Record<string, string>>,
  xdsPort: number,
): Promise<void> {
  const { process: name } = PROXY_PODS[proxy]
  const file = statePath(`${name}.json`)
  writeFileSync(file, JSON.stringify(bootstrap(proxy, node, metadata, xdsPort)))
  startProcess(name, [
    ...['envoy', '--config-path', file, '--concurrency', '2', '--log-level', 'warning'],
    // The flags that pilot-agent passes by default. Without hot restart Envoy leaves no shared memory.
    ...['--drain-time-s', '45', '--disable-hot-restart'],
  ])
  await within(30_000, `${name} being ready`, () =>
    isOk(`http://127.0.0.1:${ADMIN_PORTS[proxy]}/ready`),
  )
}

/** Labels of its metrics, as pilot-agent's. Envoy's own would end the name of a cluster at its first dot. */
const STATS_TAGS = [
  { tag_name: 'cluster_name', regex: '^cluster(\\.(.+);)' },
  { tag_name: 'response_code', regex: '_rq(_(\\d{3}))$' },
  { tag_name: 'response_code_class', regex: '_rq(_(\\dxx))$' },
]

/** What pilot-agent would write, and for the first replica a listener in place of kube-proxy. */
function bootstrap(
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
