import { expect, onTestFinished, test } from 'vitest'
import { WEB_ROUTE } from '../../kit/run/object.ts'
import { runOn, SURE, WEB } from '../../kit/run/run.ts'
import { listAt } from '../../sandbox/objects/json.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts'

async function started(web: SandboxOptions['web']): Promise<Sandbox> {
  const sandbox = await startSandbox({ ...(web ? { web } : {}), debounceMs: 10 })
  onTestFinished(() => sandbox.stop())
  return sandbox
}

function weightsOf(sandbox: Sandbox, name: string, list: string): unknown[] {
  const object = sandbox.objects.get({
    group: 'networking.istio.io',
    resource: 'virtualservices',
    namespace: 'demo',
    name,
  })
  return listAt(object, 'spec', list, 0, 'route').map(
    (each) => (each as { weight?: number }).weight,
  )
}

test('an http rule gets a percent with decimals, confirmed by requests', async () => {
  const sandbox = await started({ http: { v1: 2, v2: 1 } })
  const { outcome } = await runOn(sandbox, {
    ...WEB,
    subset: 'v2',
    weight: '12.5',
    tolerance: '12',
    confidence: SURE,
  })
  expect(outcome).toMatchObject({
    verdict: 'pass',
    previousWeights: { v1: 66.6667, v2: 33.3333 },
    weights: { v1: 87.5, v2: 12.5 },
  })
  expect(weightsOf(sandbox, 'web', 'http')).toEqual([875, 125])
})

test('a subset that an http rule lacks is added, and removed to the byte where its replies are not recognized', async () => {
  const sandbox = await started(true)
  const before = JSON.stringify(sandbox.objects.get(WEB_ROUTE)?.spec)
  const { outcome } = await runOn(sandbox, {
    ...WEB,
    subset: 'v2',
    weight: '20',
    expect: '{v1: "v1", v2: "^nothing"}',
    tolerance: '15',
    'propagation-timeout': '100ms',
  })
  expect(outcome).toMatchObject({ verdict: 'fail', rolledBack: true })
  expect(JSON.stringify(sandbox.objects.get(WEB_ROUTE)?.spec)).toBe(before)
})
