import { expect, test } from 'vitest'
import { startEndedRequests } from '../../../src/evidence/proxies/ended-requests.ts'
import {
  canonicalRevision,
  type RequestSeries,
  requestSeries,
} from '../../../src/evidence/proxies/request-series.ts'

// What `istioctl x envoy-stats --output prom` printed in March 2024 for the sidecar of fortio, a client of httpbin.
const RECORDED =
  'istio_requests_total{reporter="source",source_workload="fortio-deploy",source_canonical_service="fortio",source_canonical_revision="latest",source_workload_namespace="default",source_principal="spiffe://cluster.local/ns/default/sa/default",source_app="fortio",source_version="",source_cluster="Kubernetes",destination_workload="httpbin",destination_workload_namespace="default",destination_principal="spiffe://cluster.local/ns/default/sa/httpbin",destination_app="httpbin",destination_version="v1",destination_service="httpbin.default.svc.cluster.local",destination_canonical_service="httpbin",destination_canonical_revision="v1",destination_service_name="httpbin",destination_service_namespace="default",destination_cluster="Kubernetes",request_protocol="http",response_code="200",grpc_response_status="",response_flags="-",connection_security_policy="unknown"} 588'

const SERVICE = 'httpbin.default.svc.cluster.local'

test('a series that a proxy exposes is read', () => {
  expect(requestSeries(`# TYPE istio_requests_total counter\n${RECORDED}\n`)).toEqual([
    { service: SERVICE, revision: 'v1', status: 200, flags: [], count: 588 },
  ])
})

test('statuses of gRPC, flags and endpoints that are not known are read', () => {
  const line = RECORDED.replace('grpc_response_status=""', 'grpc_response_status="14"')
    .replace('response_flags="-"', 'response_flags="UF,URX"')
    .replace('response_code="200"', 'response_code="503"')
    .replace('destination_workload="httpbin"', 'destination_workload="unknown"')
  expect(requestSeries(line)).toEqual([
    {
      ...{ service: SERVICE, revision: undefined, status: 503, grpcStatus: 'UNAVAILABLE' },
      ...{ flags: ['UF', 'URX'], count: 588 },
    },
  ])
})

test('what is no series of requests that the proxy sent is left out', () => {
  const inbound = RECORDED.replace('reporter="source"', 'reporter="destination"')
  const other = RECORDED.replace('istio_requests_total', 'istio_request_bytes_count')
  expect(requestSeries([inbound, other, '', 'envoy_server_live{} 1', '<html>'].join('\n'))).toEqual(
    [],
  )
})

test('a label may have quotes, commas and braces in its value', () => {
  const line = RECORDED.replace(
    'source_version=""',
    'source_version="a\\"}, response_code=\\"500\\\\"',
  )
  expect(requestSeries(line)).toMatchObject([{ status: 200, revision: 'v1' }])
})

test('the revision of a workload is that of the first label that Istio looks for', () => {
  const labels = { version: 'v1', 'app.kubernetes.io/version': 'v2' }
  expect(canonicalRevision(labels)).toBe('v2')
  expect(canonicalRevision({ ...labels, 'service.istio.io/canonical-revision': 'v3' })).toBe('v3')
  expect(canonicalRevision({ version: 'v1' })).toBe('v1')
  expect(canonicalRevision({ app: 'web' })).toBeUndefined()
})

const series = (revision: string, status: number, count: number): RequestSeries => ({
  ...{ service: SERVICE, revision, status, flags: [], count },
})

const started = (isBaseline: boolean) =>
  startEndedRequests(
    {
      errors: [{ from: 400, to: 499 }],
      destinationOf: ({ revision }) => (revision === 'v1' ? 0 : revision === 'v2' ? 1 : undefined),
    },
    2,
    isBaseline,
  )

test('requests that ended between two readings are errors by their status, or successes', () => {
  const read = started(true)
  read([series('v1', 200, 100), series('v2', 404, 7)])
  const next = [series('v1', 200, 108), series('v2', 404, 9), series('v2', 500, 4)]
  expect(read([...next, series('v3', 404, 50)])).toEqual({ errors: [0, 2], successes: [8, 4] })
})

test('a request without a reply is an error, unless its client left', () => {
  const read = started(false)
  const left = { ...series('v2', 0, 30), flags: ['DC'] }
  expect(read([series('v2', 0, 3), left])).toEqual({ errors: [0, 3], successes: [0, 0] })
})

test('a proxy that began again is counted from its start', () => {
  const read = started(true)
  read([series('v1', 200, 100)])
  expect(read([series('v1', 200, 6)])).toEqual({ errors: [0, 0], successes: [6, 0] })
})
