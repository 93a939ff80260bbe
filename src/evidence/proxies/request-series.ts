import { grpcStatusName } from '../probe/grpc-status.ts'

/** Requests that a proxy of Istio sent to an endpoint, and that ended alike: one series of istio_requests_total. */
export type RequestSeries = {
  /** The Service of the cluster that they were sent to. */
  service: string
  /** Revision of the workload that got them; undefined: not known. */
  revision: string | undefined
  /** As the client got it, so after retries; 0: none. */
  status: number
  /** Of a gRPC call. */
  grpcStatus?: string
  /** What Envoy says of their ends, such as `UF` or `DC`; empty where there is nothing to say. */
  flags: readonly string[]
  count: number
}

/** What is asked for: a part of the names of statistics. */
export const REQUESTS_FILTER = 'istio_requests_total'

/**
 * The series of requests in the text that Envoy exposes for Prometheus. A request counts when it ends. Source: istio/proxy,
 * source/extensions/filters/http/istio_stats/istio_stats.cc, and docs, "Istio Standard Metrics".
 */
export function requestSeries(text: string): RequestSeries[] {
  return text.split('\n').flatMap((line) => {
    const [, labelled = '', value] = /^istio_requests_total\{(.*)\} (\S+)$/.exec(line.trim()) ?? []
    const count = Number(value)
    if (!Number.isFinite(count)) return []
    const labels = labelsIn(labelled)
    // A sidecar also counts what its own application gets.
    if (labels.get('reporter') === 'destination') return []
    // Where it is unknown, no endpoint was found, or it is not one of the mesh.
    const isKnown = (labels.get('destination_workload') ?? 'unknown') !== 'unknown'
    const grpc = labels.get('grpc_response_status') ?? ''
    const flags = labels.get('response_flags') ?? '-'
    return [
      {
        service: labels.get('destination_service') ?? '',
        revision: isKnown ? labels.get('destination_canonical_revision') : undefined,
        status: Number(labels.get('response_code') ?? 0),
        ...(grpc === '' ? {} : { grpcStatus: grpcStatusName(Number(grpc)) }),
        flags: flags === '-' ? [] : flags.split(','),
        count,
      },
    ]
  })
}

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' }

function labelsIn(text: string): ReadonlyMap<string, string> {
  const found = text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)
  return new Map(
    [...found].map(([, name = '', value = '']) => [
      name,
      value.replace(/\\(.)/g, (_, letter: string) => ESCAPED[letter] ?? letter),
    ]),
  )
}

/** The revision that Istio derives from the labels of a workload. Source: istio, pkg/kube/labels. */
export function canonicalRevision(labels: Readonly<Record<string, string>>): string | undefined {
  return (
    labels['service.istio.io/canonical-revision'] ??
    labels['app.kubernetes.io/version'] ??
    labels.version
  )
}
