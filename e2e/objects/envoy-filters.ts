import type { KubeObject } from '../../sandbox/objects/kube-object.ts'
import { GATEWAY } from '../processes/addresses.ts'
import { HIDDEN_PREFIX } from '../processes/envoy/bootstrap.ts'

/** Lets every replica of the gateway send all connections to v1, whatever the weights of the VirtualService. */
export function wrongWeights(): KubeObject {
  return envoyFilter('wrong-weights', [
    {
      applyTo: 'NETWORK_FILTER',
      match: {
        context: 'GATEWAY',
        listener: {
          portNumber: GATEWAY.port,
          filterChain: { filter: { name: 'envoy.filters.network.tcp_proxy' } },
        },
      },
      patch: {
        operation: 'REPLACE',
        value: {
          name: 'envoy.filters.network.tcp_proxy',
          typed_config: {
            '@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy',
            stat_prefix: 'wrong-weights',
            cluster: 'outbound|9000|v1|tcp-echo.demo.svc.cluster.local',
          },
        },
      },
    },
  ])
}

/** Lets the gateway's Pod with this name refuse every newer listener, or every newer table of routes. */
export function refused(pod: string, what: 'listeners' | 'routes'): KubeObject {
  const proxy = { metadata: { NAME: pod } }
  const match = { context: 'GATEWAY', proxy }
  return envoyFilter(`refused-${what}`, [
    what === 'listeners'
      ? {
          applyTo: 'LISTENER',
          match,
          patch: { operation: 'MERGE', value: { socket_options: [NO_SUCH_OPTION] } },
        }
      : {
          applyTo: 'HTTP_ROUTE',
          match,
          patch: { operation: 'MERGE', value: { route: { rate_limits: [{ actions: [{}] }] } } },
        },
  ])
}

/** What changes the routes of the client's Pod with this name. */
export function clientRoutesChanged(
  pod: string,
  how: 'hidden-weights' | 'own-route' | 'refused',
): KubeObject {
  const match = { context: 'SIDECAR_OUTBOUND', proxy: { metadata: { NAME: pod } } }
  const at = { ...match, routeConfiguration: { vhost: { name: 'web.demo.svc.cluster.local:80' } } }
  const patches = {
    // They are in none of its dumps.
    'hidden-weights': [
      {
        applyTo: 'HTTP_ROUTE',
        match: at,
        patch: {
          operation: 'MERGE',
          value: { route: { weighted_clusters: { runtime_key_prefix: HIDDEN_PREFIX } } },
        },
      },
    ],
    'own-route': [
      {
        applyTo: 'HTTP_ROUTE',
        match: at,
        patch: {
          operation: 'INSERT_FIRST',
          value: {
            name: 'own-route',
            match: { prefix: '/' },
            route: { cluster: 'outbound|80|v1|web.demo.svc.cluster.local' },
          },
        },
      },
    ],
    refused: [
      {
        applyTo: 'HTTP_ROUTE',
        match: at,
        patch: { operation: 'MERGE', value: { route: { rate_limits: [{ actions: [{}] }] } } },
      },
    ],
  }
  return envoyFilter(`${how}-${pod}`, patches[how], 'demo')
}

const NO_SUCH_OPTION = { level: 99, name: 99, int_value: 1, state: 'STATE_PREBIND' }

function envoyFilter(
  name: string,
  configPatches: object[],
  namespace = 'istio-system',
): KubeObject {
  return {
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'EnvoyFilter',
    metadata: { name, namespace },
    spec: JSON.parse(JSON.stringify({ configPatches })),
  }
}
