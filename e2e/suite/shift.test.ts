import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { dig, listAt, numberAt, textAt } from '../../sandbox/objects/json.ts'
import { tutorialObject } from '../objects/tutorial.ts'
import { GATEWAY } from '../processes/addresses.ts'
import { gatewayRoutes } from '../processes/gateway-routes.ts'
import { ended, runJob, step, warnings, writesIn } from './support/job.ts'
import { api, journalsOn, routeIs, routeText, versionOf, weightsOn } from './support/route.ts'

describe("from the tutorial's start, with everything at v1", () => {
  beforeEach(() => routeIs())

  test("a shift of 20% to v2 passes, as the gateway's own configuration shows", async () => {
    const { status, outputs, summary, report } = await runJob({ subset: 'v2', weight: '20' })
    expect(status).toBe(0)
    expect(outputs).toMatchObject({
      verdict: 'pass',
      reason: 'within-tolerance',
      'previous-weights': '{"v1":100}',
      weights: '{"v1":80,"v2":20}',
      unclassified: '0',
      'rolled-back': 'false',
    })
    expect(Number(outputs['propagation-ms'])).toBeGreaterThan(20)
    expect(summary).toMatch(/^## ✅ demo\/tcp-echo: v2 is at 20% \(was 0%\)/)
    expect(warnings(report)).toEqual([])
    expect(await weightsOn()).toEqual({ v1: 80, v2: 20 })
    expect(await journalsOn()).toEqual([])
    expect(await gatewayRoutes()).toEqual({ v1: 80, v2: 20 })
  })

  test('the journal and the weights are on the object at once, and only while the run lives', async () => {
    const running = step({ subset: 'v2', weight: '20', rate: '300' })
    const main = running.main()
    await main.line(/Written at/)
    expect(await journalsOn()).toEqual(['istio-traffic-shift/journal'])
    expect(await weightsOn()).toEqual({ v1: 80, v2: 20 })
    expect(await ended(running, main)).toMatchObject({ status: 0 })
    expect(await journalsOn()).toEqual([])
  })

  test('a ramp confirms each step before the next, up to 100%', async () => {
    const { outputs, report } = await runJob({ subset: 'v2', weight: '100', steps: '20, 60' })
    expect(outputs).toMatchObject({ verdict: 'pass', weights: '{"v1":0,"v2":100}' })
    const confirmed = listAt(report, 'checks').map((check) => [
      listAt(check, 'destinations').map((one) => numberAt(one, 'asked')),
      dig(check, 'ended'),
    ])
    expect(confirmed).toEqual([
      [[80, 20], 'pass'],
      [[40, 60], 'pass'],
      [[0, 100], 'pass'],
    ])
    expect(writesIn(report)).toHaveLength(4)
    expect(await gatewayRoutes()).toEqual({ v2: 100 })
  })

  test('plan writes nothing, opens no connection, and says what a shift would do', async () => {
    const before = await versionOf()
    const { status, outputs, text, report } = await runJob({
      mode: 'plan',
      subset: 'v2',
      weight: '60',
      steps: '20',
    })
    expect(status).toBe(0)
    expect(outputs).toMatchObject({ verdict: 'planned', reason: 'planned', connections: '' })
    expect(text).toContain('demo/tcp-echo: v2 would go from 0% to 60%. Nothing was written.')
    expect(textAt(report, 'message')).toContain('v1 80%, v2 20%, then v1 40%, v2 60%')
    expect(await versionOf()).toBe(before)
  })

  test('without a load balancer the connections go to a node and the port that it forwards', async () => {
    const service = tutorialObject('Service', 'istio-ingressgateway')
    await api.merge(service, { status: { loadBalancer: { ingress: null } } }, 'status')
    onTestFinished(async () => {
      const ingress = [{ ip: GATEWAY.host }]
      await api.merge(service, { status: { loadBalancer: { ingress } } }, 'status')
    })
    const { outputs, text } = await runJob({ subset: 'v2', weight: '20' })
    expect(outputs.verdict).toBe('pass')
    expect(text).toContain(`Gateway: ${GATEWAY.host}:${GATEWAY.nodePort} (InternalIP of a node`)
  })
})

describe('at 80/20', () => {
  beforeEach(() => routeIs({ v1: 80, v2: 20 }))

  test('a shift that passes changes only the weights of the object', async () => {
    const before = await routeText()
    const { outputs } = await runJob({ subset: 'v2', weight: '50' })
    expect(outputs.verdict).toBe('pass')
    expect(await routeText()).toBe(
      before.replace('"weight": 80', '"weight": 50').replace('"weight": 20', '"weight": 50'),
    )
  })

  test('verify confirms the current weights and writes nothing', async () => {
    const before = await versionOf()
    const { status, outputs } = await runJob({
      mode: 'verify',
      weights: 'current',
      tolerance: '8',
    })
    expect(status).toBe(0)
    expect(outputs).toMatchObject({ verdict: 'pass', weights: '{"v1":80,"v2":20}' })
    expect(await versionOf()).toBe(before)
  })

  test('verify of weights that the object does not have fails, and reports those that it has', async () => {
    const before = await versionOf()
    const { status, outputs, report } = await runJob({
      mode: 'verify',
      weights: '{v1: 50, v2: 50}',
      'propagation-timeout': '0s',
    })
    expect(status).toBe(1)
    expect(outputs).toMatchObject({ verdict: 'fail', reason: 'off-target', 'rolled-back': 'false' })
    expect(warnings(report)).toEqual([expect.stringContaining('demo/tcp-echo has v1 80%, v2 20%.')])
    expect(await versionOf()).toBe(before)
  })

  test('a shift to the current weights confirms them without a write', async () => {
    const before = await versionOf()
    const { outputs } = await runJob({
      subset: 'v2',
      weight: '20',
      tolerance: '8',
    })
    expect(outputs).toMatchObject({ verdict: 'pass', reason: 'unchanged' })
    expect(await versionOf()).toBe(before)
  })

  test('a shift of everything back to v1 passes', async () => {
    const { outputs } = await runJob({ subset: 'v2', weight: '0' })
    expect(outputs).toMatchObject({ verdict: 'pass', weights: '{"v1":100,"v2":0}' })
  })

  test('too few connections are inconclusive, and the previous weights are restored byte for byte', async () => {
    const before = await routeText()
    const { status, outputs } = await runJob({
      subset: 'v2',
      weight: '50',
      connections: '20',
      'propagation-timeout': '500ms',
    })
    expect(status).toBe(1)
    expect(outputs).toMatchObject({
      verdict: 'inconclusive',
      reason: 'limit-reached',
      'rolled-back': 'true',
    })
    expect(await routeText()).toBe(before)
  })

  test('weights that another client writes in between stay, and the run names the client', async () => {
    const running = step({ subset: 'v2', weight: '50', 'propagation-timeout': '1s' })
    const main = running.main()
    await main.line(/Written at/)
    const operations = [
      { op: 'replace', path: '/spec/tcp/0/route/0/weight', value: 67 },
      { op: 'replace', path: '/spec/tcp/0/route/1/weight', value: 33 },
    ]
    const path = '/apis/networking.istio.io/v1/namespaces/demo/virtualservices/tcp-echo'
    const type = 'application/json-patch+json'
    await api.call('PATCH', `${path}?fieldManager=argocd-controller`, operations, type)
    const { outputs, text } = await ended(running, main)
    expect(outputs).toMatchObject({ reason: 'changed-by-other', 'rolled-back': 'false' })
    expect(text).toContain('argocd-controller')
    expect(await weightsOn()).toEqual({ v1: 67, v2: 33 })
    expect(await journalsOn()).toEqual([])
  })
})
