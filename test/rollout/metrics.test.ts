import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { runHttp, SURE } from '../../kit/run/run.ts'
import { type Prometheus, startPrometheus } from '../../sandbox/prometheus/prometheus.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { reportText } from '../../src/host/write-report.ts'

const SHIFT = { subset: 'v2', weight: '50', tolerance: '40', confidence: SURE }
const OF_VERSION = 'app_errors{version="{{destination}}", host="{{host}}"}'
const QUEUE = 'app_queue{object="{{namespace}}/{{object}}"}'
const HOST = 'host="web.demo.svc.cluster.local"'
const GOOD = `app_errors{version="v1",${HOST}} 0.5
app_errors{version="v2",${HOST}} 0.004
app_queue{object="demo/web"} 7`

let sandbox: Sandbox
let prometheus: Prometheus
let shown = GOOD
beforeAll(async () => {
  prometheus = await startPrometheus(() => shown)
})
beforeEach(async () => {
  sandbox = await startSandbox({ web: { http: { v1: 90, v2: 10 } }, debounceMs: 10 })
  show(GOOD)
  return () => sandbox.stop()
})
afterAll(() => prometheus.stop())

function show(metrics: string): void {
  shown = metrics
  prometheus.scrape()
}

function metricsOf(...items: { name: string; query: string; min?: number; max?: number }[]) {
  return { prometheus: prometheus.url, metrics: JSON.stringify(items) }
}

test('metrics of the destination that grows, and of the object, pass within their bounds', async () => {
  const { outcome } = await runHttp(sandbox, {
    ...SHIFT,
    ...metricsOf(
      { name: 'errors', query: OF_VERSION, max: 0.01 },
      { name: 'queue', query: QUEUE, min: 7, max: 7 },
    ),
  })
  expect(outcome.verdict).toBe('pass')
  expect(outcome.checks[0]?.metrics).toMatchObject([
    { name: 'errors', destination: 1, when: 'step', found: { kind: 'within', value: 0.004 } },
    { name: 'queue', destination: undefined, found: { kind: 'within', value: 7 } },
  ])
})

test('a metric out of bounds restores the previous weights, and is named with its bound and a command', async () => {
  const { outcome } = await runHttp(sandbox, {
    ...SHIFT,
    ...metricsOf({ name: 'queue', query: QUEUE, max: 6.5 }),
  })
  expect(outcome).toMatchObject({
    verdict: 'fail',
    reason: 'unhealthy',
    code: 'ITS-METRIC-OUT-OF-BOUNDS',
    rolledBack: true,
    weights: { v1: 90, v2: 10 },
  })
  expect(outcome.message).toMatch(
    /The metric "queue" is 7, above the maximum of 6\.5, \d+ s after the step began\./,
  )
  expect(outcome.remedy).toContain(
    `curl --get '${prometheus.url}/api/v1/query' --data-urlencode 'query=app_queue{object="demo/web"}'`,
  )
})

test('two metrics out of bounds are both named, and a run says of a confirmed split that it is', async () => {
  const metrics = metricsOf({ name: 'errors', query: OF_VERSION, max: 0.001 })
  const verify = { mode: 'verify', weights: 'current', tolerance: '40', confidence: SURE }
  const { log } = await runHttp(sandbox, { ...verify, ...metrics })
  expect(log).toContain('demo/web: 2 metrics are out of bounds.')
  expect(log).toMatch(
    /Production now: v1 90%, v2 10%, unchanged\. The split is confirmed \([\d,]+ requests\)\./,
  )
})

test('verify asks for each destination with weight, or for the one in subset alone', async () => {
  const metrics = metricsOf({ name: 'errors', query: OF_VERSION, max: 1 })
  const verify = { mode: 'verify', tolerance: '40', confidence: SURE, ...metrics }
  const all = await runHttp(sandbox, { ...verify, weights: 'current' })
  expect(all.outcome.checks[0]?.metrics?.map(({ destination }) => destination)).toEqual([0, 1])
  const one = await runHttp(sandbox, { ...verify, subset: 'v2', weight: '10' })
  expect(one.outcome.checks[0]?.metrics?.map(({ destination }) => destination)).toEqual([1])
})

test('no data after a step decides nothing where an interval follows, at whose end it is asked for again', async () => {
  show('')
  const { outcome } = await runHttp(
    sandbox,
    {
      ...SHIFT,
      steps: '30',
      'step-interval': '300ms',
      ...metricsOf({ name: 'queue', query: QUEUE, max: 10 }),
    },
    { onLine: (line) => (line.includes('Confirmed: v1 70%') ? show(GOOD) : undefined) },
  )
  expect(outcome.verdict).toBe('pass')
  const [first, last] = outcome.checks.map(({ metrics = [] }) => metrics)
  expect(first?.at(-1)).toMatchObject({ when: 'interval', found: { kind: 'within' } })
  expect(first).toHaveLength(2)
  expect(last).toMatchObject([{ when: 'step', found: { kind: 'within' } }])
})

test('a plan names every query that the server refuses, and each that gives several series', async () => {
  const { outcome, log } = await runHttp(sandbox, {
    mode: 'plan',
    subset: 'v2',
    weight: '50',
    ...metricsOf(
      { name: 'broken', query: 'sum(', max: 1 },
      { name: 'range', query: 'app_queue[1m]', max: 1 },
      { name: 'several', query: 'app_errors', max: 1 },
      { name: 'later', query: 'app_none', max: 1 },
    ),
  })
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight', wrote: false })
  expect(outcome.problems?.map(({ code }) => code)).toEqual([
    'ITS-METRIC-QUERY-INVALID',
    'ITS-METRIC-QUERY-INVALID',
  ])
  expect(outcome.message).toContain('The metric "broken" cannot be decided.')
  expect(outcome.message).toContain('The query returned a matrix instead of a number.')
  expect(log).toContain('The query returned 2 series instead of one.')
})

test('headers reach the server, and their values no text', async () => {
  const secrets = ['bearer-of-nothing', 'tenant-secret']
  const password = 'pass-word-in-url'
  const { url } = prometheus
  const { outcome, log, record } = await runHttp(sandbox, {
    ...SHIFT,
    ...metricsOf({ name: secrets[1] ?? '', query: QUEUE, max: 1 }),
    prometheus: url.replace('http://', `http://user:${password}@`),
    'prometheus-headers': `{Authorization: Bearer ${secrets[0]}, x-tenant: ${secrets[1]}}`,
  })
  expect(outcome.code).toBe('ITS-METRIC-OUT-OF-BOUNDS')
  expect(prometheus.queries.at(-1)?.headers).toMatchObject({
    authorization: `Bearer ${secrets[0]}`,
    'x-tenant': secrets[1],
  })
  for (const secret of [...secrets, password]) {
    expect(log).not.toContain(secret)
    expect(outcome.message + outcome.remedy).not.toContain(secret)
  }
  // The report has no inputs about the server, not even masked.
  expect(reportText(record, outcome, (text) => text)).not.toContain(password)
})
