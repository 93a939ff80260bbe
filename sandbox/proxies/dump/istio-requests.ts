import type { HostCounters } from '../host-stats.ts'

/**
 * Istio's standard metric of requests as a gateway exposes it, without the labels that are of the gateway itself. The workload
 * of a subset has its name as its version. Source: istio/proxy, source/extensions/filters/http/istio_stats/istio_stats.cc.
 */
export function istioRequests(counters: Pick<HostCounters, 'replies'>): string {
  const lines = [...counters.replies()].flatMap(([cluster, byStatus]) =>
    [...byStatus].map(([status, count]) => `${series(cluster, status)} ${count}\n`),
  )
  return ['# TYPE istio_requests_total counter\n', ...lines].join('')
}

function series(cluster: string, status: number): string {
  const [, , subset = '', host = ''] = cluster.split('|')
  const [name = '', namespace = ''] = host.split('.')
  const version = subset === '' ? 'latest' : subset
  const labels = {
    reporter: 'source',
    source_workload: 'istio-ingressgateway',
    source_workload_namespace: 'istio-system',
    destination_workload: subset === '' ? name : `${name}-${subset}`,
    destination_workload_namespace: namespace,
    destination_app: name,
    destination_version: version,
    destination_service: host,
    destination_canonical_service: name,
    destination_canonical_revision: version,
    destination_service_name: name,
    destination_service_namespace: namespace,
    request_protocol: 'http',
    response_code: String(status),
    grpc_response_status: '',
    response_flags: '-',
  }
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  return `istio_requests_total{${pairs.join(',')}}`
}
