import { type JsonObject, objectAt } from '../../sandbox/objects/json.ts'
import type { KubeObject } from '../../sandbox/objects/kube-object.ts'
import { WAYPOINT } from '../processes/addresses.ts'
import { PROXY_PODS } from '../processes/envoy/proxy-pods.ts'
import { tutorialObject } from './tutorial.ts'

const { namespace, pod, labels, serviceAccount } = PROXY_PODS.waypoint
const NAME = 'waypoint'
const METADATA = { name: NAME, namespace }
const FILTERS = 'type.googleapis.com/envoy.extensions.filters'

/** A waypoint as `istioctl waypoint apply` and istiod's controllers would create it, in the order of creation. */
export function waypointObjects(): KubeObject[] {
  return [waypointFilters(), waypointPod(), service(), endpoints(), gateway()]
}

function gateway(): KubeObject {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { ...METADATA, labels: { 'istio.io/waypoint-for': 'service' } },
    spec: {
      gatewayClassName: 'istio-waypoint',
      listeners: [{ name: 'mesh', port: WAYPOINT.port, protocol: 'HBONE' }],
    },
  }
}

function waypointPod(): KubeObject {
  const echo = tutorialObject('Pod', 'tcp-echo-v1-0')
  const { address } = PROXY_PODS.waypoint
  const status = { ...objectAt(echo, 'status'), podIP: address, podIPs: [{ ip: address }] }
  const containers = [{ name: 'istio-proxy', image: 'example' }]
  const spec = { nodeName: 'node-0', serviceAccountName: serviceAccount, containers }
  return { ...echo, metadata: { name: pod, namespace, labels }, spec, status }
}

const PORTS = [{ name: 'mesh', port: WAYPOINT.port, protocol: 'TCP' }]

function service(): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      ...METADATA,
      labels: { ...labels, 'gateway.istio.io/managed': 'istio.io-mesh-controller' },
    },
    spec: {
      clusterIP: '10.96.0.42',
      selector: { 'gateway.networking.k8s.io/gateway-name': NAME },
      ports: PORTS.map((port) => ({ ...port, targetPort: WAYPOINT.port })),
    },
  }
}

function endpoints(): KubeObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${NAME}-1`, namespace, labels: { 'kubernetes.io/service-name': NAME } },
    addressType: 'IPv4',
    ports: PORTS,
    endpoints: [
      {
        addresses: [WAYPOINT.address],
        nodeName: 'node-0',
        conditions: { ready: true, serving: true, terminating: false },
        targetRef: { kind: 'Pod', name: pod, namespace },
      },
    ],
  }
}

/**
 * Takes out of the waypoint what only Istio's build of Envoy has, and TLS: there is no certificate of a workload here. The routes
 * and clusters of Services stay as they are.
 */
function waypointFilters(): KubeObject {
  const context = 'SIDECAR_INBOUND'
  const manager = 'envoy.filters.network.http_connection_manager'
  const within = (listener: JsonObject, name: string): JsonObject => ({
    context,
    listener: { ...listener, filterChain: { filter: { name: manager, subFilter: { name } } } },
  })
  const authority = ['envoy.filters.listener.original_dst.local_ip'].map((key) => ({
    object_key: key,
    format_string: { text_format_source: { inline_string: '%REQ(:AUTHORITY)%' } },
    shared_with_upstream: 'ONCE',
  }))
  const configPatches: JsonObject[] = [
    ...['waypoint_downstream_peer_metadata', 'waypoint_upstream_peer_metadata'].map((name) => ({
      applyTo: 'HTTP_FILTER',
      match: within({}, name),
      patch: { operation: 'REMOVE' },
    })),
    {
      applyTo: 'HTTP_FILTER',
      match: within({ name: 'connect_terminate' }, 'connect_authority'),
      patch: {
        operation: 'REPLACE',
        value: {
          name: 'connect_authority',
          typed_config: {
            '@type': `${FILTERS}.http.set_filter_state.v3.Config`,
            on_request_headers: authority,
          },
        },
      },
    },
    {
      applyTo: 'FILTER_CHAIN',
      match: { context, listener: { name: 'connect_terminate' } },
      patch: {
        operation: 'MERGE',
        value: {
          transport_socket: {
            name: 'envoy.transport_sockets.raw_buffer',
            typed_config: {
              '@type':
                'type.googleapis.com/envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer',
            },
          },
        },
      },
    },
  ]
  return {
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'EnvoyFilter',
    metadata: { name: 'waypoint-without-istio', namespace },
    spec: {
      targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: NAME }],
      configPatches,
    },
  }
}
