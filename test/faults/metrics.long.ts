import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { routeText, WEB_ROUTE } from '../../kit/run/object.ts'
import { type RunExtras, runHttp, SURE } from '../../kit/run/run.ts'
import {
  type Prometheus,
  type PrometheusFault,
  startPrometheus,
} from '../../sandbox/prometheus/prometheus.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'

const SHIFT = { subset: 'v2', weight: '50', tolerance: '40', confidence: SURE }
const METRICS = '[{name: errors, query: \'app_errors{version="{{destination}}"}\', max: 0.01}]'

let sandbox: Sandbox
let prometheus: Prometheus
let shown: string
let began: string
beforeEach(async () => {
  shown = 'app_errors{version="v2"} 0'
  prometheus = await startPrometheus(() => shown)
  sandbox = await startSandbox({ proxies: true, web: { http: { v1: 90, v2: 10 } }, debounceMs: 10 })
  began = routeText(sandbox, WEB_ROUTE)
})
afterEach(() => Promise.all([sandbox.stop(), prometheus.stop()]))

/** A shift whose metrics meet something after the write. */
function shift(afterWrite: () => void, extras: RunExtras = {}) {
  const onLine = (line: string) => (line.startsWith('Written at') ? afterWrite() : undefined)
  const inputs = { ...SHIFT, prometheus: prometheus.url, metrics: METRICS }
  return runHttp(sandbox, inputs, { onLine, ...extras })
}

function answers(status: number, body: string, headers = {}): PrometheusFault {
  return { kind: 'answers', status, body, headers }
}

describe('fault 35: metrics that do not answer, or give no number', () => {
  test.each([
    ['NaN', 'app_errors{version="v2"} NaN', 'The query returned NaN'],
    ['no data', 'app_errors{version="v1"} 0', 'The query returned no data'],
    [
      'two series',
      'app_errors{version="v2",code="a"} 0\napp_errors{version="v2",code="b"} 0',
      'The query returned 2 series',
    ],
  ])('%s after the write is asked for three times, and rolled back', async (_, metrics, why) => {
    const { outcome } = await shift(() => {
      shown = metrics
      prometheus.scrape()
    })
    expect(outcome).toMatchObject({
      verdict: 'inconclusive',
      reason: 'health-undecided',
      code: 'ITS-METRIC-NO-VALUE',
      rolledBack: true,
    })
    expect(outcome.message).toContain(`The metric "errors" of v2 is undecided after 3 tries`)
    expect(outcome.message).toContain(why)
    expect(routeText(sandbox, WEB_ROUTE)).toBe(began)
  })

  test.each<[string, PrometheusFault]>([
    ['a reset of each connection', { kind: 'resets' }],
    ['status 503', answers(503, 'no healthy upstream')],
    ['status 401', answers(401, '')],
    ['a redirect', answers(302, '', { location: 'https://login.example.com/?secret' })],
    ['a page', answers(200, '<html>Sign in</html>', { 'content-type': 'text/html' })],
    ['half of an answer', answers(200, '{"status":"success","data":{"resultType":"vec')],
    ['an answer of more than a mebibyte', answers(200, `"${'x'.repeat(1024 * 1024)}"`)],
    [
      'a number from a part of the data',
      answers(
        200,
        '{"status":"success","warnings":["store down"],"data":{"resultType":"scalar","result":[1,"0"]}}',
      ),
    ],
  ])('%s after the write is rolled back', async (_, fault) => {
    const { outcome, log } = await shift(() => {
      prometheus.fault = fault
    })
    expect(outcome).toMatchObject({ reason: 'health-undecided', rolledBack: true })
    expect(log).not.toContain('?secret')
    expect(routeText(sandbox, WEB_ROUTE)).toBe(began)
  })

  test('one number in three tries is enough', async () => {
    const { outcome } = await shift(() => {
      prometheus.fault = { kind: 'resets', times: 2 }
    })
    expect(outcome).toMatchObject({ verdict: 'pass' })
    expect(outcome.checks[0]?.metrics).toMatchObject([
      { tries: 3, found: { kind: 'within', value: 0 } },
    ])
  })

  test('a server that never answers does not hold up a cancel', async () => {
    const cancel = new AbortController()
    const { outcome } = await shift(() => undefined, {
      cancelled: cancel.signal,
      onLine: (line) => {
        if (line.startsWith('Written at')) prometheus.fault = { kind: 'hangs' }
        if (line.includes('Confirmed')) cancel.abort()
      },
    })
    expect(outcome).toMatchObject({ reason: 'cancelled', rolledBack: true })
    expect(routeText(sandbox, WEB_ROUTE)).toBe(began)
  })

  test.each<[string, string, PrometheusFault]>([
    ['a reset of each connection', 'ITS-PROMETHEUS-UNREACHABLE', { kind: 'resets' }],
    ['status 403', 'ITS-PROMETHEUS-ACCESS', answers(403, '')],
    ['a page', 'ITS-PROMETHEUS-UNEXPECTED-ANSWER', answers(200, '<html></html>')],
  ])('%s before the write leaves the object as it was', async (_, code, fault) => {
    prometheus.fault = fault
    const { outcome } = await shift(() => undefined)
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight', code, wrote: false })
    expect(routeText(sandbox, WEB_ROUTE)).toBe(began)
  })
})
