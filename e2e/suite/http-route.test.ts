import { describe, expect, onTestFinished, test } from 'vitest'
import { hooks } from '../../sandbox/faults/api-acts.ts'
import { type Json, listAt, objectAt } from '../../sandbox/objects/json.ts'
import { GATEWAY_API_PORTS } from '../../sandbox/tutorial/gateway-api.ts'
import { startApiProxy } from '../faults/api-proxy.ts'
import { accountWith } from '../objects/service-account.ts'
import { tutorialObject } from '../objects/tutorial.ts'
import { API_PORT, GATEWAY } from '../processes/addresses.ts'
import { FILES } from '../processes/credentials.ts'
import { requestRoutes } from '../processes/gateway-routes.ts'
import { statePath } from '../processes/state.ts'
import { within } from '../processes/within.ts'
import { HTTP_ROUTE } from './support/gateway-api.ts'
import { momentMs, runJob } from './support/job.ts'
import { api, withSpec } from './support/route.ts'
import { readWeb, webIs, webSplits, webText } from './support/web.ts'

test('a write to an HTTPRoute that istiod refuses ends the check at once, and is restored byte for byte', async () => {
  await webIs(HTTP_ROUTE, { v1: 80, v2: 20 })
  const before = await webText(HTTP_ROUTE)
  const service = await api.read(tutorialObject('Service', 'web-v2'))
  const proxy = await startApiProxy()
  onTestFinished(async () => {
    await proxy.stop()
    await api.create(creatable(service))
    await webSplits(HTTP_ROUTE, { v1: 80, v2: 20 })
  })
  const deleted = async () => void (await api.remove(service))
  const write = { method: 'PATCH', dryRun: false }
  await proxy.order({ match: write, times: 1, act: hooks({ before: deleted }) })
  const { outputs, report, text } = await runJob({
    ...HTTP_ROUTE.inputs,
    kubeconfig: proxy.kubeconfig,
    subset: 'web-v2',
    weight: '60',
    rate: '20',
  })
  expect(outputs, text).toMatchObject({
    verdict: 'fail',
    reason: 'not-propagated',
    'rolled-back': 'true',
  })
  expect(text).toContain('istio.io/gateway-controller')
  expect(text).toContain('web-v2.demo.svc.cluster.local')
  expect(await webText(HTTP_ROUTE)).toBe(before)
  const tookMs = (momentMs(report, 'restored') ?? Infinity) - (momentMs(report, 'written') ?? 0)
  expect(tookMs).toBeLessThan(3000)
})

describe('before the first write', () => {
  test('a backend whose Service lacks the port is an error, though the status does not show it', async () => {
    await webIs(HTTP_ROUTE, { v1: 80, v2: 20 })
    const object = HTTP_ROUTE.object({ v1: 80, v2: 20 })
    const [rule] = listAt(object, 'spec', 'rules')
    const backendRefs = listAt(rule, 'backendRefs').map(
      (one, index): Json => (index === 1 ? { ...objectAt(one), port: 81 } : one),
    )
    await api.replace(withSpec(object, { rules: [{ ...objectAt(rule), backendRefs }] }))
    const before = await readWeb(HTTP_ROUTE)
    const { outputs, text } = await runJob({
      ...HTTP_ROUTE.inputs,
      subset: 'web-v2',
      weight: '50',
    })
    expect(outputs, text).toMatchObject({ verdict: 'error', reason: 'preflight' })
    expect(text).toContain('81')
    expect(text).toContain('Nothing was written.')
    expect(objectAt(await readWeb(HTTP_ROUTE), 'spec')).toEqual(objectAt(before, 'spec'))
  })
})

describe('an HTTPRoute', () => {
  test('is shifted with the rights to get and patch it, and an endpoint', async () => {
    await webIs(HTTP_ROUTE, { v1: 80, v2: 20 })
    const rule = {
      apiGroups: ['gateway.networking.k8s.io'],
      resources: ['httproutes'],
      resourceNames: ['web-route'],
      verbs: ['get', 'patch'],
    }
    const least = [{ namespace: 'demo', rules: [rule] }]
    const { outputs, text } = await runJob({
      ...HTTP_ROUTE.inputs,
      kubeconfig: await accountWith(api, API_PORT, 'route-shifter', least),
      endpoint: `${GATEWAY.host}:${GATEWAY_API_PORTS.http}`,
      subset: 'web-v2',
      weight: '50',
    })
    expect(outputs, text).toMatchObject({
      verdict: 'pass',
      weights: '{"web-v1":50,"web-v2":50}',
    })
  })

  test('at a listener for HTTPS is shifted over TLS', async () => {
    const route = HTTP_ROUTE.object({ v1: 80, v2: 20 })
    const parentRefs = listAt(route, 'spec', 'parentRefs').map(
      (one): Json => ({ ...objectAt(one), sectionName: 'https' }),
    )
    await api.replace(withSpec(route, { parentRefs }))
    const served = () => requestRoutes('web.example.com', GATEWAY_API_PORTS.https)
    onTestFinished(() => webIs(HTTP_ROUTE))
    await within(
      20_000,
      'the route at the listener',
      async () => (await served())?.['web-v2'] === 20,
    )
    const { outputs, text } = await runJob({
      ...HTTP_ROUTE.inputs,
      'probe-ca': statePath(FILES.authority),
      subset: 'web-v2',
      weight: '50',
    })
    expect(outputs, text).toMatchObject({ verdict: 'pass' })
    expect(text).toContain(`Gateway: ${GATEWAY.host}:${GATEWAY_API_PORTS.https}`)
    expect(await served()).toEqual({ 'web-v1': 50, 'web-v2': 50 })
  })

  test('whose requests a more specific match of another route gets is not written', async () => {
    await webIs(HTTP_ROUTE, { v1: 80, v2: 20 })
    const metadata = { name: 'exact', namespace: 'demo' }
    const { spec } = HTTP_ROUTE.object()
    const [rule] = listAt(spec, 'rules')
    const matches = [{ path: { type: 'Exact', value: '/' } }]
    const other = {
      ...HTTP_ROUTE.object(),
      metadata,
      spec: { ...objectAt(spec), rules: [{ ...objectAt(rule), matches }] },
    }
    await api.create(other)
    onTestFinished(() => api.remove(other))
    const before = await readWeb(HTTP_ROUTE)
    const { outputs, text } = await runJob({ ...HTTP_ROUTE.inputs, subset: 'web-v2', weight: '50' })
    expect(outputs, text).toMatchObject({ verdict: 'error' })
    expect(text).toContain('demo/exact')
    expect(text).toContain('Nothing was written.')
    expect(await readWeb(HTTP_ROUTE)).toEqual(before)
  })
})

/** An object that was read, without what its creation sets. */
function creatable({ metadata, ...rest }: Awaited<ReturnType<typeof api.read>>) {
  const { name, namespace, labels } = metadata
  return { ...rest, metadata: { name, namespace: namespace ?? '', ...(labels ? { labels } : {}) } }
}
