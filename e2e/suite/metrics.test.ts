import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { listAt, numberAt, textAt } from '../../sandbox/objects/json.ts'
import { faultyVersion } from '../faults/faulty.ts'
import { PROMETHEUS } from '../processes/addresses.ts'
import { killProcess, signalProcess } from '../processes/process.ts'
import { startPrometheus } from '../processes/prometheus.ts'
import { ended, runJob, step } from './support/job.ts'
import { WEB, webIs, webJournals, webSplits, webText } from './support/web.ts'

/** The requests that the gateway sent to a destination, as its Envoy counts them. */
const SENT = 'cluster_name="outbound|80|{{destination}}|{{host}}"'
const ALL = `sum(increase(envoy_cluster_upstream_rq_total{${SENT}}[{{window}}]))`
const FAILED = `(sum(increase(envoy_cluster_upstream_rq{response_code_class="5xx", ${SENT}}[{{window}}])) or vector(0))`
const ERROR_RATE = { name: 'error rate', query: `${FAILED} / ${ALL}`, max: 0.01 }
const REQUESTS = { name: 'requests', query: ALL, min: 1 }

/** Queries that give no number: by their name, the reason that the report has. */
const WITHOUT_NUMBER = {
  'no data': { query: 'no_such_metric', min: 0 },
  NaN: { query: 'vector(0) / 0', min: 0 },
  several: { query: `envoy_cluster_upstream_rq_total`, min: 0 },
}

const SHIFT = {
  ...WEB.inputs,
  subset: 'v2',
  weight: '20',
  prometheus: PROMETHEUS,
  // The check takes longer than Prometheus from one look at Envoy to the next, so that it sees the requests as an increase.
  rate: '300',
}
const metrics = (...list: readonly object[]) => ({ metrics: JSON.stringify(list) })

let before: string
beforeAll(startPrometheus)
afterAll(() => killProcess('prometheus'))
beforeEach(async () => {
  await webIs(WEB, { v1: 100, v2: 0 })
  before = await webText(WEB)
})

describe("metrics of the gateway's Envoy in a real Prometheus", () => {
  test('within their bounds let a shift pass', async () => {
    const { outputs, report, text } = await runJob({ ...SHIFT, ...metrics(ERROR_RATE, REQUESTS) })
    expect(outputs, text).toMatchObject({ verdict: 'pass', weights: '{"v1":80,"v2":20}' })
    const [rate, requests] = listAt(report, 'checks', 0, 'metrics')
    expect(rate).toMatchObject({ destination: 'v2', found: 'within', value: 0 })
    expect(requests).toMatchObject({ destination: 'v2', found: 'within' })
  })

  test('out of their bounds restore the previous weights', async () => {
    onTestFinished(
      await faultyVersion('web', 'v2', { kind: 'status', status: 500 }, { share: 0.2 }),
    )
    const { outputs, report, text } = await runJob({
      ...SHIFT,
      ...metrics(ERROR_RATE),
      compare: 'false',
    })
    expect(outputs, text).toMatchObject({ verdict: 'fail', reason: 'unhealthy' })
    expect(text).toContain('error rate')
    expect(await webText(WEB)).toBe(before)
    const [rate = null] = listAt(report, 'checks', 0, 'metrics').slice(-1)
    expect(rate).toMatchObject({ found: 'out-of-bounds' })
    // At most a fifth: the window has the good requests of the test before this one, too.
    expect(numberAt(rate, 'value')).toBeLessThan(0.3)
  })
})

describe('fault 35: metrics without a number', () => {
  test('never let a shift pass', { timeout: 120_000 }, async () => {
    const list = Object.entries(WITHOUT_NUMBER).map(([name, rest]) => ({ name, ...rest }))
    const { outputs, report, text } = await runJob({ ...SHIFT, ...metrics(...list) })
    expect(outputs, text).toMatchObject({ verdict: 'inconclusive', reason: 'health-undecided' })
    expect(await webText(WEB)).toBe(before)
    const last = listAt(report, 'checks', 0, 'metrics').slice(-list.length)
    expect(last.map((one) => textAt(one, 'found'))).toEqual(list.map(() => 'no-value'))
  })

  test('of a server that stops to answer after the write never let a shift pass', {
    timeout: 120_000,
  }, async () => {
    const running = step({ ...SHIFT, ...metrics(REQUESTS) })
    const main = running.main()
    await main.line(/Written at/)
    signalProcess('prometheus', 'SIGSTOP')
    onTestFinished(() => signalProcess('prometheus', 'SIGCONT'))
    const { outputs, text } = await ended(running, main)
    expect(outputs, text).toMatchObject({ verdict: 'inconclusive', reason: 'health-undecided' })
    expect(await webText(WEB)).toBe(before)
    await webSplits(WEB, { v1: 100 })
  })

  test('of a server that refuses connections end the run before the write', async () => {
    const other = 'http://127.0.0.1:15071'
    const { outputs, text } = await runJob({ ...SHIFT, ...metrics(REQUESTS), prometheus: other })
    expect(outputs, text).toMatchObject({ verdict: 'error', reason: 'preflight' })
    expect(text).toContain('Nothing was written.')
    expect(await webText(WEB)).toBe(before)
    expect(await webJournals(WEB)).toEqual([])
  })
})
