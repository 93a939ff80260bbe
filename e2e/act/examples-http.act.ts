import { expect, test } from 'vitest'
import { pullRequestEvent } from '../../kit/github/event.ts'
import { NUMBER, OTHER_COMMENT, startPullRequest } from '../../kit/github/pull-request.ts'
import { backendWeightsOn, GATEWAY_ROUTES, gatewayMesh } from '../../kit/run/gateway-api.ts'
import { MESH_RULES } from '../../kit/run/mesh-rules.ts'
import { hasJournal, WEB_ROUTE, weightsOn } from '../../kit/run/object.ts'
import { startPrometheus } from '../../sandbox/prometheus/prometheus.ts'
import { short } from './support/log.ts'
import { mesh } from './support/mesh.ts'
import { confirmed } from './support/reports.ts'
import { type Given, runAct } from './support/start-act.ts'
import { exampleText } from './support/workflow.ts'

const run = (name: string, given: Omit<Given, 'workflow'>) =>
  runAct({ event: 'release', ...given, workflow: exampleText(name) })

const SHIFTED = ['Shift to v2', 'success', 'pass']
const KEPT = ['Keep the report', 'success']

test('the release workflow for HTTP shifts over all steps to 100%, and leaves no stamp', async () => {
  const { sandbox, secrets } = await mesh({ web: true })
  const { steps, place } = await run('http-release.yml', { secrets })
  expect(short(steps)).toEqual([SHIFTED, KEPT])
  expect(confirmed(place)).toEqual([5, 25, 50, 100])
  expect(weightsOn(sandbox, WEB_ROUTE)).toEqual({ v1: 0, v2: 100 })
  expect(JSON.stringify(sandbox.objects.get(WEB_ROUTE))).not.toContain('x-istio-traffic-shift')
})

test('the pull request for HTTP gets the plan as a comment, and its canary gets requests for a while', async () => {
  const { sandbox, secrets } = await mesh({ web: true })
  const github = await startPullRequest()
  const { steps } = await run('http-pull-request.yml', {
    event: 'pull_request',
    payload: pullRequestEvent(NUMBER),
    secrets,
    github: github.url,
  })
  expect(short(steps)).toEqual([
    ['Plan the shift', 'success', 'planned'],
    ['A tenth to v2', 'success', 'pass'],
    ['Back to v1', 'success', 'pass'],
  ])
  const [other, ours, ...more] = github.comments
  expect(other).toEqual(OTHER_COMMENT)
  expect(ours?.body).toMatch(/^## 📝 .*demo\/web/m)
  expect(ours?.body).toContain('+          weight: 10')
  expect(more).toEqual([])
  expect(weightsOn(sandbox, WEB_ROUTE)).toEqual({ v1: 100, v2: 0 })
})

test('the release workflow for an HTTPRoute adds a backend and shifts over all steps to 100%', async () => {
  const { sandbox, secrets } = await mesh(gatewayMesh(true, ['http']))
  const { steps, place } = await run('httproute-release.yml', { secrets })
  expect(short(steps)).toEqual([SHIFTED, KEPT])
  expect(confirmed(place, 'web-v2')).toEqual([5, 25, 50, 100])
  expect(backendWeightsOn(sandbox, 'http')).toEqual({ 'web-v1': 0, 'web-v2': 100 })
  expect(hasJournal(sandbox, GATEWAY_ROUTES.http.ref)).toBe(false)
})

test('the release workflow inside the mesh shifts by what Pods of a Job see, and leaves no Job', async () => {
  const { sandbox, secrets } = await mesh({ web: true, jobs: true })
  const rule = MESH_RULES['a VirtualService without gateways']
  sandbox.objects.create(rule.object({ v1: 100, v2: 0 }))
  await sandbox.applied()
  const { steps } = await run('mesh-release.yml', { secrets })
  expect(short(steps)).toEqual([SHIFTED])
  expect(steps[0]?.text).toMatch(/Confirmed: v1 75%, v2 25%\.[\s\S]*Confirmed: v1 0%, v2 100%\./)
  expect(sandbox.objects.list({ group: 'batch', resource: 'jobs' })).toEqual([])
})

test('the release workflow with metrics sends the secret of Prometheus, and prints it nowhere', async () => {
  const token = 'token-of-prometheus'
  let users = 0
  const prometheus = await startPrometheus(() => {
    users += 10_000
    const labels =
      'reporter="source",destination_service="web.demo.svc.cluster.local",destination_version="v2"'
    return [
      `istio_requests_total{${labels},response_code="200"} ${users}`,
      `istio_request_duration_milliseconds_sum{${labels}} ${users * 20}`,
      `istio_request_duration_milliseconds_count{${labels}} ${users}`,
    ].join('\n')
  })
  prometheus.scrape()
  const { sandbox, secrets } = await mesh({ web: true })
  const { steps, log } = await run('metrics-release.yml', {
    secrets: { ...secrets, PROMETHEUS_TOKEN: token },
    vars: { PROMETHEUS_URL: prometheus.url },
  }).finally(() => prometheus.stop())
  expect(short(steps)).toEqual([SHIFTED, KEPT])
  expect(weightsOn(sandbox, WEB_ROUTE)).toEqual({ v1: 0, v2: 100 })
  expect(prometheus.queries.at(-1)?.headers.authorization).toBe(`Bearer ${token}`)
  expect(log).not.toContain(token)
})

test('the release workflow for a private gateway shifts through the API server', async () => {
  const { sandbox, secrets } = await mesh({ web: true })
  sandbox.objects.patch(
    { group: '', resource: 'services', namespace: 'istio-system', name: 'istio-ingressgateway' },
    { spec: { type: 'ClusterIP' }, status: { loadBalancer: { ingress: [] } } },
  )
  const { steps } = await run('private-gateway-release.yml', { secrets })
  expect(short(steps)).toEqual([SHIFTED])
  expect(weightsOn(sandbox, WEB_ROUTE)).toEqual({ v1: 0, v2: 100 })
})

/** The steps of the canary that plan, shift and restore. */
const ofCanary = (steps: Parameters<typeof short>[0]) =>
  short(steps).filter(([name]) => /^(Plan|Shift|Find|Restore) /.test(String(name)))

test('the canary plans all steps, then confirms each in a job of the called workflow', async () => {
  const { sandbox, secrets } = await mesh({ web: true })
  const { status, steps } = await run('canary.yml', { event: 'workflow_dispatch', secrets })
  expect(ofCanary(steps)).toEqual([
    ['Plan all steps', 'success', 'planned'],
    ...Array(4).fill(['Shift and confirm', 'success', 'pass']),
  ])
  expect(status).toBe(0)
  expect(weightsOn(sandbox, WEB_ROUTE)).toEqual({ v1: 0, v2: 100 })
})

test('the canary fails at the first step where v2 answers with 503, and its last job finds the first weights in force', async () => {
  const { sandbox, secrets } = await mesh({ web: true })
  await sandbox.faults.destination('v2', { kind: 'status', status: 503 })
  const { status, steps } = await run('canary.yml', { event: 'workflow_dispatch', secrets })
  expect(ofCanary(steps)).toEqual([
    ['Plan all steps', 'success', 'planned'],
    ['Shift and confirm', 'failure', 'fail'],
    ['Find the weights to restore', 'success', 'unchanged'],
  ])
  expect(status).toBe(1)
  // The object is as before: its only destination has no weight.
  expect(weightsOn(sandbox, WEB_ROUTE)).toEqual({ v1: undefined })
})
