import { afterEach, beforeEach, expect, test } from 'vitest'
import { routeText, WEB_ROUTE, weightsOn } from '../../kit/run/object.ts'
import { type Prometheus, startPrometheus } from '../../sandbox/prometheus/prometheus.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { makePlace, type Place } from './support/place.ts'
import { confirmed, secrets, short } from './support/ran.ts'
import { runWorkflow } from './support/workflow.ts'

/** One in so many requests of users to v2 fails. */
const FEW = 1000
const MANY = 50

let sandbox: Sandbox
let prometheus: Prometheus
let place: Place
let oneIn = FEW
beforeEach(async () => {
  oneIn = FEW
  let users = 0
  prometheus = await startPrometheus(() => {
    users += 10_000
    const labels = [
      'reporter="source"',
      'destination_service="web.demo.svc.cluster.local"',
      'destination_version="v2"',
    ].join(',')
    return [
      `istio_requests_total{${labels},response_code="200"} ${users - users / oneIn}`,
      `istio_requests_total{${labels},response_code="503"} ${users / oneIn}`,
      `istio_request_duration_milliseconds_sum{${labels}} ${users * 20}`,
      `istio_request_duration_milliseconds_count{${labels}} ${users}`,
    ].join('\n')
  })
  prometheus.scrape()
  sandbox = await startSandbox({ web: true })
  place = makePlace(sandbox.kubeconfig)
})
afterEach(async () => {
  place.remove()
  await Promise.all([sandbox.stop(), prometheus.stop()])
})

/** A workflow sends many requests, and the machine may be busy. How long it takes does not matter here. */
const WORKFLOW_MS = 60_000

function run() {
  const values = {
    ...secrets(sandbox),
    'vars.PROMETHEUS_URL': prometheus.url,
    'secrets.PROMETHEUS_TOKEN': 'token-of-prometheus',
  }
  return runWorkflow('metrics-release.yml', values, place)
}

test(
  'the release workflow with metrics shifts over all steps to 100% while Prometheus shows few errors',
  async () => {
    expect(short(await run())).toEqual([['Shift to v2', 0, 'pass']])
    expect(confirmed(place)).toEqual([5, 25, 50, 100])
    expect(weightsOn(sandbox, WEB_ROUTE)).toEqual({ v1: 0, v2: 100 })
    expect(prometheus.queries.at(-1)?.headers.authorization).toBe('Bearer token-of-prometheus')
  },
  WORKFLOW_MS,
)

test(
  'the release workflow with metrics restores the object to the byte where users get errors that its own requests do not',
  async () => {
    const before = routeText(sandbox, WEB_ROUTE)
    oneIn = MANY
    const [step] = await run()
    expect(step).toMatchObject({ status: 1, verdict: 'fail' })
    expect(step?.text).toContain('the metric "error rate" of v2 is out of bounds')
    expect(routeText(sandbox, WEB_ROUTE)).toBe(before)
  },
  WORKFLOW_MS,
)
