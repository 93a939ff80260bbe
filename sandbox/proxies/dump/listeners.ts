import type { RouteDestination } from '../../mesh/clusters.ts'
import type { Filter, Listener, ListenerPlace, MeshConfig } from '../../mesh/config.ts'
import type { TlsChain } from '../../mesh/tls/chains.ts'
import type { Json, JsonObject } from '../../objects/json.ts'
import type { ConfigRecord } from '../config-record.ts'
import { tcpHashPolicy } from './hash-policy.ts'

/** The dynamic listeners of a configuration dump. Source: envoy, api/envoy/admin/v3/config_dump_shared.proto. */
export function dumpedListeners(config: MeshConfig, record: ConfigRecord): JsonObject[] {
  return [...config.listeners].map(([place, listener]) => {
    const { version, updated } = record.listener(place)
    const rejection = record.rejection(place)
    return {
      '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump.DynamicListener',
      name: nameOf(place),
      active_state: {
        version_info: version,
        listener: listenerOf(place, listener),
        last_updated: updated,
      },
      ...(rejection === undefined
        ? {}
        : {
            error_state: {
              last_update_attempt: rejection.attempted,
              details: rejection.details,
              version_info: rejection.version,
            },
          }),
    }
  })
}

function nameOf(place: ListenerPlace): string {
  return typeof place === 'number' ? `0.0.0.0_${place}` : place
}

function listenerOf(place: ListenerPlace, listener: Listener): JsonObject {
  const [address = '', number] = nameOf(place).split('_')
  const port = Number(number)
  const chains =
    listener.kind === 'plain'
      ? [chainOf(port, listener.filter)]
      : listener.chains.map((chain) => tlsChainOf(port, chain))
  return {
    '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener',
    name: nameOf(place),
    address: { socket_address: { address, port_value: port } },
    filter_chains: chains,
    ...(listener.kind === 'plain' ? {} : { listener_filters: [TLS_INSPECTOR] }),
    traffic_direction: 'OUTBOUND',
    max_connections_to_accept_per_socket_event: 1,
  }
}

function chainOf(port: number, filter: Filter): JsonObject {
  return { filters: [filterOf(port, filter)], transport_socket_connect_timeout: '15s' }
}

/** A chain for every server name has no match. */
function tlsChainOf(port: number, { sniHosts, termination, filter }: TlsChain): JsonObject {
  const matches = sniHosts.includes('*')
    ? {}
    : { filter_chain_match: { server_names: [...sniHosts] } }
  return {
    ...matches,
    ...chainOf(port, filter),
    ...(termination === undefined ? {} : { transport_socket: transportOf(termination.credential) }),
  }
}

function filterOf(port: number, filter: Filter): JsonObject {
  if (filter.kind === 'tcp')
    return {
      name: 'envoy.filters.network.tcp_proxy',
      typed_config: {
        '@type': `${FILTERS}.tcp_proxy.v3.TcpProxy`,
        stat_prefix: filter.route[0]?.cluster ?? '',
        ...clustersOf(filter.route),
        ...tcpHashPolicy(filter.route),
      },
    }
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: {
      '@type': `${FILTERS}.http_connection_manager.v3.HttpConnectionManager`,
      stat_prefix: `outbound_0.0.0.0_${port};`,
      rds: {
        config_source: { ads: {}, initial_fetch_timeout: '0s', resource_api_version: 'V3' },
        route_config_name: filter.routes,
      },
      http_filters: HTTP_FILTERS,
      server_name: 'istio-envoy',
      use_remote_address: true,
      normalize_path: true,
    },
  }
}

/** The only destination of a rule has no weight. */
export function isOnly(route: readonly RouteDestination[]): boolean {
  return route.length === 1 && route[0]?.weight === 1
}

function clustersOf(route: readonly RouteDestination[]): JsonObject {
  if (isOnly(route)) return { cluster: route[0]?.cluster ?? '' }
  const clusters = route.map(({ cluster, weight }) => ({ name: cluster, weight }))
  return { weighted_clusters: { clusters } }
}

const FILTERS = 'type.googleapis.com/envoy.extensions.filters.network'

const HTTP_FILTERS: Json[] = ['grpc_stats', 'fault', 'cors', 'router'].map((name) => ({
  name: `envoy.filters.http.${name}`,
}))

const TLS_INSPECTOR: JsonObject = {
  name: 'envoy.filters.listener.tls_inspector',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector',
    initial_read_buffer_size: 512,
  },
}

function transportOf(credential: string): JsonObject {
  const secret = { name: credential, sds_config: { ads: {}, resource_api_version: 'V3' } }
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
      common_tls_context: {
        alpn_protocols: ['h2', 'http/1.1'],
        tls_certificate_sds_secret_configs: [secret],
      },
      require_client_certificate: false,
    },
  }
}
