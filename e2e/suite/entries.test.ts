import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { listAt, objectAt } from '../../sandbox/objects/json.ts'
import type { KubeObject } from '../../sandbox/objects/kube-object.ts'
import { tutorialObject, virtualService } from '../objects/tutorial.ts'
import { GATEWAY } from '../processes/addresses.ts'
import { connect } from '../processes/connect.ts'
import { startEcho } from '../processes/echo.ts'
import { gatewayRoutes } from '../processes/gateway-routes.ts'
import { killProcess } from '../processes/process.ts'
import { within } from '../processes/within.ts'
import { runJob, step } from './support/job.ts'
import { api, gatewaySplits, routeIs, routeText, weightsOn, withSpec } from './support/route.ts'

const SECOND_PORT = GATEWAY.port + 1

describe('a VirtualService with a second rule, for a second port of the gateway', () => {
  beforeEach(async () => {
    await routeIs({ v1: 80, v2: 20 })
    await changed(tutorialObject('Gateway', 'tcp-echo-gateway'), (gateway) => {
      const [server] = listAt(gateway, 'spec', 'servers')
      const port = { number: SECOND_PORT, name: 'tcp-second', protocol: 'TCP' }
      return withSpec(gateway, { servers: [objectAt(server), { ...objectAt(server), port }] })
    })
    await changed(tutorialObject('Service', 'istio-ingressgateway'), (known) => {
      const port = { name: 'tcp-second', port: SECOND_PORT, targetPort: SECOND_PORT }
      return withSpec(known, { ports: [...listAt(known, 'spec', 'ports'), port] })
    })
    await changed(tutorialObject('EndpointSlice', 'istio-ingressgateway-1'), (slice) => ({
      ...slice,
      ports: [
        ...listAt(slice, 'ports'),
        { name: 'tcp-second', port: SECOND_PORT, protocol: 'TCP' },
      ],
    }))
    const [first] = listAt(virtualService({ v1: 80, v2: 20 }), 'spec', 'tcp')
    const route = listAt(first, 'route').map((one, index) => ({
      ...objectAt(one),
      weight: index === 0 ? 30 : 70,
    }))
    const second = { match: [{ port: SECOND_PORT }], route }
    await changed(virtualService(), (known) => withSpec(known, { tcp: [objectAt(first), second] }))
    await within(20_000, 'the second port of the gateway', async () => {
      const routes = await gatewayRoutes('first', SECOND_PORT)
      return routes?.v2 === 70 && (await connect(GATEWAY.host, SECOND_PORT)) !== ''
    })
  })

  test('is shifted at one rule, and the other stays as it is', async () => {
    const before = await routeText()
    const { status, outputs, text } = await runJob({
      route: `tcp:${SECOND_PORT}`,
      subset: 'v2',
      weight: '40',
    })
    expect(status).toBe(0)
    expect(outputs).toMatchObject({
      verdict: 'pass',
      'previous-weights': '{"v1":30,"v2":70}',
      weights: '{"v1":60,"v2":40}',
    })
    expect(text).toContain(`Gateway: ${GATEWAY.host}:${SECOND_PORT} (load balancer`)
    expect(await weightsOn(api, 0)).toEqual({ v1: 80, v2: 20 })
    expect(await weightsOn(api, 1)).toEqual({ v1: 60, v2: 40 })
    expect(await routeText()).toBe(
      before.replace('"weight": 30', '"weight": 60').replace('"weight": 70', '"weight": 40'),
    )
    await gatewaySplits({ v1: 80, v2: 20 })
  })

  test('needs the input route, and the error lists both rules', async () => {
    const before = await routeText()
    const { status, outputs, text } = await runJob({ subset: 'v2', weight: '40' })
    expect(status).toBe(1)
    expect(outputs).toMatchObject({ verdict: 'error', reason: 'input' })
    expect(text).toContain(`tcp:${GATEWAY.port}`)
    expect(text).toContain(`tcp:${SECOND_PORT}`)
    expect(await routeText()).toBe(before)
  })

  test('is restored at the one rule by post after a kill', async () => {
    const before = await routeText()
    const inputs = { route: `tcp:${SECOND_PORT}`, subset: 'v2', weight: '40', rate: '5' }
    const killed = step(inputs)
    const main = killed.main()
    await main.line(/Written at/)
    main.process.kill('SIGKILL')
    await main.ended
    expect(await weightsOn(api, 1)).toEqual({ v1: 60, v2: 40 })
    await killed.post().ended
    expect(await routeText()).toBe(before)
  })
})

describe('a VirtualService with three subsets', () => {
  const versions = ['v1', 'v2', 'v3'] as const
  const expectations = '{v1: "^one ", v2: "^two ", v3: "^three "}'

  beforeEach(async () => {
    await startEcho('v3')
    onTestFinished(() => killProcess('echo-v3'))
    const pod = tutorialObject('Pod', 'tcp-echo-v3-0', versions)
    await api.create(pod)
    onTestFinished(() => api.remove(pod))
    for (const [kind, name] of [
      ['DestinationRule', 'tcp-echo-destination'],
      ['EndpointSlice', 'tcp-echo-1'],
    ] as const) {
      const withThree = tutorialObject(kind, name, versions)
      await changed(withThree, () => withThree)
    }
    await routeIs({ v1: 60, v2: 20, v3: 20 })
  })

  test('can be shifted with a weight for one, and the other two keep their proportions', async () => {
    const { outputs } = await runJob({ expect: expectations, subset: 'v3', weight: '40' })
    expect(outputs).toMatchObject({ verdict: 'pass', weights: '{"v1":45,"v2":15,"v3":40}' })
    expect(await weightsOn()).toEqual({ v1: 45, v2: 15, v3: 40 })
    await gatewaySplits({ v1: 45, v2: 15, v3: 40 })
  })

  test('can be shifted with a weight for each', async () => {
    const { outputs } = await runJob({ expect: expectations, weights: '{v1: 10, v2: 40, v3: 50}' })
    expect(outputs).toMatchObject({ verdict: 'pass', weights: '{"v1":10,"v2":40,"v3":50}' })
    const observed: Record<string, number> = JSON.parse(outputs.observed ?? '')
    expect(Object.keys(observed)).toEqual(['v1', 'v2', 'v3'])
    await gatewaySplits({ v1: 10, v2: 40, v3: 50 })
  })

  test('fails if the new one does not answer, and names it', async () => {
    await routeIs({ v1: 60, v2: 40, v3: 0 })
    const before = await routeText()
    await killProcess('echo-v3')
    onTestFinished(() => startEcho('v3'))
    const { outputs, text } = await runJob({ expect: expectations, subset: 'v3', weight: '50' })
    expect(outputs).toMatchObject({ verdict: 'fail', reason: 'no-reply', 'rolled-back': 'true' })
    expect(text).toMatch(/: v3 does not answer: it answered 0 of about [1-9]/)
    expect(await routeText()).toBe(before)
  })
})

/** Changes an object for the duration of the test. */
async function changed(
  which: KubeObject,
  change: (object: KubeObject) => KubeObject,
): Promise<void> {
  const before = await api.read(which)
  await api.replace(change(before))
  onTestFinished(async () => {
    await api.replace(before)
  })
}
